import assert from 'node:assert/strict'
import test from 'node:test'
import { readAddress } from '../../src/odata/address.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { costOf, READS } from '../../src/server/throttle/resourceUnits.ts'

const GROUP = 'groups/5f1d7a52-8c3e-4b6f-9a41-2e7d0c9b8a13'
const USER = 'users/5f1d7a52-8c3e-4b6f-9a41-2e7d0c9b8a13'

function costs(request: string): readonly [units: number, writes: number] {
  const [method = '', path = ''] = request.split(' ')
  const cost = costOf(method, readAddress(`/v1.0/${path}`))
  assert.ok(cost !== null, request)
  return [cost.units, cost.writes]
}

test('reads cost what Graph documents, by their path in any of its forms (DELTA-214)', () => {
  for (const [request, units] of [
    ['GET groups/delta', 1],
    ['GET groups/microsoft.graph.delta()?$skiptoken=abc', 1],
    ['GET users/delta', 1],
    ['GET groups', 1],
    [`GET ${GROUP}`, 1],
    [`GET ${GROUP}/members`, 3],
    ["GET Groups('5f1d7a52-8c3e-4b6f-9a41-2e7d0c9b8a13')/Members", 3],
    ['GET %67roups/x/members', 3],
    [`GET ${GROUP}/members/microsoft.graph.user`, 3],
    [`GET ${GROUP}/members/$count`, 3],
    [`GET ${GROUP}/transitiveMembers`, 5],
    [`GET ${GROUP}/owners`, 1],
    [`GET ${GROUP}/memberOf`, 1],
    ['GET users', 2],
    [`GET ${USER}`, 1],
    [`GET ${USER}/memberOf`, 2],
    [`GET ${USER}/transitiveMemberOf`, 2],
    [`GET ${USER}/ownedObjects`, 2],
    ['GET me/memberOf', 2],
    [`HEAD ${GROUP}/members`, 3],
    ['GET constructor', 1],
    ['GET nothing/at/all', 1],
  ] as const) {
    assert.deepEqual(costs(request), [units, 0], request)
  }
})

test('every change is a unit and a write, and actions that only read are no write (DELTA-214)', () => {
  for (const [request, units, writes] of [
    ['POST groups', 1, 1],
    ['POST users', 1, 1],
    [`PATCH ${GROUP}`, 1, 1],
    [`DELETE ${GROUP}/members/x/$ref`, 1, 1],
    [`POST ${GROUP}/members/$ref`, 1, 1],
    ['POST directory/deletedItems/x/restore', 1, 1],
    ['POST directoryObjects/getByIds', 3, 0],
    [`POST ${USER}/checkMemberGroups`, 4, 0],
    [`POST ${GROUP}/checkMemberObjects`, 4, 0],
    [`POST ${USER}/microsoft.graph.getMemberGroups`, 2, 0],
    [`POST ${USER}/getMemberObjects`, 2, 0],
    ['POST directoryObjects/validateProperties', 1, 0],
    ['PUT nothing', 1, 1],
  ] as const) {
    assert.deepEqual(costs(request), [units, writes], request)
  }
})

test('$select and a $top below 20 take a unit off, $expand adds one, and nothing costs less than one (DELTA-214)', () => {
  for (const [query, units] of [
    ['$select=id', 4],
    ['select=id', 4],
    ['%24SELECT=id', 4],
    ['$top=19', 4],
    ['$top=20', 5],
    ['$top=1', 4],
    ['$top=many', 5],
    ['$select=id&$top=5', 3],
    ['$count=true&$expand=memberOf', 6],
    ['$expand=memberOf&$select=id', 5],
    ['$filter=$select', 5],
    ['preselect=id', 5],
  ] as const) {
    assert.deepEqual(costs(`GET ${GROUP}/transitiveMembers?${query}`), [units, 0], query)
  }
  assert.deepEqual(costs('GET groups?$select=id&$top=5'), [1, 0])
})

test('a batch has no cost of its own, and only at its own path (DELTA-218)', () => {
  assert.equal(costOf('POST', readAddress('/beta/$batch')), null)
  assert.deepEqual(costs('GET $batch'), [1, 0])
  assert.deepEqual(costs('POST groups/$batch'), [1, 1])
})

test('every path that has a price of its own is one that can be read', () => {
  for (const path of READS.keys()) assert.ok(ROUTES[path]?.GET !== undefined, path)
})
