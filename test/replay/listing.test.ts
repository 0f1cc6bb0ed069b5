import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { View } from './copy.ts'
import type { Graph } from './graph.ts'
import { readListing } from './listing.ts'

const VIEW: View = { properties: ['displayName', 'description'], relations: ['members', 'owners'] }
const GROUPS = '/groups?$top=999&$select=id,displayName,description'
const MEMBERS = '/groups/g/members?$top=999&$select=id'
const OWNERS = '/groups/g/owners?$top=999&$select=id'

test('a listing has every page of groups, members and owners, and the nulls of their properties', async () => {
  const listing = await readListing(
    aGraph({
      [GROUPS]: { value: [{ id: 'g', displayName: 'Staff', description: null }], '@odata.nextLink': 'more' },
      more: { value: [] },
      [MEMBERS]: { value: [{ '@odata.type': '#microsoft.graph.user', id: 'ann' }], '@odata.nextLink': 'more members' },
      'more members': { value: [{ id: 'bob' }] },
      [OWNERS]: { value: [{ id: 'eve' }] },
    }),
    VIEW,
  )
  assert.deepEqual([...listing.keys()], ['g'])
  const group = listing.get('g')
  assert.deepEqual(Object.fromEntries(group?.properties ?? []), { displayName: 'Staff', description: null })
  assert.deepEqual(group?.members, new Set(['ann', 'bob']))
  assert.deepEqual(group?.owners, new Set(['eve']))
})

test('an item that is listed twice is a failure', async () => {
  const graph = aGraph({ [GROUPS]: { value: [{ id: 'g' }], '@odata.nextLink': GROUPS } })
  await assert.rejects(readListing(graph, VIEW), /lists g twice/)
})

test('empty pages without end are a failure', async () => {
  const graph = aGraph({ [GROUPS]: { value: [], '@odata.nextLink': GROUPS } })
  await assert.rejects(readListing(graph, VIEW), /did not end within 10000 pages/)
})

function aGraph(answers: Record<string, unknown>): Pick<Graph, 'call'> {
  return { call: async (_, target) => answers[target] ?? assert.fail(`nobody gave the link ${target}`) }
}
