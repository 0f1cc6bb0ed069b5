import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { ObjectId } from '../../src/core/id.ts'
import { anObject } from '../store/tenant.ts'
import type { Named } from './aDirectory.ts'
import { aServer, type TestServer } from './aServer.ts'
import { related } from './related.ts'

const SEED = 1_217
const RUNS = 25
const GROUPS = 7
const USERS = 5

/** Which of the objects each group holds, by number, and which groups are in the bin. Groups come first. */
interface Nest {
  readonly held: readonly (readonly number[])[]
  readonly deleted: readonly number[]
}

const nest: fc.Arbitrary<Nest> = fc.record({
  held: fc.array(fc.subarray(Array.from({ length: GROUPS + USERS }, (_, index) => index)), {
    minLength: GROUPS,
    maxLength: GROUPS,
  }),
  deleted: fc.subarray([2, 4, 6]),
})

/** Makes a nest in one commit; gives the ids of its objects by number. */
async function build({ store, tenant, services }: TestServer, { held, deleted }: Nest): Promise<ObjectId[]> {
  const ids = Array.from({ length: GROUPS + USERS }, () => services.newId())
  const typeOf = (index: number) => (index < GROUPS ? 'group' : 'user')
  await store.write(tenant, { at: 0, app: null, user: null, requestId: null }, async transaction => {
    for (const [index, id] of ids.entries()) {
      const isDeleted = deleted.includes(index)
      const deletedAt = isDeleted ? '2026-01-01T00:00:00Z' : null
      const object = anObject(transaction, id, { type: typeOf(index) })
      await transaction.putObject({ ...object, state: isDeleted ? 'deleted' : 'live', deletedAt }, {})
    }
    for (const [index, targets] of held.entries()) {
      for (const target of targets) {
        const [from, to] = [ids[index], ids[target]]
        if (from === undefined || to === undefined || from === to) continue
        const { version } = transaction
        const edge = { source: from, relation: 'members', target: to, targetType: typeOf(target), live: true } as const
        await transaction.putEdge({ ...edge, version })
      }
    }
  })
  return ids
}

/** The naive closure: what a group holds, and what is held by what it holds, until nothing is new. */
function reachedFrom(start: number, { held, deleted }: Nest): Set<number> {
  const reached = new Set<number>()
  const visit = (group: number): void => {
    if (deleted.includes(group)) return
    for (const target of held[group] ?? []) {
      if (target === group || reached.has(target)) continue
      reached.add(target)
      visit(target)
    }
  }
  visit(start)
  reached.delete(start)
  return reached
}

test(`in ${RUNS} random nests (seed ${SEED}) transitive reads from both ends are the naive closure (DELTA-121, DELTA-122, DELTA-124)`, async t => {
  const server = await aServer(t)
  const roles = ['Directory.Read.All']
  const property = fc.asyncProperty(nest, fc.integer({ min: 1, max: 6 }), async (nest, top) => {
    const ids = await build(server, nest)
    const all = ids.map((_, index) => index)
    const live = all.filter(index => !nest.deleted.includes(index))
    const within = new Map(live.map(index => [index, reachedFrom(index, nest)]))
    const idsOf = (numbers: Iterable<number>) => [...numbers].map(index => ids[index]).sort()
    for (const index of live) {
      const object: Named = { id: ids[index] ?? assert.fail() }
      const around = live.filter(group => within.get(group)?.has(index))
      if (index >= GROUPS) {
        const up = await related(server, 'users', object, 'transitiveMemberOf', `?$top=${top}`, roles)
        assert.deepEqual(up, idsOf(around))
        continue
      }
      const path = `/v1.0/groups/${object.id}/transitiveMembers`
      const down = [...(within.get(index) ?? [])]
      assert.deepEqual(await related(server, 'groups', object, 'transitiveMembers', `?$top=${top}`, roles), idsOf(down))
      assert.deepEqual(
        await related(server, 'groups', object, 'transitiveMemberOf', `?$top=${top}`, roles),
        idsOf(around),
      )
      const groups = await related(server, 'groups', object, 'transitiveMembers/graph.group', `?$top=${top}`, roles)
      assert.deepEqual(groups, idsOf(down.filter(number => number < GROUPS)))
      const counted = await server.call(`${path}/$count`, { headers: { consistencylevel: 'eventual' }, roles })
      assert.equal(counted.body, down.length)
    }
  })
  await fc.assert(property, { seed: SEED, numRuns: RUNS })
})

test('10,000 members at five levels are read page by page, each once (DELTA-125)', async t => {
  const server = await aServer(t)
  const { store, tenant, services } = server
  const groups = Array.from({ length: 5 }, () => services.newId())
  const people = Array.from({ length: 10_000 }, () => services.newId())
  await store.write(tenant, { at: 0, app: null, user: null, requestId: null }, async transaction => {
    const { version } = transaction
    const link = (source: ObjectId, target: ObjectId, targetType: 'group' | 'user') =>
      transaction.putEdge({ source, relation: 'members', target, targetType, live: true, version })
    for (const id of groups) await transaction.putObject(anObject(transaction, id), {})
    for (const id of people) await transaction.putObject(anObject(transaction, id, { type: 'user' }), {})
    for (const [level, id] of groups.entries()) {
      const inner = groups[level + 1]
      if (inner !== undefined) await link(id, inner, 'group')
      // Every person is in two of the five groups.
      for (const [index, person] of people.entries()) if ((index + level) % 5 < 2) await link(id, person, 'user')
    }
  })
  const [outer] = groups
  assert.ok(outer)
  const expected = [...people, ...groups.slice(1)].sort()
  assert.deepEqual(
    await related(server, 'groups', { id: outer }, 'transitiveMembers', '?$top=500&$select=id'),
    expected,
  )
  const count = `/v1.0/groups/${outer}/transitiveMembers/$count`
  assert.equal((await server.call(count, { headers: { consistencylevel: 'eventual' } })).body, 10_004)
})
