import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer, Request } from './connection.ts'
import { openGraph } from './graph.ts'

test('a path is asked for below the root, a link as it is, both with the token', async () => {
  const { asked, graph } = aGraph({})
  await graph.call('GET', '/groups?$top=999', 200)
  await graph.call('GET', 'http://localhost:3000/v1.0/groups/delta?$deltatoken=AbC', 200)
  assert.deepEqual(
    asked.map(({ url, headers }) => [url.href, headers['authorization']]),
    [
      ['http://localhost:3000/v1.0/groups?$top=999', 'Bearer token'],
      ['http://localhost:3000/v1.0/groups/delta?$deltatoken=AbC', 'Bearer token'],
    ],
  )
})

test('a body is sent as JSON, a preference as a header', async () => {
  const { asked, graph } = aGraph({ status: 201, text: '{"id":"g"}' })
  const options = { body: { displayName: 'Staff' }, prefer: 'return=minimal' }
  assert.deepEqual(await graph.call('POST', '/groups', 201, options), { id: 'g' })
  assert.equal(asked[0]?.body, '{"displayName":"Staff"}')
  assert.equal(asked[0]?.headers['content-type'], 'application/json')
  assert.equal(asked[0]?.headers['prefer'], 'return=minimal')
})

test('the token is not sent to another host, port or scheme', async () => {
  const { asked, graph } = aGraph({})
  for (const link of ['http://elsewhere.example/v1.0/groups', 'http://localhost:3001/', 'https://localhost:3000/']) {
    await assert.rejects(graph.ask('GET', link), /leads away from http:\/\/localhost:3000/)
  }
  assert.equal(asked.length, 0)
})

test('another status than the one that is due is a failure in the words of the server', async () => {
  const error = { error: { code: 'Request_BadRequest', message: 'Already there.' } }
  const refused = aGraph({ status: 400, text: JSON.stringify(error) }).graph
  await assert.rejects(
    refused.call('POST', '/users', 201),
    /400 instead of 201: Request_BadRequest, "Already there."\.$/,
  )
  const broken = aGraph({ status: 502, text: 'Bad Gateway' }).graph
  await assert.rejects(
    broken.call('POST', '/users', 201),
    /^Error: POST \/users was answered 502 instead of 201: Bad Gateway\.$/,
  )
})

test('nothing is sent after the end of the replay', async () => {
  const { asked, graph } = aGraph({}, AbortSignal.abort(new Error('enough')))
  await assert.rejects(graph.ask('GET', '/groups'), /enough/)
  assert.equal(asked.length, 0)
})

function aGraph(answer: Partial<Answer>, signal: AbortSignal = new AbortController().signal) {
  const asked: Request[] = []
  const send = async (request: Request): Promise<Answer> => {
    asked.push(request)
    return { status: 200, headers: {}, text: '{}', ...answer }
  }
  return { asked, graph: openGraph(new URL('http://localhost:3000/'), { send }, async () => 'token', signal) }
}
