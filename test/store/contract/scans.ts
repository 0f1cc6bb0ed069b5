import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OBJECT_TYPES } from '../../../src/core/fact.ts'
import { standardProperties } from '../../../src/core/resource.ts'
import type { Projection, Scope } from '../../../src/core/snapshot.ts'
import {
  anObject,
  aTenant,
  groupId,
  link,
  numbers,
  personId,
  purge,
  putDeleted,
  putGroup,
  putPerson,
  type StoreFactory,
  unlink,
} from '../tenant.ts'
import { GROUPS, itemsOf, SHORT, scan, textOf } from '../walk.ts'

const [staff, board, crew] = [groupId(1), groupId(2), groupId(3)]
const [ann, bob] = [personId(1), personId(2)]
const PEOPLE: Scope = { type: 'user', relations: [], properties: 'all', ids: null }

/** What a scan writes. */
export function scans(open: StoreFactory): void {
  test('a scan of an empty directory writes nothing and is over', async t => {
    const tenant = await aTenant(t, open)
    const page = await tenant.look(snapshot => scan(snapshot))
    assert.deepEqual(
      { ...page, json: page.json.length },
      { json: 0, objects: 0, edges: 0, examined: 0, bytes: 0, after: null },
    )
  })

  test('a scan writes the live objects in ascending order of id, each with its live edges', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, crew, { properties: { displayName: 'Crew' } })
      await putGroup(transaction, staff, { properties: { displayName: 'Staff' } })
      await link(transaction, staff, 'owners', ann)
      await link(transaction, staff, 'members', bob, crew, ann)
      await link(transaction, crew, 'owners', bob)
    })
    const page = await tenant.look(snapshot => scan(snapshot))
    const expected =
      `{"id":"${staff}","displayName":"Staff","members":[{"is":"group","id":"${crew}"},{"is":"user","id":"${ann}"},` +
      `{"is":"user","id":"${bob}"}],"owners":[{"is":"user","id":"${ann}"}]},` +
      `{"id":"${crew}","displayName":"Crew","owners":[{"is":"user","id":"${bob}"}]}`
    assert.equal(textOf(page), expected)
    assert.deepEqual([page.objects, page.edges, page.examined, page.after], [2, 5, 7, null])
  })

  test('deleted and purged objects are not scanned, nor are other types', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const id of [staff, board, crew]) await putGroup(transaction, id)
      await putPerson(transaction, ann)
      await link(transaction, board, 'members', ann)
    })
    await tenant.commit(async transaction => {
      await putDeleted(transaction, board)
      await purge(transaction, crew)
    })
    const page = await tenant.look(snapshot => scan(snapshot))
    assert.equal(textOf(page), `{"id":"${staff}"}`)
    assert.deepEqual([page.objects, page.edges, page.examined], [1, 0, 1])
    assert.equal(textOf(await tenant.look(s => scan(s, { scope: PEOPLE }))), `{"id":"${ann}"}`)
  })

  test('removed edges are looked at and not written', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
      await link(transaction, staff, 'owners', bob)
    })
    await tenant.commit(transaction => unlink(transaction, staff, 'members', ann))
    const page = await tenant.look(snapshot => scan(snapshot))
    assert.equal(textOf(page), `{"id":"${staff}","owners":[{"is":"user","id":"${bob}"}]}`)
    assert.deepEqual([page.objects, page.edges, page.examined], [1, 1, 3])
  })

  test('edges to deleted objects are written: only a purge removes them', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await putPerson(transaction, ann)
      await link(transaction, staff, 'members', ann)
    })
    await tenant.commit(transaction => putDeleted(transaction, ann, 'user'))
    assert.equal((await tenant.look(snapshot => scan(snapshot))).edges, 1)
    await tenant.commit(transaction => purge(transaction, ann, 'user'))
    assert.equal((await tenant.look(snapshot => scan(snapshot))).edges, 0)
  })

  test('the entry of an edge is that of its target’s type', async t => {
    const tenant = await aTenant(t, open)
    const targets = OBJECT_TYPES.map((type, index) => ({ type, id: personId(index) }))
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      const { version } = transaction
      for (const { type, id } of targets) {
        const edge = { source: staff, relation: 'members', target: id, targetType: type, live: true, version } as const
        await transaction.putEdge(edge)
      }
    })
    const [item] = itemsOf(await tenant.look(snapshot => scan(snapshot)))
    assert.deepEqual(
      item?.members,
      targets.map(({ type, id }) => ({ is: type, id })),
    )
  })

  test('relations that were not asked for are neither looked at nor written', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff)
      await link(transaction, staff, 'members', ann)
      await link(transaction, staff, 'owners', bob)
    })
    const scope: Scope = { ...GROUPS, relations: ['owners'] }
    const projection: Projection = { ...SHORT, relations: [{ relation: 'owners', open: ',"o":[' }] }
    const page = await tenant.look(snapshot => scan(snapshot, { scope, projection }))
    assert.equal(textOf(page), `{"id":"${staff}","o":[{"is":"user","id":"${bob}"}]}`)
    assert.equal(page.examined, 2)
    const bare = { scope: { ...GROUPS, relations: [] }, projection: { ...SHORT, relations: [] } }
    const alone = await tenant.look(snapshot => scan(snapshot, bare))
    assert.deepEqual([textOf(alone), alone.examined], [`{"id":"${staff}"}`, 1])
  })

  test('properties that are named are written in the order of the names, those never set left out, null as null', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(s =>
      putGroup(s, staff, {
        properties: { description: null, displayName: 'Staff', uniqueName: 'staff', groupTypes: [] },
      }),
    )
    const written = async (...properties: string[]) =>
      textOf(await tenant.look(snapshot => scan(snapshot, { projection: { ...SHORT, properties } })))
    assert.equal(
      await written('uniqueName', 'displayName', 'mail', 'description', 'groupTypes'),
      `{"id":"${staff}","uniqueName":"staff","displayName":"Staff","description":null,"groupTypes":[]}`,
    )
    assert.equal(
      await written('displayName', 'uniqueName'),
      `{"id":"${staff}","displayName":"Staff","uniqueName":"staff"}`,
    )
    assert.equal(await written('mail'), `{"id":"${staff}"}`)
    assert.equal(await written(), `{"id":"${staff}"}`)
  })

  for (const type of ['group', 'user'] as const) {
    test(`the standard representation of a ${type} has the standard properties that were set, as they are stored`, async t => {
      const tenant = await aTenant(t, open)
      const standard = standardProperties(type).map((name, index) => [name, `${index}`] as const)
      const some = standard.filter((_, index) => index % 3 === 0)
      const others = { uniqueName: 'u', assignedLicenses: [], isManagementRestricted: false }
      await tenant.commit(async transaction => {
        for (const [id, set] of [
          [staff, standard],
          [board, some],
          [crew, []],
        ] as const) {
          const properties = { ...Object.fromEntries(set), ...others }
          await transaction.putObject(anObject(transaction, id, { type, properties }), {})
        }
      })
      const projection: Projection = { ...SHORT, properties: 'standard' }
      const page = await tenant.look(s => scan(s, { scope: { ...PEOPLE, type }, projection }))
      const expected = [
        { id: staff, ...Object.fromEntries(standard) },
        { id: board, ...Object.fromEntries(some) },
        { id: crew },
      ]
      assert.equal(textOf(page), expected.map(item => JSON.stringify(item)).join(','))
    })
  }

  test('any text is written as JSON.stringify writes it', async t => {
    const tenant = await aTenant(t, open)
    const values = [
      '“Zoë” \\ "Øre" /',
      '日本語 😀',
      '\u0001\b\t\n\f\r\u001f\u007f',
      '\u2028\u2029',
      '</script>&amp;',
      '',
    ]
    const others = {
      groupTypes: values,
      mail: null,
      mailEnabled: false,
      securityEnabled: true,
      serviceProvisioningErrors: [{ a: 1.5, b: [1e21, 1e-7, -3, 9007199254740991], c: {}, d: [[]], e: null }],
    }
    await tenant.commit(async transaction => {
      for (const [index, displayName] of values.entries()) {
        await putGroup(transaction, groupId(index), { properties: { displayName, ...others } })
      }
    })
    const expected = values.map((displayName, index) => JSON.stringify({ id: groupId(index), displayName, ...others }))
    for (const properties of ['standard', ['displayName', ...Object.keys(others)]] as const) {
      const page = await tenant.look(s => scan(s, { projection: { ...SHORT, properties } }))
      assert.equal(textOf(page), expected.join(','))
    }
  })

  test('the words of a projection are written as they stand', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { properties: { displayName: "O'Hara" } })
      await link(transaction, staff, 'members', ann)
    })
    const projection: Projection = {
      ...SHORT,
      open: '{"it\'s":"100%","?":1,"@odata.type":"#x","id":"',
      relations: [{ relation: 'members', open: ',"members@delta":[' }],
      entry: { ...SHORT.entry, user: '{"$1":"%s","id":"' },
    }
    const page = await tenant.look(s => scan(s, { scope: { ...GROUPS, relations: ['members'] }, projection }))
    const members = `"members@delta":[{"$1":"%s","id":"${ann}"}]`
    assert.equal(
      textOf(page),
      `{"it's":"100%","?":1,"@odata.type":"#x","id":"${staff}","displayName":"O'Hara",${members}}`,
    )
  })

  test('hidden members are neither looked at nor written, except where they may be shown', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { membersHidden: true })
      await putGroup(transaction, board)
      for (const id of [staff, board]) {
        await link(transaction, id, 'members', ann)
        await link(transaction, id, 'owners', bob)
      }
    })
    const owners = `"owners":[{"is":"user","id":"${bob}"}]`
    const members = `"members":[{"is":"user","id":"${ann}"}]`
    const hidden = await tenant.look(s => scan(s, { projection: { ...SHORT, showHiddenMembers: false } }))
    assert.equal(textOf(hidden), `{"id":"${staff}",${owners}},{"id":"${board}",${members},${owners}}`)
    assert.deepEqual([hidden.edges, hidden.examined], [3, 5])
    const shown = await tenant.look(snapshot => scan(snapshot))
    assert.equal(textOf(shown), `{"id":"${staff}",${members},${owners}},{"id":"${board}",${members},${owners}}`)
    assert.deepEqual([shown.edges, shown.examined], [4, 6])
  })

  test('where ids are given, only the live ones among them are scanned', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(5)) {
        await putGroup(transaction, groupId(number))
        await link(transaction, groupId(number), 'members', ann)
      }
      await putDeleted(transaction, groupId(4))
      await putPerson(transaction, ann)
    })
    const scanned = async (...ids: Scope['ids'] & object) => {
      const page = await tenant.look(snapshot => scan(snapshot, { scope: { ...GROUPS, ids } }))
      assert.equal(page.after, null)
      return [itemsOf(page).map(({ id }) => id), page.examined]
    }
    assert.deepEqual(await scanned(groupId(2), groupId(4), groupId(5), groupId(9), ann), [[2, 5].map(groupId), 4])
    assert.deepEqual(await scanned(groupId(3)), [[groupId(3)], 2])
    assert.deepEqual(await scanned(), [[], 0])
  })
}
