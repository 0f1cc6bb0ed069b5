import assert from 'node:assert/strict'
import test from 'node:test'
import { DefaultHeaders, DefaultInit, GraphCollection, GraphQueryable, graphfi, graphPost, Paged } from '@pnp/graph'
import '@pnp/graph/groups/index.js'
import '@pnp/graph/members/index.js'
import type { IGroups } from '@pnp/graph/groups/index.js'
import type { IMembers } from '@pnp/graph/members/index.js'
import { BearerToken, BrowserFetchWithRetry, body, DefaultParse, HttpRequestError } from '@pnp/queryable'
import { aServer, pagesOf } from '../server/aServer.ts'
import { anEndpoint } from './anEndpoint.ts'
import { aSecureEndpoint, tokenFor } from './aSecureEndpoint.ts'
import { type Client, groupBody, type Item, itemOf, type Round, type Told, tellStory, type WireItem } from './story.ts'
import { tellThrottledStory } from './throttled.ts'

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
  readonly value: readonly WireItem[]
}

/** PnPjs as README.md sets it up: a base URL and a bearer token. */
function pnp(url: string, token: string): Graph {
  return graphfi().using(
    DefaultHeaders(),
    DefaultInit(`${url}/v1.0`),
    BrowserFetchWithRetry(),
    DefaultParse(),
    BearerToken(token),
  ) as unknown as Graph
}

async function follow(graph: Graph, link: string): Promise<Page> {
  return (await GraphCollection([graph.groups, link]).using(Paged())()) as unknown as Page
}

async function finish(graph: Graph, first: Page): Promise<Round> {
  const items: Item[] = first.value.map(itemOf)
  let page = first
  let pages = 1
  for (; page.nextLink !== null; pages += 1) {
    assert.ok(pages < 50, 'the round does not end')
    page = await follow(graph, page.nextLink)
    items.push(...page.value.map(itemOf))
  }
  assert.ok(page.deltaLink)
  return { items, pages, deltaLink: page.deltaLink }
}

/** Its errors hold the status, and the body as text of the message. */
async function told(request: Promise<unknown>): Promise<Told> {
  const error = await request.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof HttpRequestError)
  const { code, message } = JSON.parse(error.message.split('::>')[1] ?? '').error
  return { status: error.status, code, message }
}

function asClient(graph: Graph, url: string): Client {
  const at = (path: string) => GraphQueryable([graph.groups, `${url}/v1.0${path}`])
  return {
    createUser: async user => (await graphPost<{ id: string }>(at('/users'), body(user))).id,
    createGroup: async name => {
      const { mailNickname, ...rest } = groupBody(name)
      // Its kinds of group are a const enum, which cannot be imported: 2 is a security group.
      return (await graph.groups.add(name, mailNickname, 2 as never, { ...rest, groupTypes: [] })).id ?? ''
    },
    rename: (group, displayName) => graph.groups.getById(group).update({ displayName }),
    addMember: (group, user) =>
      membersOf(graph, group).add(`https://graph.microsoft.com/v1.0/directoryObjects/${user}`),
    removeMember: (group, user) => membersOf(graph, group).getById(user).remove(),
    deleteGroup: group => graph.groups.getById(group).delete(),
    restoreGroup: group => graphPost(at(`/directory/deletedItems/${group}/restore`)),
    firstRound: async () => {
      const first = GraphCollection(graph.groups, 'delta').select('displayName', 'members').using(Paged())
      return finish(graph, (await first()) as unknown as Page)
    },
    laterRound: async link => finish(graph, await follow(graph, link)),
    refusalOf: group => told(graph.groups.getById(group)()),
    refusalOfLink: link => told(follow(graph, link)),
  }
}

test('PnPjs follows groups over http (DELTA-1, DELTA-2, DELTA-5, DELTA-32, DELTA-59)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const { url, token } = await anEndpoint(t, server)
  await tellStory(asClient(pnp(url, token), url), server)
})

test('PnPjs follows groups over https (DELTA-180)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const endpoint = await aSecureEndpoint(t, server)
  await tellStory(asClient(pnp(endpoint.url, await tokenFor(endpoint)), endpoint.url), server)
})

test('PnPjs finds what it has created in a list, and iterates it', async t => {
  const server = await aServer(t)
  const { url, token } = await anEndpoint(t, server)
  const graph = pnp(url, token)
  const client = asClient(graph, url)
  for (const name of ['One', 'Two', 'Three']) await client.createGroup(name)
  assert.equal((await graph.groups()).length, 3)
  const names: unknown[] = []
  for await (const page of graph.groups.top(2)) names.push(...page.map(({ displayName }) => displayName))
  assert.deepEqual(names.sort(), ['One', 'Three', 'Two'])
})

test('PnPjs comes again when a 429 says, and gets on (DELTA-213)', async t => {
  const server = await aServer(t)
  const { url, token } = await anEndpoint(t, server)
  await tellThrottledStory(asClient(pnp(url, token), url), server)
})
