import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterVersion, compareChanges, cursorAt } from '../../../src/core/cursor.ts'
import type { Fact } from '../../../src/core/fact.ts'
import type { Scope } from '../../../src/core/snapshot.ts'
import {
  aTenant,
  deviceId,
  groupId,
  link,
  numbers,
  personId,
  purge,
  putDeleted,
  putGroup,
  putPerson,
  type StoreFactory,
  type TestTenant,
  unlink,
} from '../tenant.ts'
import { changesAfter, changesAll, GROUPS } from '../walk.ts'

const [staff, board, crew] = [groupId(1), groupId(2), groupId(3)]
const [ann, bob] = [personId(1), personId(2)]
const BEGINNING = afterVersion(0)

/** `1 …a1` for an object's fact, `1 …a1 members …b2` for a live edge's, `1 …a1 members −…b2` for a removed one's. */
function told(facts: readonly Fact[]): string[] {
  const short = (id: string) => `${id.slice(0, 1)}${Number.parseInt(id.slice(-4), 16)}`
  return facts.map(fact => {
    if (fact.kind === 'object') return `${fact.object.version} ${short(fact.object.id)} ${fact.object.state}`
    const { version, source, relation, target, live } = fact.edge
    return `${version} ${short(source)} ${relation} ${live ? '+' : '-'}${short(target)}`
  })
}

/** Six commits: groups 1 to 3, with members and owners, changed, removed and purged. */
async function aHistory(tenant: TestTenant): Promise<void> {
  await tenant.commit(async transaction => {
    for (const id of [ann, bob]) await putPerson(transaction, id)
    for (const id of [crew, staff, board]) await putGroup(transaction, id)
    await link(transaction, staff, 'owners', ann)
    await link(transaction, staff, 'members', bob, ann)
  })
  await tenant.commit(transaction => link(transaction, board, 'members', ann, staff))
  await tenant.commit(transaction => putGroup(transaction, staff))
  await tenant.commit(async transaction => {
    await unlink(transaction, staff, 'owners', ann)
    await unlink(transaction, staff, 'members', ann)
  })
  await tenant.commit(transaction => putDeleted(transaction, board))
  await tenant.commit(transaction => purge(transaction, crew))
}

const TOLD = [
  '1 a1 members +b2',
  '2 a2 members +a1',
  '2 a2 members +b1',
  '3 a1 live',
  '4 a1 members -b1',
  '4 a1 owners -b1',
  '5 a2 deleted',
  '6 a3 purged',
]

/** What a later round reads. */
export function changes(open: StoreFactory): void {
  test('each fact is told once, at the version of its latest change, in the one order of changes', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    const facts = await tenant.look(snapshot => changesAfter(snapshot, GROUPS, BEGINNING))
    assert.deepEqual(told(facts), TOLD)
    assert.deepEqual(
      facts,
      facts.toSorted((a, b) => compareChanges(cursorAt(a), cursorAt(b))),
    )
  })

  test('a change carries the object or the edge as it is read by itself', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.commit(s => putGroup(s, staff, { properties: { displayName: 'Staff', groupTypes: ['Unified'] } }))
    await tenant.look(async snapshot => {
      for (const fact of await changesAfter(snapshot, GROUPS, BEGINNING)) {
        if (fact.kind === 'object') assert.deepEqual(fact.object, await snapshot.object(fact.object.id))
        else assert.deepEqual(fact.edge, await snapshot.edge(fact.edge.source, fact.edge.relation, fact.edge.target))
      }
    })
  })

  test('where only standard properties are read an object has no others, nor stamps of others', async t => {
    const tenant = await aTenant(t, open)
    const properties = { displayName: 'Staff', uniqueName: 'staff', description: null }
    await tenant.commit(s => putGroup(s, staff, { properties }))
    await tenant.look(async snapshot => {
      for (const ids of [null, [staff]]) {
        const [fact] = await changesAfter(snapshot, { ...GROUPS, properties: 'standard', ids }, BEGINNING)
        assert.ok(fact?.kind === 'object')
        assert.deepEqual(fact.object.properties, { displayName: 'Staff', description: null })
        assert.deepEqual(fact.object.stamps, { displayName: 1, description: 1 })
      }
    })
  })

  test('after a version, all of what was changed later is told and nothing else', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.look(async snapshot => {
      for (const version of [0, ...numbers(7)]) {
        const facts = await changesAfter(snapshot, GROUPS, afterVersion(version))
        assert.deepEqual(
          told(facts),
          TOLD.filter(text => Number(text.slice(0, 1)) > version),
        )
      }
    })
  })

  test('after any fact come the facts beyond it, within its version too', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.look(async snapshot => {
      const facts = await changesAfter(snapshot, GROUPS, BEGINNING)
      for (const [index, fact] of facts.entries()) {
        assert.deepEqual(told(await changesAfter(snapshot, GROUPS, cursorAt(fact))), TOLD.slice(index + 1))
      }
    })
  })

  test('read in parts of any size the changes are the same', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.look(async snapshot => {
      for (const limit of numbers(TOLD.length + 1)) {
        assert.deepEqual(told(await changesAll(snapshot, GROUPS, BEGINNING, limit)), TOLD)
      }
    })
  })

  test('a member and an owner who are one person are two changes, and a cursor stands between them', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
      await link(transaction, staff, 'owners', ann)
    })
    await tenant.commit(async transaction => {
      await unlink(transaction, staff, 'owners', ann)
      await unlink(transaction, staff, 'members', ann)
    })
    await tenant.look(async snapshot => {
      const between = { version: 2, id: staff, relation: 'members', target: ann } as const
      assert.deepEqual(told(await changesAfter(snapshot, GROUPS, afterVersion(1), 1)), ['2 a1 members -b1'])
      assert.deepEqual(told(await changesAfter(snapshot, GROUPS, between, 10)), ['2 a1 owners -b1'])
    })
  })

  test('a reading that was given up leaves nothing behind: another begins from any place', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.look(async snapshot => {
      for (const ids of [null, [staff, board, crew]]) {
        for (const limit of numbers(TOLD.length)) {
          const facts = await changesAfter(snapshot, { ...GROUPS, ids }, BEGINNING, limit)
          assert.deepEqual(told(facts), TOLD.slice(0, limit))
          assert.notEqual(await snapshot.object(staff), null)
        }
      }
    })
  })

  test('a cursor may stand where nothing is any more', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.look(async snapshot => {
      const beyond = (version: number, id: string, relation: 'members' | 'owners' | null, target: string) =>
        changesAfter(snapshot, GROUPS, { version, id, relation, target }).then(told)
      assert.deepEqual(await beyond(1, crew, null, ''), TOLD.slice(1))
      assert.deepEqual(await beyond(2, board, null, ''), TOLD.slice(1))
      assert.deepEqual(await beyond(2, board, 'members', groupId(9)), TOLD.slice(2))
      assert.deepEqual(await beyond(4, staff, 'members', bob), TOLD.slice(5))
      assert.deepEqual(await beyond(4, staff, 'owners', ''), TOLD.slice(5))
    })
  })

  test('where any relation is asked for the edges of all are told, else none, and the objects always', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    const reads = (relations: Scope['relations']) =>
      tenant.look(snapshot => changesAfter(snapshot, { ...GROUPS, relations }, BEGINNING)).then(told)
    assert.deepEqual(await reads(['members']), TOLD)
    assert.deepEqual(await reads(['owners']), TOLD)
    assert.deepEqual(await reads([]), ['3 a1 live', '5 a2 deleted', '6 a3 purged'])
  })

  test('only objects of the type that was asked for are told', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    const people: Scope = { type: 'user', relations: [], properties: 'all', ids: null }
    await tenant.look(async snapshot => {
      assert.deepEqual(told(await changesAfter(snapshot, people, BEGINNING)), ['1 b1 live', '1 b2 live'])
      assert.deepEqual(await changesAfter(snapshot, { ...people, type: 'device' }, BEGINNING), [])
    })
  })

  test('the changes of several types are told as one, in the order of all', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    const [laptop, phone] = [deviceId(1), deviceId(2)]
    await tenant.commit(async transaction => {
      await putGroup(transaction, phone, { type: 'device', properties: { displayName: 'Phone', model: 'X' } })
      await link(transaction, staff, 'members', phone)
      await putPerson(transaction, bob)
      await putGroup(transaction, laptop, { type: 'device' })
    })
    const devices: Scope = { type: 'device', relations: [], properties: 'standard', ids: null }
    const people: Scope = { ...devices, type: 'user' }
    const last = ['7 a1 members +c2', '7 b2 live', '7 c1 live', '7 c2 live']
    const all = ['1 a1 members +b2', '1 b1 live', ...TOLD.slice(1), ...last]
    await tenant.look(async snapshot => {
      for (const scopes of [
        [GROUPS, people, devices],
        [devices, GROUPS, people],
      ]) {
        for (const limit of numbers(all.length + 1)) {
          assert.deepEqual(told(await changesAll(snapshot, scopes, BEGINNING, limit)), all)
        }
        const facts = await changesAfter(snapshot, scopes, BEGINNING)
        for (const [index, fact] of facts.entries()) {
          assert.deepEqual(told(await changesAfter(snapshot, scopes, cursorAt(fact))), all.slice(index + 1))
        }
      }
      const bare = [{ ...GROUPS, relations: [] }, devices]
      assert.deepEqual(
        told(await changesAfter(snapshot, bare, BEGINNING)),
        all.filter(text => !text.includes('members') && !text.includes('owners') && !text.includes(' b')),
      )
      assert.deepEqual(await changesAfter(snapshot, [], BEGINNING), [])
    })
  })

  test('each of several types is read as its own scope says, also where ids are given', async t => {
    const tenant = await aTenant(t, open)
    const [laptop, phone] = [deviceId(1), deviceId(2)]
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Staff', uniqueName: 'staff' } })
      await putGroup(transaction, board)
      await link(transaction, staff, 'members', laptop)
      for (const id of [laptop, phone]) {
        await putGroup(transaction, id, { type: 'device', properties: { displayName: 'A device', department: 'x' } })
      }
    })
    const devices: Scope = { type: 'device', relations: [], properties: 'standard', ids: [staff, laptop] }
    const scopes = [{ ...GROUPS, ids: [staff, laptop] }, devices]
    const facts = await tenant.look(snapshot => changesAfter(snapshot, scopes, BEGINNING))
    assert.deepEqual(told(facts), ['1 a1 live', '1 a1 members +c1', '1 c1 live'])
    assert.deepEqual(
      facts.map(fact => (fact.kind === 'object' ? Object.keys(fact.object.properties) : null)),
      [['displayName', 'uniqueName'], null, ['displayName']],
    )
  })

  test('where ids are given, only these objects and the edges from them are told, in the same order', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.look(async snapshot => {
      const reads = (...ids: Parameters<typeof groupId>[0][]) => {
        const scope = { ...GROUPS, ids: ids.map(groupId) }
        return Promise.all(numbers(9).map(limit => changesAll(snapshot, scope, BEGINNING, limit).then(told)))
      }
      const expect = (...ids: readonly string[]) => TOLD.filter(text => ids.includes(text.slice(2, 4)))
      for (const read of await reads(1, 3)) assert.deepEqual(read, expect('a1', 'a3'))
      for (const read of await reads(2)) assert.deepEqual(read, expect('a2'))
      for (const read of await reads(2, 9)) assert.deepEqual(read, expect('a2'))
      for (const read of await reads()) assert.deepEqual(read, [])
    })
  })

  test('the edges of a deleted group are still told: what to make of them is not for the store', async t => {
    const tenant = await aTenant(t, open)
    await aHistory(tenant)
    await tenant.commit(transaction => transaction.removeEdgesTo(ann))
    const facts = await tenant.look(snapshot => changesAfter(snapshot, GROUPS, afterVersion(6)))
    assert.deepEqual(told(facts), ['7 a2 members -b1'])
  })

  test('a commit of 10,001 facts is told whole, 1,000 at a time', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ...numbers(10_000).map(personId))
    })
    const facts = await tenant.look(snapshot => changesAll(snapshot, GROUPS, BEGINNING, 1_000))
    const targets = facts.flatMap(fact => (fact.kind === 'edge' ? fact.edge.target : []))
    assert.deepEqual([facts.length, facts[0]?.kind, targets], [10_001, 'object', numbers(10_000).map(personId)])
  })
}
