import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import type { Scene } from '../scene.ts'

export const ERRORS: readonly Case[] = [
  must('C120 without a token a request is 401 InvalidAuthenticationToken (DELTA-97)', async scene => {
    for (const headers of [{}, { authorization: '' }, { authorization: 'Bearer ' }]) {
      assertUnauthenticated(scene, await scene.get('/v1.0/groups/delta', { token: null, headers }))
    }
  }),
  should(
    'C121 with an expired token it is 401 too (DELTA-97)',
    async scene => assertUnauthenticated(scene, await scene.get('/v1.0/groups/delta', { token: 'expired' })),
    ['expired token'],
  ),
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
      assert.match(innerError['request-id'], /^[0-9a-f-]{36}$/)
    }
  }),
  must('C131 a group that is not there is 404 Request_ResourceNotFound (DELTA-104)', async ({ get, refused }) => {
    const reply = await get(`/v1.0/groups/${randomUUID()}`)
    assert.equal(reply.status, 404, shown(reply))
    refused(reply, { code: 'Request_ResourceNotFound' })
  }),
  should('C132 every answer has a request-id, which an error repeats (DELTA-103)', async scene => {
    const good = await scene.get('/v1.0/groups?$top=1')
    assert.match(String(good.headers['request-id']), /^[0-9a-f-]{36}$/)
    for (const { headers, body } of await everyKindOfError(scene)) {
      assert.equal(body.error.innerError['request-id'], headers['request-id'])
    }
  }),
  should('C133 a client-request-id comes back, in errors too (DELTA-103)', async ({ get }) => {
    const mark = randomUUID()
    const headers = { 'client-request-id': mark }
    assert.equal((await get('/v1.0/groups?$top=1', { headers })).headers['client-request-id'], mark)
    const bad = await get(`/v1.0/groups/${randomUUID()}`, { headers })
    assert.equal(bad.headers['client-request-id'], mark)
    assert.equal(bad.body.error.innerError['client-request-id'], mark)
  }),
]

function assertUnauthenticated({ refused }: Scene, reply: Reply): void {
  assert.equal(reply.status, 401, shown(reply))
  refused(reply, { code: 'InvalidAuthenticationToken' })
  assert.match(String(reply.headers['www-authenticate']), /^Bearer\b/)
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
