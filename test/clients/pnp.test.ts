import assert from 'node:assert/strict'
import test from 'node:test'
import { DefaultHeaders, DefaultInit, GraphCollection, graphfi, Paged } from '@pnp/graph'
import '@pnp/graph/groups/index.js'
import '@pnp/graph/members/index.js'
import type { IGroups } from '@pnp/graph/groups/index.js'
import type { IMembers } from '@pnp/graph/members/index.js'
import { BearerToken, BrowserFetch, DefaultParse } from '@pnp/queryable'
import { aServer, type TestServer } from '../server/aServer.ts'
import { anEndpoint } from './anEndpoint.ts'

/** What the imports of its parts add to PnPjs at run time; its own declarations say so only to older module resolution. */
interface Graph {
  readonly groups: IGroups
}

function membersOf(graph: Graph, id: string): IMembers {
  return (graph.groups.getById(id) as unknown as { readonly members: IMembers }).members
}

interface Page {
  readonly nextLink: string | null
  readonly deltaLink: string | null
  readonly value: readonly { readonly id: string; readonly displayName?: string; readonly [name: string]: unknown }[]
}

/** PnPjs as README.md sets it up: a base URL and a bearer token. */
function pnp(url: string, token: string): Graph {
  return graphfi().using(
    DefaultHeaders(),
    DefaultInit(`${url}/v1.0`),
    BrowserFetch(),
    DefaultParse(),
    BearerToken(token),
  ) as unknown as Graph
}

async function follow(graph: Graph, link: string): Promise<Page> {
  return (await GraphCollection([graph.groups, link]).using(Paged())()) as unknown as Page
}

/** A whole round: the items of its pages, and the deltaLink. */
async function finish(graph: Graph, first: Page): Promise<{ items: Page['value'][number][]; deltaLink: string }> {
  const items = [...first.value]
  let page = first
  for (let pages = 1; page.nextLink !== null; pages += 1) {
    assert.ok(pages < 50, 'the round does not end')
    page = await follow(graph, page.nextLink)
    items.push(...page.value)
  }
  assert.ok(page.deltaLink)
  return { items, deltaLink: page.deltaLink }
}

async function setUp(server: TestServer, t: test.TestContext): Promise<Graph> {
  const { url, token } = await anEndpoint(t, server)
  return pnp(url, token)
}

test('PnPjs creates groups, follows a first round over pages and then only what changed (DELTA-1, DELTA-2, DELTA-5)', async t => {
  const server = await aServer(t, { pageLimit: { objects: 2, edges: 3, examined: 100, bytes: 4_000_000 } })
  const graph = await setUp(server, t)
  for (const name of ['One', 'Two', 'Three', 'Four', 'Five']) {
    await graph.groups.add(name, name.toLowerCase(), 2 as never, {
      mailEnabled: false,
      securityEnabled: true,
      groupTypes: [],
    })
  }
  const listed = await graph.groups()
  assert.equal(listed.length, 5)
  const first = (await GraphCollection(graph.groups, 'delta')
    .select('displayName', 'members')
    .using(Paged())()) as unknown as Page
  const { items, deltaLink } = await finish(graph, first)
  assert.deepEqual(items.map(item => item.id).sort(), listed.map(group => group.id ?? '').sort())
  const [group] = listed
  assert.ok(group?.id)
  await graph.groups.getById(group.id).update({ displayName: 'Renamed' })
  const later = await finish(graph, await follow(graph, deltaLink))
  assert.deepEqual(
    later.items.map(item => [item.id, item.displayName]),
    [[group.id, 'Renamed']],
  )
})

test('PnPjs adds and removes members, deletes a group, and reads what the delta says of each (DELTA-32, DELTA-59)', async t => {
  const server = await aServer(t)
  const graph = await setUp(server, t)
  const { body: user } = await server.call('/v1.0/users', {
    method: 'POST',
    body: {
      accountEnabled: true,
      displayName: 'Ada',
      mailNickname: 'ada',
      userPrincipalName: `ada@${server.domain}`,
      passwordProfile: { password: 'not kept' },
    },
  })
  const body = { mailEnabled: false, securityEnabled: true, groupTypes: [] }
  const group = await graph.groups.add('Staff', 'staff', 2 as never, body)
  assert.ok(group.id)
  const first = (await GraphCollection(graph.groups, 'delta').using(Paged())()) as unknown as Page
  let { deltaLink } = await finish(graph, first)
  const news = async (): Promise<Page['value']> => {
    const round = await finish(graph, await follow(graph, deltaLink))
    deltaLink = round.deltaLink
    return round.items
  }
  await membersOf(graph, group.id).add(`https://graph.microsoft.com/v1.0/directoryObjects/${user.id}`)
  assert.deepEqual((await news())[0]?.['members@delta'], [{ '@odata.type': '#microsoft.graph.user', id: user.id }])
  await membersOf(graph, group.id).getById(user.id).remove()
  assert.deepEqual((await news())[0]?.['members@delta'], [
    { '@odata.type': '#microsoft.graph.user', id: user.id, '@removed': { reason: 'deleted' } },
  ])
  await graph.groups.getById(group.id).delete()
  assert.deepEqual(await news(), [{ id: group.id, '@removed': { reason: 'changed' } }])
  await assert.rejects(graph.groups.getById(group.id)(), /404/)
})
