import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import { only } from '../round.ts'
import type { Scene } from '../scene.ts'

/** Requests that a batch may hold: learn.microsoft.com, graph/json-batching. */
const REQUESTS_MAX = 20

/** One request of a batch. */
interface Request {
  readonly id: string
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly dependsOn?: readonly string[]
}

interface Response {
  readonly id: string
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: cases look at bodies as their readers do
  readonly body?: any
}

export const BATCH: readonly Case[] = [
  must(
    'C150 a batch of 20 requests is answered one by one, and one of 21 is refused (DELTA-111, DELTA-112)',
    async scene => {
      const staff = await scene.group()
      const requests = Array.from({ length: REQUESTS_MAX }, (_, index) => mixedRequest(index, staff.id))
      const responses = await batch(scene, requests)
      assert.equal(responses.size, REQUESTS_MAX)
      for (const [index, { id }] of requests.entries()) {
        assert.equal(responses.get(id)?.status, [200, 404, 204, 200][index % 4], id)
      }
      const { length } = requests
      const more = [...requests, mixedRequest(length, staff.id)]
      scene.refused(await scene.post('/v1.0/$batch', { requests: more }))
    },
  ),
  must('C151 what depends on a request that failed is 424 and not done (DELTA-113)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const change = { method: 'PATCH', url: `/groups/${staff.id}`, ...json({ description: 'None of us' }) }
    const responses = await batch(scene, [
      { id: '1', method: 'GET', url: `/groups/${randomUUID()}` },
      { id: '2', ...change, dependsOn: ['1'] },
      { id: '3', method: 'GET', url: `/groups/${staff.id}` },
    ])
    assert.deepEqual(
      ['1', '2', '3'].map(id => responses.get(id)?.status),
      [404, 424, 200],
    )
    assert.equal((await scene.get(`/v1.0/groups/${staff.id}`)).body.description, 'All of us')
  }),
  must('C152 ids that differ in case alone, or not at all, are 400 (DELTA-112)', async scene => {
    for (const ids of [
      ['a', 'a'],
      ['a', 'A'],
    ]) {
      const requests = ids.map(id => ({ id, method: 'GET', url: '/groups?$top=1' }))
      const reply = await scene.post('/v1.0/$batch', { requests })
      assert.equal(reply.status, 400, shown(reply))
      scene.refused(reply)
    }
  }),
  should(
    'C153 a first delta request and its link are answered in a batch as alone (DELTA-111, DELTA-114)',
    async scene => {
      const staff = await scene.group()
      const url = `/groups/delta?$select=displayName&${only(staff)}`
      const first = (await batch(scene, [{ id: '1', method: 'GET', url }])).get('1')
      assert.equal(first?.status, 200)
      assert.deepEqual(first.body.value, [{ id: staff.id, displayName: staff.name }])
      const name = scene.newName()
      await staff.set({ displayName: name })
      const link: string = first.body['@odata.deltaLink']
      const relative = link.slice(link.indexOf('/groups/delta'))
      const later = (await batch(scene, [{ id: '1', method: 'GET', url: relative }])).get('1')
      assert.equal(later?.status, 200)
      assert.deepEqual(later.body.value, (await scene.page(link)).items)
      assert.deepEqual(later.body.value, [{ id: staff.id, displayName: name }])
    },
  ),
  must(
    'C154 links and contexts carry the root under which the server was called (DELTA-3)',
    async scene => {
      const { alias } = scene.target
      const { context, link } = await scene.page(`${alias}/v1.0/groups/delta?${only(await scene.group())}`)
      assert.equal(context, `${alias}/v1.0/$metadata#groups`)
      assert.ok(link.startsWith(`${alias}/v1.0/groups/delta?`), link)
      const list: Reply = await scene.get(`${alias}/v1.0/groups?$top=1`)
      assert.equal(list.body['@odata.context'], `${alias}/v1.0/$metadata#groups`)
    },
    ['alias'],
  ),
]

/** Requests of four kinds: one that reads, one that fails, one that writes, one that reads a round. */
function mixedRequest(index: number, group: string): Request {
  const id = String(index + 1)
  switch (index % 4) {
    case 0:
      return { id, method: 'GET', url: `/groups/${group}` }
    case 1:
      return { id, method: 'GET', url: `/groups/${randomUUID()}` }
    case 2:
      return { id, method: 'PATCH', url: `/groups/${group}`, ...json({ description: `change ${id}` }) }
    default:
      return { id, method: 'GET', url: 'groups/delta?$deltatoken=latest' }
  }
}

function json(body: object): Pick<Request, 'headers' | 'body'> {
  return { headers: { 'Content-Type': 'application/json' }, body }
}

/** The responses of a batch by their ids; the batch must be answered 200. */
async function batch({ post }: Scene, requests: readonly Request[]): Promise<ReadonlyMap<string, Response>> {
  const reply = await post('/v1.0/$batch', { requests })
  assert.equal(reply.status, 200, shown(reply))
  const responses: readonly Response[] = reply.body.responses
  assert.equal(responses.length, requests.length)
  return new Map(responses.map(response => [response.id, response]))
}
