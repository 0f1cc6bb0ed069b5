import assert from 'node:assert/strict'
import test from 'node:test'
import { groupId, groupsOfTen, memberId, oneGroupOf, populate } from '../../bench/population.ts'
import { OBJECT_TYPES, type ObjectType } from '../../src/core/fact.ts'
import { parseObjectId, type TenantId } from '../../src/core/id.ts'
import { openMemoryStore } from '../../src/store/memory.ts'

const TENANT = '7e1f0a52-3a5b-4f0e-9c7d-0b6a53a3d9c1' as TenantId
const PLACE = { tenant: TENANT, domain: 'bench.example' }
const ENTRY = Object.fromEntries(OBJECT_TYPES.map(type => [type, '{"id":"'])) as Record<ObjectType, string>

test('a filled directory has groups of some 610 bytes with ten members each', async () => {
  const store = openMemoryStore()
  await store.putTenant({
    id: TENANT,
    kind: 'workforce',
    displayName: 'Bench',
    defaultDomain: PLACE.domain,
    domains: [PLACE.domain],
  })
  await populate(store, PLACE, groupsOfTen(200), () => {})
  await store.read(TENANT, async snapshot => {
    const scope = { type: 'group', relations: ['members'], properties: 'standard', ids: null } as const
    const projection = { open: '{"id":"', properties: 'standard', entry: ENTRY, showHiddenMembers: true } as const
    const limit = { objects: 1_000, edges: 10_000, examined: 20_000, bytes: 1_000_000 }
    const counted = await snapshot.scan(
      scope,
      { ...projection, relations: [{ relation: 'members', open: '[' }] },
      null,
      limit,
    )
    assert.deepEqual([counted.objects, counted.edges, counted.after], [200, 2_000, null])
    const bodies = await snapshot.scan({ ...scope, relations: [] }, { ...projection, relations: [] }, null, limit)
    assert.ok(Math.abs(bodies.json.length / bodies.objects - 610) < 15, `${bodies.json.length / bodies.objects} bytes`)
  })
  await store.close()
})

test('ids are the same at every build, of the form a server makes, and those of further members are no members', () => {
  const population = groupsOfTen(1_000)
  assert.equal(groupId(7), groupId(7))
  assert.match(parseObjectId(groupId(7)), /^.{14}4.{4}[89ab]/)
  const ids = new Set(Array.from({ length: 20 }, (_, n) => memberId(population, 999, n)))
  assert.equal(ids.size, 20)
  assert.equal(oneGroupOf(100).membersEach, 100)
})
