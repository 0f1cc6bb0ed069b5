import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { documentFetcher } from '../../src/auth/bearer/issuerDocument.ts'
import { anIssuer, json } from './anIssuer.ts'

const LIMITS = { timeoutMs: 300, bytesMax: 2_048 }

async function fetchFrom(context: TestContext, answer: RequestListener): Promise<unknown> {
  const issuer = await anIssuer(context)
  issuer.answers.set('/keys', answer)
  return documentFetcher(LIMITS)(`${issuer.url}/keys`)
}

function bytes(body: string | Buffer, headers: Record<string, string> = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body)
  }
}

test('a document is what the address answers as JSON', async t => {
  assert.deepEqual(await fetchFrom(t, json({ keys: [] })), { keys: [] })
  for (const type of ['application/jwk-set+json', 'application/json; charset=utf-8', 'APPLICATION/JSON']) {
    assert.deepEqual(await fetchFrom(t, bytes('{}', { 'content-type': type })), {})
  }
  assert.deepEqual(await fetchFrom(t, bytes(gzipSync('{}'), { 'content-encoding': 'gzip' })), {})
})

const REFUSED: Readonly<Record<string, readonly [RequestListener, RegExp]>> = {
  'a redirect': [
    (request, response) => {
      response.writeHead(302, { location: `http://${request.headers.host}/other` }).end()
    },
    /\/keys answers 302\.$/,
  ],
  'no content': [(_request, response) => void response.writeHead(204).end(), /answers 204\.$/],
  'a failure': [(_request, response) => void response.writeHead(503).end('{}'), /answers 503\.$/],
  HTML: [bytes('<p>', { 'content-type': 'text/html' }), /does not answer JSON\.$/],
  'a type that only begins like JSON': [
    bytes('{}', { 'content-type': 'application/jsonp' }),
    /does not answer JSON\.$/,
  ],
  'no type': [(_request, response) => void response.end('{}'), /does not answer JSON\.$/],
  'no JSON': [bytes('{"keys":'), /does not answer well-formed JSON\.$/],
  'no UTF-8': [bytes(Buffer.from([0x22, 0xff, 0x22])), /cannot be read/],
  'too much': [bytes(`"${'x'.repeat(2_048)}"`), /answers more than 2 KB\.$/],
  'a little that unpacks to much': [
    bytes(gzipSync(`"${'x'.repeat(10_000_000)}"`), { 'content-encoding': 'gzip' }),
    /answers more than 2 KB\.$/,
  ],
  'nothing in time': [() => {}, /does not answer within 0\.3 s\.$/],
  'a beginning and no end in time': [
    (_request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    /does not answer within 0\.3 s\.$/,
  ],
  'an end before the end': [
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{}')
      response.destroy()
    },
    /cannot be read/,
  ],
}

for (const [what, [answer, message]] of Object.entries(REFUSED)) {
  test(`an address that answers ${what} is refused (DELTA-228)`, async t => {
    await assert.rejects(fetchFrom(t, answer), { name: 'Error', message })
  })
}

test('a fetch under way ends when the server does', async t => {
  const issuer = await anIssuer(t)
  const ended = new AbortController()
  issuer.answers.set('/keys', () => ended.abort())
  const fetching = documentFetcher({ timeoutMs: 60_000, bytesMax: 1 }, ended.signal)(`${issuer.url}/keys`)
  await assert.rejects(fetching, { message: /cannot be read\.$/ })
})

test('where a redirect points to nothing is asked', async t => {
  const issuer = await anIssuer(t)
  issuer.answers.set('/keys', (_request, response) => {
    response.writeHead(302, { location: `${issuer.url}/other` }).end()
  })
  issuer.answers.set('/other', json({ keys: [] }))
  await assert.rejects(documentFetcher(LIMITS)(`${issuer.url}/keys`))
  assert.deepEqual(issuer.asked, ['/keys'])
})

test('an address where nobody listens is refused by the reason of the system', async () => {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  assert.ok(typeof address === 'object' && address !== null)
  await assert.rejects(documentFetcher(LIMITS)(`http://127.0.0.1:${address.port}/keys`), {
    message: /cannot be read \(ECONNREFUSED\)\.$/,
  })
})
