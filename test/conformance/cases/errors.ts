import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { type How, type Reply, shown } from '../client.ts'
import { assertLeft, assertRefused } from '../refusal.ts'
import type { Scene } from '../scene.ts'

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const ERRORS: readonly Case[] = [
  must(
    'C119 in an external (B2C) tenant delta is 400 Request_UnsupportedQuery, and lists are answered (DELTA-222)',
    async scene => {
      const how: How = { token: 'external' }
      for (const name of ['groups', 'users']) {
        for (const options of ['', '?$select=displayName', '?$deltatoken=latest']) {
          assertRefused(scene, await scene.get(`/v1.0/${name}/delta${options}`, how), {
            status: 400,
            code: 'Request_UnsupportedQuery',
            message: 'Change enumeration is not supported for requested tenant.',
          })
        }
        const list = await scene.get(`/v1.0/${name}?$top=1`, how)
        assert.equal(list.status, 200, shown(list))
      }
    },
    ['external token'],
  ),
  must('C120 without a token a request is 401 InvalidAuthenticationToken (DELTA-97)', async scene => {
    const token = await scene.target.tokens.writer?.()
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer ' },
      { authorization: 'Bearer garbage' },
      { authorization: `Basic ${token}` },
      { authorization: `Bearer ${token}x` },
    ]) {
      await assertShutOut(scene, { token: null, headers })
    }
  }),
  should('C121 with an expired token it is 401 too (DELTA-97)', scene => assertShutOut(scene, { token: 'expired' }), [
    'expired token',
  ]),
  must('C130 every error has a code, a message, and how to find the request again (DELTA-102)', async scene => {
    for (const { headers, body } of await everyKindOfError(scene)) {
      assert.match(String(headers['content-type']), /^application\/json\b/)
      assert.deepEqual(Object.keys(body), ['error'])
      const { code, message, innerError } = body.error
      assert.ok(typeof code === 'string' && code !== '')
      assert.ok(typeof message === 'string' && message !== '')
      if (innerError === undefined) {
        scene.note('errors have no innerError')
        continue
      }
      assert.match(innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
      assert.match(innerError['request-id'], GUID)
    }
  }),
  must('C131 a group that is not there is 404 Request_ResourceNotFound (DELTA-104)', async scene => {
    const id = randomUUID()
    const path = `/v1.0/groups/${id}`
    const message = `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`
    const member = { '@odata.id': `${scene.target.url}/v1.0/directoryObjects/${(await scene.user()).id}` }
    for (const reply of [
      await scene.get(path),
      await scene.get(`${path}/members`),
      await scene.ask('PATCH', path, { body: { description: 'changed' } }),
      await scene.ask('DELETE', path),
      await scene.post(`${path}/members/$ref`, member),
      await scene.get(path),
    ]) {
      assertRefused(scene, reply, { status: 404, code: 'Request_ResourceNotFound', message })
    }
  }),
  should('C132 every answer has a request-id, which an error repeats (DELTA-103)', async scene => {
    const bad = await everyKindOfError(scene)
    for (const { headers, body } of bad) {
      assert.equal(body.error.innerError['request-id'], headers['request-id'])
    }
    const { reply } = await scene.page('/v1.0/groups/delta')
    const all = [await scene.get('/v1.0/groups?$top=1'), reply, ...bad]
    const ids = all.map(({ headers }) => String(headers['request-id']))
    for (const id of ids) assert.match(id, GUID)
    assert.equal(new Set(ids).size, ids.length, 'two answers have one request-id')
  }),
  should('C133 a client-request-id comes back, in errors too (DELTA-103)', async ({ get }) => {
    const mark = randomUUID()
    const headers = { 'client-request-id': mark }
    assert.equal((await get('/v1.0/groups?$top=1', { headers })).headers['client-request-id'], mark)
    const bad = await get(`/v1.0/groups/${randomUUID()}`, { headers })
    assert.equal(bad.headers['client-request-id'], mark)
    const { 'client-request-id': sent, 'request-id': given } = bad.body.error.innerError
    assert.deepEqual({ sent, given }, { sent: mark, given: bad.headers['request-id'] })
    assert.notEqual(given, mark)
  }),
]

/** That reads and writes with such a token, or none, are 401, and a group is as it was. */
async function assertShutOut(scene: Scene, how: How): Promise<void> {
  const staff = await scene.group()
  const path = `/v1.0/groups/${staff.id}`
  for (const [method, target, body] of [
    ['GET', '/v1.0/groups/delta', undefined],
    ['GET', path, undefined],
    ['PATCH', path, { description: 'changed' }],
    ['DELETE', path, undefined],
  ] as const) {
    const request = async (): Promise<Reply> => {
      const reply = await scene.ask(method, target, { body, ...how })
      assert.match(String(reply.headers['www-authenticate']), /^Bearer\b/)
      return reply
    }
    await assertLeft(scene, staff, request, { status: 401, code: 'InvalidAuthenticationToken' })
  }
}

async function everyKindOfError({ get, post, ask }: Scene): Promise<readonly Reply[]> {
  const replies = [
    await get('/v1.0/groups/delta', { token: null }),
    await get('/v1.0/groups/delta?$deltatoken=abc'),
    await get(`/v1.0/groups/${randomUUID()}`),
    await get('/v1.0/shoes'),
    await post('/v1.0/groups', '{'),
    await post('/v1.0/groups', {}),
    await ask('PUT', '/v1.0/groups'),
  ]
  for (const reply of replies) assert.ok(reply.status >= 400 && reply.status < 500, shown(reply))
  return replies
}
