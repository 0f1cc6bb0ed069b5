import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import { bodyAt } from '../current.ts'
import { assertLeft } from '../refusal.ts'
import { type Named, only, type Page, pageOf, readRound } from '../round.ts'
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
        const { status, body } = responses.get(id) ?? {}
        assert.equal(status, [200, 404, 204, 200][index % 4], id)
        if (index % 4 === 0) assert.equal(body?.id, staff.id)
        if (index % 4 === 1) assert.equal(body?.error?.code, 'Request_ResourceNotFound')
        if (index % 4 === 2) assert.ok(body === undefined || body === null)
        if (index % 4 === 3) assert.match(body?.['@odata.deltaLink'], /\/v1\.0\/groups\/delta\?/)
      }
      assert.match((await bodyAt(scene, `/v1.0/groups/${staff.id}`)).description, /^change /)
      const more = requests.map((_, index) => mixedRequest(REQUESTS_MAX + index, staff.id))
      const tooMany = [...more, mixedRequest(2 * REQUESTS_MAX, staff.id)]
      await assertLeft(scene, staff, () => scene.post('/v1.0/$batch', { requests: tooMany }))
    },
  ),
  must('C151 what depends on a request that failed is 424 and not done (DELTA-113)', async scene => {
    const [staff, other] = await scene.groups(2)
    assert.ok(staff && other)
    const change = (group: Named) => ({
      method: 'PATCH',
      url: `/groups/${group.id}`,
      ...json({ description: 'changed' }),
    })
    const read = (id: string) => ({ method: 'GET', url: `/groups/${id}` })
    const responses = await batch(scene, [
      { id: 'fails', ...read(randomUUID()) },
      { id: 'after a failure', ...change(staff), dependsOn: ['fails'] },
      { id: 'after that', ...read(staff.id), dependsOn: ['after a failure'] },
      { id: 'alone', ...change(other) },
      { id: 'after a success', ...read(other.id), dependsOn: ['alone'] },
    ])
    assert.deepEqual(
      new Map([...responses].map(([id, { status }]) => [id, status])),
      new Map([
        ['fails', 404],
        ['after a failure', 424],
        ['after that', 424],
        ['alone', 204],
        ['after a success', 200],
      ]),
    )
    assert.equal((await bodyAt(scene, `/v1.0/groups/${staff.id}`)).description, null)
    assert.equal(responses.get('after a success')?.body.description, 'changed')
  }),
  must('C152 ids that differ in case alone, or not at all, are 400 and nothing is done (DELTA-112)', async scene => {
    const staff = await scene.group()
    for (const ids of [
      ['a', 'b', 'a'],
      ['a', 'b', 'A'],
    ]) {
      const change = { method: 'PATCH', url: `/groups/${staff.id}`, ...json({ description: 'changed' }) }
      const requests = ids.map(id => ({ id, ...change }))
      await assertLeft(scene, staff, () => scene.post('/v1.0/$batch', { requests }), { status: 400 })
    }
  }),
  should(
    'C153 a first delta request and its links are answered in a batch as alone (DELTA-111, DELTA-114)',
    async scene => {
      const [staff, other] = await scene.groups(2)
      assert.ok(staff && other)
      const pageInBatch = async (url: string): Promise<Page> => {
        const response = (await batch(scene, [{ id: '1', method: 'GET', url }])).get('1')
        assert.equal(response?.status, 200)
        return pageOf({ status: 200, headers: {}, text: '', body: response.body })
      }
      const url = `/groups/delta?$select=displayName&${only(staff, other)}`
      const first = await readRound(async link => (await pageInBatch(relative(link))).reply, `/v1.0${url}`)
      assert.deepEqual(first.items, (await scene.round(`/v1.0${url}`)).items)
      const name = scene.newName()
      await staff.set({ displayName: name, description: 'changed' })
      const { items, context, link } = await pageInBatch(relative(first.deltaLink))
      assert.deepEqual(items, [{ id: staff.id, displayName: name }])
      assert.deepEqual((await scene.page(first.deltaLink)).items, items)
      assert.equal(context, `${scene.target.url}/v1.0/$metadata#groups`)
      assert.ok(link.startsWith(`${scene.target.url}/v1.0/groups/delta?`), link)
      assert.deepEqual((await scene.page(link)).items, [])
    },
  ),
  must(
    'C154 links and contexts carry the root under which the server was called (DELTA-3)',
    async scene => {
      const { alias, tokens } = scene.target
      const token = tokens.alias === undefined ? 'writer' : 'alias'
      const root = `${alias}/v1.0`
      const staff = await scene.group({ members: [await scene.user()] })
      const first = await scene.page(`${root}/groups/delta?${only(staff)}`, { token })
      assert.equal(first.context, `${root}/$metadata#groups`)
      assert.ok(first.link.startsWith(`${root}/groups/delta?`), first.link)
      await staff.set({ description: 'changed' })
      const later = await scene.news(first.link, [staff], { token })
      assert.equal(later.of(staff).at(-1)?.['description'], 'changed')
      for (const { link } of later.pages) assert.ok(link.startsWith(`${root}/groups/delta?`), link)
      for (const [path, context] of [
        [`/groups/${staff.id}`, '#groups/$entity'],
        [`/groups/${staff.id}/members`, '#directoryObjects'],
        ['/groups?$top=1', '#groups'],
      ]) {
        const { body }: Reply = await scene.get(`${root}${path}`, { token })
        assert.equal(body['@odata.context'], `${root}/$metadata${context}`)
        const next = body['@odata.nextLink']
        if (next !== undefined) assert.ok(next.startsWith(`${root}/groups?`), next)
      }
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

/** A link as a batch takes it: without root and version. */
function relative(link: string): string {
  return link.slice(link.indexOf('/groups/delta'))
}

/** The responses of a batch by their ids; the batch must be answered 200. */
async function batch({ post }: Scene, requests: readonly Request[]): Promise<ReadonlyMap<string, Response>> {
  const reply = await post('/v1.0/$batch', { requests })
  assert.equal(reply.status, 200, shown(reply))
  const responses: readonly Response[] = reply.body.responses
  assert.equal(responses.length, requests.length)
  return new Map(responses.map(response => [response.id, response]))
}
