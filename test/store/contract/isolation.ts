import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterVersion } from '../../../src/core/cursor.ts'
import type { DirectoryObject } from '../../../src/core/fact.ts'
import type { Snapshot } from '../../../src/core/snapshot.ts'
import {
  anObject,
  aTenant,
  countedNonces,
  groupId,
  link,
  nonceNumbered,
  numbers,
  personId,
  purge,
  putGroup,
  type StoreFactory,
  tenantOf,
  unlink,
} from '../tenant.ts'
import { changesAfter, GROUPS, itemsOf, scan, textOf } from '../walk.ts'

const staff = groupId(1)
const board = groupId(2)
const ann = personId(1)
const bob = personId(2)

/** Everything a snapshot can be asked about a small directory. */
async function everything(snapshot: Snapshot) {
  return {
    head: snapshot.head,
    horizon: snapshot.horizon,
    nonces: await Promise.all([1, 2, 3].map(version => snapshot.nonceOf(version))),
    object: await snapshot.object(staff),
    named: await snapshot.idByKey('mailNickname', 'staff'),
    live: await snapshot.objects('group', 'live', null, 10),
    purged: await snapshot.objects('group', 'purged', null, 10),
    edge: await snapshot.edge(staff, 'members', ann),
    edges: await snapshot.edges(staff, 'members', null, 10),
    scanned: textOf(await scan(snapshot)),
    changes: await changesAfter(snapshot, GROUPS, afterVersion(0)),
  }
}

/** What one reader sees no writer touches, what one tenant has no other sees. */
export function isolation(open: StoreFactory): void {
  test('a read stays at its state while a commit is made beside it', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Staff' }, keys: { mailNickname: 'staff' } })
      await link(transaction, staff, 'members', ann)
    })
    const beside: Promise<void>[] = []
    await tenant.look(async snapshot => {
      const before = await everything(snapshot)
      const write = tenant.commit(async transaction => {
        await putGroup(transaction, staff, { properties: { displayName: 'Crew' }, keys: { mailNickname: 'crew' } })
        await putGroup(transaction, board)
        await unlink(transaction, staff, 'members', ann)
        await link(transaction, staff, 'members', bob)
      })
      beside.push(write)
      for (const _ of numbers(20)) assert.deepEqual(await everything(snapshot), before)
    })
    await Promise.all(beside)
    assert.deepEqual(await tenant.look(async s => itemsOf(await scan(s))), [
      { id: staff, displayName: 'Crew', members: [{ is: 'user', id: bob }] },
      { id: board },
    ])
  })

  test('a read that begins while a commit is under way sees nothing of it or all of it', async t => {
    const tenant = await aTenant(t, open)
    const seen: Promise<[number, number]>[] = []
    const look = () =>
      tenant.look(async snapshot => {
        const groups = await snapshot.objects('group', 'live', null, 10)
        return [snapshot.head, groups.length] as [number, number]
      })
    await tenant.commit(async transaction => {
      for (const number of numbers(5)) {
        await putGroup(transaction, groupId(number))
        seen.push(look())
      }
    })
    for (const [head, groups] of await Promise.all(seen)) assert.equal(groups, head === 0 ? 0 : 5)
  })

  test('among many writers every read sees whole commits, and never an older one than before', async t => {
    const tenant = await aTenant(t, open)
    const five = numbers(5).map(groupId)
    const write = (number: number) =>
      tenant.commit(async transaction => {
        for (const id of five) await putGroup(transaction, id, { properties: { displayName: `${number}` } })
      })
    const look = () =>
      tenant.look(async snapshot => {
        const found: (DirectoryObject | null)[] = []
        for (const id of five) found.push(await snapshot.object(id))
        const items = itemsOf(await scan(snapshot))
        assert.equal(new Set(found.map(object => object?.properties['displayName'])).size, 1)
        assert.deepEqual(
          items.map(item => item.displayName),
          found.flatMap(object => object?.properties['displayName'] ?? []),
        )
        assert.ok(found.every(object => (object?.version ?? 0) === snapshot.head))
        return snapshot.head
      })
    const writing = Promise.all(numbers(20).map(write))
    const heads: number[] = []
    for (const _ of numbers(10)) heads.push(...(await Promise.all([look(), look()])))
    await writing
    assert.deepEqual(
      heads,
      heads.toSorted((a, b) => a - b),
    )
    assert.equal(await look(), 20)
  })

  test('the version at a time is never ahead of what a read sees', async t => {
    const tenant = await aTenant(t, open)
    const seen: Promise<[number, number]>[] = []
    const look = async (): Promise<[number, number]> => {
      const version = await tenant.store.versionAt(tenant.id, 1_000)
      return [version, await tenant.look(async ({ head }) => head)]
    }
    const write = (number: number) =>
      tenant.commit(async transaction => {
        seen.push(look())
        for (const _ of numbers(10)) await putGroup(transaction, groupId(number))
        seen.push(look())
      })
    await Promise.all(numbers(5).map(write))
    for (const [version, head] of await Promise.all(seen)) assert.ok(version <= head, `${version} is ahead of ${head}`)
  })

  test('a read that began before a compaction keeps what it drops', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await putGroup(transaction, board)
      await link(transaction, staff, 'members', ann)
    })
    await tenant.commit(async transaction => {
      await purge(transaction, board)
      await unlink(transaction, staff, 'members', ann)
    })
    await tenant.commit(transaction => putGroup(transaction, staff))
    const beside: Promise<unknown>[] = []
    await tenant.look(async snapshot => {
      const before = await everything(snapshot)
      beside.push(tenant.store.compact(tenant.id, 3))
      for (const _ of numbers(10)) assert.deepEqual(await everything(snapshot), before)
    })
    await Promise.all(beside)
    assert.equal(await tenant.look(async ({ horizon }) => horizon), 3)
    assert.equal(await tenant.look(snapshot => snapshot.edge(staff, 'members', ann)), null)
  })

  test('what a store has given out can be changed without changing the store', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Staff', groupTypes: ['Unified'] } })
      await link(transaction, staff, 'members', ann)
    })
    const before = await tenant.look(everything)
    await tenant.look(async snapshot => {
      const objects = [await snapshot.object(staff), ...(await snapshot.objects('group', 'live', null, 10))]
      for (const object of objects) {
        assert.ok(object !== null)
        Reflect.set(object, 'version', 99)
        Reflect.set(object.properties, 'displayName', 'Changed')
        Reflect.set(Object(object.properties['groupTypes']), '0', 'Changed')
        Reflect.set(object.stamps, 'displayName', 99)
      }
      for (const edge of [
        await snapshot.edge(staff, 'members', ann),
        ...(await snapshot.edges(staff, 'members', null, 10)),
      ])
        Reflect.set(Object(edge), 'live', false)
      for (const fact of await changesAfter(snapshot, GROUPS, afterVersion(0)))
        Reflect.set(fact.kind === 'object' ? fact.object : fact.edge, 'version', 99)
      const page = await scan(snapshot)
      page.json.fill(0)
      assert.deepEqual(await everything(snapshot), before)
    })
    assert.deepEqual(await tenant.look(everything), before)
  })

  test('what a store was given can be changed later without changing the store', async t => {
    const tenant = await aTenant(t, open)
    const types = ['Unified']
    const properties = { displayName: 'Staff', groupTypes: types }
    await tenant.commit(transaction => putGroup(transaction, staff, { properties }))
    properties.displayName = 'Changed'
    types.push('Changed')
    const object = await tenant.look(snapshot => snapshot.object(staff))
    assert.deepEqual(object?.properties, { displayName: 'Staff', groupTypes: ['Unified'] })
  })

  test('two tenants with the same ids and keys have nothing in common', async t => {
    const ours = await aTenant(t, open)
    const theirs = await tenantOf(ours.store, 2)
    await ours.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Ours' }, keys: { mailNickname: 'staff' } })
      await link(transaction, staff, 'members', ann)
    })
    const empty = await theirs.look(everything)
    assert.deepEqual([empty.head, empty.object, empty.named, empty.edge], [0, null, null, null])
    assert.deepEqual([empty.live, empty.edges, empty.scanned, empty.changes], [[], [], '', []])

    await theirs.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: 'Theirs' }, keys: { mailNickname: 'staff' } })
      await link(transaction, staff, 'members', ann, bob)
    })
    await theirs.commit(async transaction => {
      await transaction.removeEdgesTo(ann)
      await transaction.stampEdgesFrom(staff)
      await purge(transaction, staff)
    })
    await theirs.store.compact(theirs.id, 2)
    await ours.look(async snapshot => {
      assert.deepEqual([snapshot.head, snapshot.horizon], [1, 0])
      assert.equal((await snapshot.object(staff))?.properties['displayName'], 'Ours')
      assert.equal(await snapshot.idByKey('mailNickname', 'staff'), staff)
      assert.deepEqual(
        (await snapshot.edges(staff, 'members', null, 10)).map(edge => [edge.target, edge.version]),
        [[ann, 1]],
      )
      assert.equal(await snapshot.nonceOf(1), nonceNumbered(1))
    })
    assert.equal(await theirs.look(snapshot => snapshot.object(staff)), null)
  })

  test('writers of many tenants at once each have their own versions', async t => {
    const store = await open({ nonce: countedNonces() })
    t.after(() => store.close())
    const tenants = await Promise.all(numbers(4).map(number => tenantOf(store, number)))
    await Promise.all(
      numbers(40).map(number =>
        tenants[number % 4]?.commit(async transaction => {
          await transaction.putObject(anObject(transaction, groupId(number)), {})
        }),
      ),
    )
    for (const tenant of tenants) {
      const groups = await tenant.look(snapshot => snapshot.objects('group', 'live', null, 100))
      assert.deepEqual(
        groups.map(({ version }) => version).toSorted((a, b) => a - b),
        numbers(10),
      )
    }
  })

  test('a probe is no commit, and nothing waits once all is done', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await transaction.putObject(anObject(transaction, groupId(1)), {})
    })
    await Promise.all([tenant.store.probe(), tenant.store.probe()])
    assert.equal(await tenant.look(async ({ head }) => head), 1)
    assert.equal((await tenant.store.commits(tenant.id, 10)).length, 1)
    assert.deepEqual(tenant.store.waiting(), { writes: 0, reads: 0 })
  })
}
