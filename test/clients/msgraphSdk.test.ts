import assert from 'node:assert/strict'
import test from 'node:test'
import { ClientSecretCredential } from '@azure/identity'
import { GraphRequestAdapter } from '@microsoft/msgraph-sdk'
import type { Group } from '@microsoft/msgraph-sdk/models/index.js'
import type { ODataError } from '@microsoft/msgraph-sdk/models/oDataErrors/index.js'
import {
  BatchRequestContent,
  GraphAzureIdentityAuthenticationProvider,
  type PageCollection,
  PageIterator,
} from '@microsoft/msgraph-sdk-core'
import { aServer, pagesOf } from '../server/aServer.ts'
import { aSecureEndpoint, type SecureEndpoint } from './aSecureEndpoint.ts'
import { type Client, groupBody, type Item, itemOf, type Round, type Told, tellStory, type WireItem } from './story.ts'
import { tellThrottledStory } from './throttled.ts'
import { createGroupDelta, ERRORS, type GroupDelta, typedGraph } from './typedGraph.ts'

/** As README.md sets it up. */
function requestAdapter({ url, tenantId, clientId, clientSecret }: SecureEndpoint): GraphRequestAdapter {
  const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: url,
    disableInstanceDiscovery: true,
  })
  const scopes = ['https://graph.microsoft.com/.default']
  const adapter = new GraphRequestAdapter(
    new GraphAzureIdentityAuthenticationProvider(credential, scopes, undefined, new Set(['localhost'])),
  )
  adapter.baseUrl = `${url}/v1.0`
  return adapter
}

/** The models have no property for what only delta tells: it stands apart, untyped. */
function typedItemOf({ id, displayName, additionalData }: Group): Item {
  return itemOf({ id, displayName, ...additionalData } as WireItem)
}

/** Iterates as the library does it, which stops where a page has a deltaLink. */
async function iterate(adapter: GraphRequestAdapter, first: GroupDelta | undefined): Promise<Round> {
  assert.ok(first)
  const items: Item[] = []
  const keep = (item: Group): boolean => {
    items.push(typedItemOf(item))
    return true
  }
  let pages = 1
  const createPage: typeof createGroupDelta = node => {
    pages += 1
    return createGroupDelta(node)
  }
  const iterator = new PageIterator<Group>(adapter, first as PageCollection<Group>, keep, createPage, ERRORS)
  await iterator.iterate()
  return { items, pages, deltaLink: iterator.getOdataDeltaLink() ?? '' }
}

/** Its errors are no `Error`, but objects. */
async function told(request: Promise<unknown>): Promise<Told> {
  const error = await request.then(
    () => null,
    (thrown: unknown) => thrown as ODataError & { readonly errorEscaped: ODataError['errorEscaped'] },
  )
  assert.ok(error?.errorEscaped?.innerError?.requestId)
  const { code, message } = error.errorEscaped
  return { status: error.responseStatusCode, code, message: message ?? undefined }
}

function asClient(adapter: GraphRequestAdapter, { url }: SecureEndpoint): Client {
  const graph = typedGraph(adapter)
  const item = (id: string) => graph.groups.byGroupId(id)
  const idOf = async (made: Promise<{ id?: string | null } | undefined>): Promise<string> => (await made)?.id ?? ''
  return {
    createUser: body => idOf(graph.users.post(body)),
    createGroup: name => idOf(graph.groups.post(groupBody(name))),
    rename: async (group, displayName) => {
      await item(group).patch({ displayName })
    },
    addMember: (group, user) => item(group).members.ref.post({ odataId: `${url}/v1.0/directoryObjects/${user}` }),
    removeMember: (group, user) => item(group).members.byDirectoryObjectId(user).ref.delete(),
    deleteGroup: group => item(group).delete(),
    restoreGroup: async group => {
      await graph.directory.deletedItems.byDirectoryObjectId(group).restore.post()
    },
    firstRound: async () =>
      iterate(adapter, await graph.groups.delta.get({ queryParameters: { select: ['displayName', 'members'] } })),
    laterRound: async link => iterate(adapter, await graph.groups.delta.withUrl(link).get()),
    refusalOf: group => told(item(group).get()),
    refusalOfLink: link => told(graph.groups.delta.withUrl(link).get()),
  }
}

test('msgraph-sdk follows groups over https, with a token that @azure/identity fetched (DELTA-180)', async t => {
  const server = await aServer(t, pagesOf({ objects: 2 }))
  const endpoint = await aSecureEndpoint(t, server)
  await tellStory(asClient(requestAdapter(endpoint), endpoint), server)
})

test('msgraph-sdk asks in batches, with bodies as base64, and finds each status by its id (DELTA-111, DELTA-114)', async t => {
  const server = await aServer(t)
  const adapter = requestAdapter(await aSecureEndpoint(t, server))
  const graph = typedGraph(adapter)
  const batch = new BatchRequestContent(adapter, ERRORS)
  const made = batch.addBatchRequest(graph.groups.toPostRequestInformation(groupBody('Staff')), 'make')
  assert.ok(made.body instanceof ArrayBuffer && made.headers === undefined)
  const select = { queryParameters: { select: ['displayName'] } }
  batch.addBatchRequest(graph.groups.delta.toGetRequestInformation(select), 'follow').dependsOn = ['make']
  const answers = await batch.postAsync()
  assert.deepEqual(
    await answers?.getResponsesStatusCodes(),
    new Map([
      ['make', 201],
      ['follow', 200],
    ]),
  )
  assert.equal((await server.call('/v1.0/groups')).body.value[0].displayName, 'Staff')
})

test('msgraph-sdk comes again when a 429 says, and gets on (DELTA-213)', async t => {
  const server = await aServer(t)
  const endpoint = await aSecureEndpoint(t, server)
  await tellThrottledStory(asClient(requestAdapter(endpoint), endpoint), server)
})
