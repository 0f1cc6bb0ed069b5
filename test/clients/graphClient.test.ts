import assert from 'node:assert/strict'
import test from 'node:test'
import { ClientSecretCredential } from '@azure/identity'
import {
  BatchRequestContent,
  BatchResponseContent,
  Client as GraphClient,
  GraphError,
  type PageCollection,
  PageIterator,
} from '@microsoft/microsoft-graph-client'
import { TokenCredentialAuthenticationProvider } from '@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js'
import { aServer, pagesOf, type TestServer } from '../server/aServer.ts'
import { aSecureEndpoint, type SecureEndpoint } from './aSecureEndpoint.ts'
import { type Client, groupBody, type Item, itemOf, type Round, type Told, tellStory } from './story.ts'
import { tellThrottledStory } from './throttled.ts'

/** As README.md sets it up: three settings beside the app's own. */
function graphClient({ url, tenantId, clientId, clientSecret }: SecureEndpoint): GraphClient {
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: url,
    disableInstanceDiscovery: true,
  })
  return GraphClient.initWithMiddleware({
    baseUrl: url,
    customHosts: new Set(['localhost']),
    authProvider: new TokenCredentialAuthenticationProvider(credential, {
      scopes: ['https://graph.microsoft.com/.default'],
    }),
  })
}

/** Iterates as the library does it; it keeps the deltaLink where the last page has one. */
async function iterate(client: GraphClient, page: PageCollection): Promise<Round> {
  const items: Item[] = []
  let pages = 1
  const iterator = new PageIterator(
    client,
    page,
    item => {
      items.push(itemOf(item))
      return true
    },
    { headers: { 'client-request-id': crypto.randomUUID() } },
  )
  const counted = client.api.bind(client)
  client.api = path => {
    pages += 1
    return counted(path)
  }
  await iterator.iterate()
  client.api = counted
  return { items, pages, deltaLink: iterator.getDeltaLink() ?? '' }
}

async function told(request: Promise<unknown>): Promise<Told> {
  const error = await request.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof GraphError)
  assert.match(error.requestId ?? '', /^[0-9a-f-]{36}$/)
  assert.ok(!Number.isNaN(error.date.getTime()))
  return { status: error.statusCode, code: error.code, message: error.message }
}

function asClient(client: GraphClient, { url }: SecureEndpoint): Client {
  const reference = (id: string) => ({ '@odata.id': `${url}/v1.0/directoryObjects/${id}` })
  return {
    createUser: async body => (await client.api('/users').post(body)).id,
    createGroup: async name => (await client.api('/groups').post(groupBody(name))).id,
    rename: (group, displayName) => client.api(`/groups/${group}`).patch({ displayName }),
    addMember: (group, user) => client.api(`/groups/${group}/members/$ref`).post(reference(user)),
    removeMember: (group, user) => client.api(`/groups/${group}/members/${user}/$ref`).delete(),
    deleteGroup: group => client.api(`/groups/${group}`).delete(),
    restoreGroup: group => client.api(`/directory/deletedItems/${group}/restore`).post({}),
    firstRound: async () => iterate(client, await client.api('/groups/delta').select(['displayName', 'members']).get()),
    laterRound: async link => iterate(client, await client.api(link).get()),
    refusalOf: group => told(client.api(`/groups/${group}`).get()),
    refusalOfLink: link => told(client.api(link).get()),
  }
}

async function setUp(context: test.TestContext, server: TestServer) {
  const endpoint = await aSecureEndpoint(context, server)
  const client = graphClient(endpoint)
  return { endpoint, client }
}

test('microsoft-graph-client follows groups over https, with a token that @azure/identity fetched (DELTA-180)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const { endpoint, client } = await setUp(t, server)
  await tellStory(asClient(client, endpoint), server)
})

test('microsoft-graph-client asks in batches, and finds each answer by its id (DELTA-111)', async t => {
  const server = await aServer(t)
  const { client, endpoint } = await setUp(t, server)
  const ids = ['make', 'list', 'miss'] as const
  const request = (path: string, init?: RequestInit) => new Request(`${endpoint.url}/v1.0${path}`, init)
  const body = JSON.stringify(groupBody('Staff'))
  const content = new BatchRequestContent([
    {
      id: 'make',
      request: request('/groups', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }),
    },
    { id: 'list', request: request('/groups?$select=displayName'), dependsOn: ['make'] },
    { id: 'miss', request: request('/groups/3f1c0000-0000-4000-8000-000000000000'), dependsOn: ['list'] },
  ])
  const answers = new BatchResponseContent(await client.api('/$batch').post(await content.getContent()))
  assert.deepEqual(
    ids.map(id => answers.getResponseById(id).status),
    [201, 200, 404],
  )
  const { value } = (await answers.getResponseById('list').json()) as { value: { displayName: string }[] }
  assert.equal(value[0]?.displayName, 'Staff')
  const { error } = (await answers.getResponseById('miss').json()) as { error: { code: string } }
  assert.equal(error.code, 'Request_ResourceNotFound')
})

test('microsoft-graph-client comes again when a 429 says, and gets on (DELTA-213)', async t => {
  const server = await aServer(t)
  const { endpoint, client } = await setUp(t, server)
  await tellThrottledStory(asClient(client, endpoint), server)
})
