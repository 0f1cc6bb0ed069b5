import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue, Relation } from '../../../src/core/fact.ts'
import { type Filter, matches, type Operand, type Test } from '../../../src/core/filter.ts'
import { compareCodePoints, foldText } from '../../../src/core/foldedText.ts'
import type { ObjectId } from '../../../src/core/id.ts'
import {
  type ListCursor,
  type ListedPage,
  type ListOrder,
  type ListQuery,
  listKeysOf,
  planList,
} from '../../../src/core/list.ts'
import type { Snapshot } from '../../../src/core/snapshot.ts'
import {
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

const TEXTS = [
  '',
  'a',
  'A',
  'ab',
  'AB c',
  'Äb',
  'äB',
  'b',
  'ΟΔΟΣ',
  'οδος',
  'οδοσα',
  '\ud83d\ude00',
  '\ufffd',
  'a\u{10ffff}',
  '_',
]
const PROPERTIES = ['displayName', 'mail', 'mailNickname', 'description', 'classification']

const value = fc.constantFrom<JsonValue | undefined>(undefined, null, ...TEXTS)
const operand = fc.constantFrom<Operand>(null, ...TEXTS.map(foldText))
const text = fc.constantFrom(...TEXTS.map(foldText))

const asked: fc.Arbitrary<Test> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('eq' as const, 'eq' as const, 'ne' as const, 'ge' as const, 'le' as const),
    value: operand,
  }),
  fc.record({ kind: fc.constant('in' as const), values: fc.array(operand, { minLength: 1, maxLength: 3 }) }),
  fc.record({ kind: fc.constantFrom('startsWith' as const, 'endsWith' as const), text }),
  fc.record({ kind: fc.constant('search' as const), words: fc.array(text, { minLength: 1, maxLength: 2 }) }),
)

const idAsked: fc.Arbitrary<Test> = fc
  .array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 })
  .map(some => ({ kind: 'in', values: some.map(groupId) }))

const leaf: fc.Arbitrary<Filter> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('property' as const),
      property: fc.constantFrom(...PROPERTIES),
      test: asked,
    }),
  },
  { weight: 1, arbitrary: idAsked.map((test): Filter => ({ kind: 'property', property: 'id', test })) },
  {
    weight: 1,
    arbitrary: fc.option(asked).map(
      (test): Filter => ({
        kind: 'any',
        property: 'proxyAddresses',
        term: test === null ? null : { kind: 'element', test },
      }),
    ),
  },
)

const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>(tie => ({
  filter: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('filter'), { minLength: 2, maxLength: 3 }),
    }),
    tie('filter').map((term): Filter => ({ kind: 'not', term })),
  ),
})).filter

const order: fc.Arbitrary<ListOrder | null> = fc.option(
  fc.record({ key: fc.constant('displayName' as const), descending: fc.boolean() }),
)

const directory = fc.array(
  fc.record({
    properties: fc.record(Object.fromEntries(PROPERTIES.map(name => [name, value]))),
    addresses: fc.array(fc.constantFrom(...TEXTS), { maxLength: 2 }),
  }),
  { minLength: 12, maxLength: 12 },
)

function put(values: Readonly<Record<string, JsonValue | undefined>>, addresses: readonly string[]) {
  const set = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  return { properties: { ...Object.fromEntries(set), proxyAddresses: [...addresses] } }
}

/** All pages of a list, each looking at no more than `examined` objects. */
async function idsOf(
  snapshot: Snapshot,
  query: ListQuery,
  objects = 3,
  examined = 5,
  bytes = 1e9,
): Promise<ObjectId[]> {
  const ids: ObjectId[] = []
  let after: ListCursor | null = null
  do {
    const page = await snapshot.list(query, after, { objects, examined, bytes })
    assert.ok(page.objects.length <= objects)
    assert.notDeepEqual(page.after, after ?? {})
    ids.push(...page.objects.map(({ id }) => id))
    after = page.after
  } while (after !== null)
  return ids
}

/** Lists by filter and order. */
export function lists(open: StoreFactory): void {
  test('a list holds exactly what its filter lets pass, each object once, in the order asked for (DELTA-139)', async t => {
    const tenant = await aTenant(t, open)
    await fc.assert(
      fc.asyncProperty(
        directory,
        fc.array(fc.tuple(filter, order), { minLength: 10, maxLength: 10 }),
        async (rows, questions) => {
          await tenant.commit(async transaction => {
            for (const [index, { properties, addresses }] of rows.entries()) {
              await putGroup(transaction, groupId(index + 1), put(properties, addresses))
            }
          })
          await tenant.look(async snapshot => {
            const all = await snapshot.objects('group', 'live', null, 100)
            for (const [filter, order] of questions) {
              const ids = await idsOf(snapshot, planList('group', 'live', filter, order))
              const expected = all.filter(object => matches(object, filter))
              assert.deepEqual(
                [...ids].sort(),
                expected.map(({ id }) => id),
                JSON.stringify(filter),
              )
              if (order === null) continue
              const nameOf = (id: ObjectId) =>
                listKeysOf(all.find(object => object.id === id) ?? assert.fail()).get('displayName') ?? ''
              const sorted = [...ids].sort((a, b) => compareCodePoints(nameOf(a), nameOf(b)) || compareCodePoints(a, b))
              assert.deepEqual(ids, order.descending ? sorted.reverse() : sorted)
            }
          })
        },
      ),
      { numRuns: 40, seed: 4711 },
    )
  })

  test('a filter on edges counts the live ones of its relation, up to what it asks', async t => {
    const tenant = await aTenant(t, open)
    const [none, one, two, hidden] = [groupId(1), groupId(2), groupId(3), groupId(4)]
    await tenant.commit(async transaction => {
      for (const id of [none, one, two]) await putGroup(transaction, id)
      await putGroup(transaction, hidden, { membersHidden: true })
      await link(transaction, one, 'members', personId(1))
      await link(transaction, one, 'owners', personId(1), personId(2))
      await link(transaction, two, 'members', personId(1), personId(2))
      await link(transaction, hidden, 'members', personId(1))
      await link(transaction, none, 'members', personId(3))
    })
    await tenant.commit(async transaction => unlink(transaction, none, 'members', personId(3)))
    const found = (relation: Relation, atLeast: number, showHidden = false) =>
      tenant.look(snapshot =>
        idsOf(snapshot, planList('group', 'live', { kind: 'edges', relation, atLeast, showHidden }, null)),
      )
    assert.deepEqual(await found('members', 1), [one, two])
    assert.deepEqual(await found('members', 1, true), [one, two, hidden])
    assert.deepEqual(await found('members', 2, true), [two])
    assert.deepEqual(await found('owners', 2), [one])
    assert.deepEqual(await found('owners', 3), [])
  })

  test('a list by a key follows every change of it: another value, no value, deletion, restore and purge', async t => {
    const tenant = await aTenant(t, open)
    const named = (displayName: string) => ({ properties: { displayName } })
    const byName = (state: 'live' | 'deleted', name: string) =>
      tenant.look(snapshot =>
        idsOf(
          snapshot,
          planList(
            'group',
            state,
            { kind: 'property', property: 'displayName', test: { kind: 'eq', value: name } },
            null,
          ),
        ),
      )
    const staff = groupId(1)
    await tenant.commit(transaction => putGroup(transaction, staff, named('Staff')))
    assert.deepEqual(await byName('live', 'staff'), [staff])
    await tenant.commit(transaction => putGroup(transaction, staff, named('Crew')))
    assert.deepEqual([await byName('live', 'staff'), await byName('live', 'crew')], [[], [staff]])
    await tenant.commit(transaction => putDeleted(transaction, staff))
    assert.deepEqual([await byName('live', 'crew'), await byName('deleted', 'crew')], [[], []])
    await tenant.commit(transaction => putGroup(transaction, staff, named('Crew')))
    assert.deepEqual(await byName('live', 'crew'), [staff])
    await tenant.commit(transaction => purge(transaction, staff))
    assert.deepEqual([await byName('live', 'crew'), await byName('deleted', 'crew')], [[], []])
  })

  test('a list holds objects of its own type and state alone, and those without a value of its key too', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(3)) await putGroup(transaction, groupId(number))
      for (const number of numbers(2)) await putPerson(transaction, personId(number))
      await putDeleted(transaction, groupId(9))
    })
    const listed = (...asked: Parameters<typeof planList>) =>
      tenant.look(snapshot => idsOf(snapshot, planList(...asked)))
    const up: ListOrder = { key: 'displayName', descending: false }
    assert.deepEqual(await listed('group', 'live', null, up), numbers(3).map(groupId))
    assert.deepEqual(await listed('group', 'deleted', null, { key: 'deletedDateTime', descending: true }), [groupId(9)])
    assert.deepEqual(await listed('user', 'live', null, { key: 'userPrincipalName', descending: true }), [
      personId(2),
      personId(1),
    ])
    assert.deepEqual(await listed('user', 'live', null, null), numbers(2).map(personId))
  })

  test('a page looks at no more than it may, and says where to go on even where it found nothing (DELTA-141)', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(10))
        await putGroup(transaction, groupId(number), { properties: { description: `${number}` } })
    })
    const query = planList(
      'group',
      'live',
      { kind: 'property', property: 'description', test: { kind: 'eq', value: '8' } },
      null,
    )
    await tenant.look(async snapshot => {
      const first = await snapshot.list(query, null, { objects: 5, examined: 7, bytes: 1e9 })
      // {"description":"1"} are 19 bytes.
      const after = { walk: 0, key: '', id: groupId(7) }
      assert.deepEqual(first, { objects: [], examined: 7, bytes: 7 * 19, after })
      const second = await snapshot.list(query, first.after, { objects: 5, examined: 7, bytes: 1e9 })
      assert.deepEqual([second.objects.map(({ id }) => id), second.after], [[groupId(8)], null])
    })
  })

  test('a page ends with the object that fills its bytes, whether the filter lets it pass or not (DELTA-141)', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(6)) {
        // 18 bytes, 38 with a second property.
        const more = number === 4 ? { uniqueName: 'four' } : {}
        await putGroup(transaction, groupId(number), { properties: { displayName: '', ...more } })
      }
    })
    const named: Filter = { kind: 'property', property: 'uniqueName', test: { kind: 'eq', value: 'four' } }
    await tenant.look(async snapshot => {
      for (const [filter, bytes, ends] of [
        [null, 1, [1, 2, 3, 4, 5]],
        [null, 36, [2, 4]],
        [null, 54, [3, 5]],
        [named, 54, [3, 5]],
        [named, 1_000, []],
      ] as const) {
        const query = planList('group', 'live', filter, null)
        const reached: unknown[] = []
        let after: ListCursor | null = null
        do {
          const page: ListedPage = await snapshot.list(query, after, { objects: 99, examined: 99, bytes })
          after = page.after
          if (after !== null) reached.push(after.id)
        } while (after !== null)
        assert.deepEqual(reached, ends.map(groupId))
        assert.equal((await idsOf(snapshot, query, 99, 99, bytes)).length, filter === null ? 6 : 1)
      }
    })
  })

  test('a page that the list just fills is its last', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of numbers(4)) await putGroup(transaction, groupId(number))
    })
    await tenant.look(async snapshot => {
      const query = planList('group', 'live', null, null)
      assert.equal((await snapshot.list(query, null, { objects: 4, examined: 4, bytes: 1e9 })).after, null)
      const short = await snapshot.list(query, null, { objects: 3, examined: 9, bytes: 1e9 })
      assert.deepEqual(short.after, { walk: 0, key: '', id: groupId(3) })
    })
  })
}
