import assert from 'node:assert/strict'
import test from 'node:test'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { chooseCoding } from '../../src/server/compression.ts'
import { aDirectory } from './aDirectory.ts'
import { aServer, type TestServer } from './aServer.ts'

const READERS = { zstd: zstdDecompressSync, br: brotliDecompressSync, gzip: gunzipSync }

async function get({ app, token }: TestServer, url: string, acceptEncoding: string, method: 'GET' | 'HEAD' = 'GET') {
  const { headers, rawPayload } = await app.inject({
    method,
    url,
    headers: {
      host: 'localhost:3000',
      authorization: `Bearer ${await token()}`,
      'accept-encoding': acceptEncoding,
    },
  })
  return { headers, bytes: rawPayload }
}

async function aServerWithGroups(t: test.TestContext): Promise<TestServer> {
  const server = await aServer(t)
  await aDirectory(server).groups(...Array.from({ length: 12 }, (_, index) => `Group ${index}`))
  return server
}

test('a body is packed in the coding that its reader likes best, and is the same once unpacked (DELTA-118)', async t => {
  const server = await aServerWithGroups(t)
  for (const url of ['/v1.0/groups', '/v1.0/groups/delta?$select=displayName,description,mailNickname']) {
    for (const [coding, unpack] of Object.entries(READERS)) {
      const { headers, bytes } = await get(server, url, coding)
      assert.equal(headers['content-encoding'], coding)
      assert.equal(headers['vary'], 'Accept, Accept-Encoding, Authorization, Prefer')
      assert.equal(Number(headers['content-length']), bytes.length)
      const text = unpack(bytes).toString()
      assert.ok(bytes.length < text.length / 2)
      assert.equal(JSON.parse(text).value.length, 12)
    }
  }
})

test('nothing is packed below 1 KB, without a body, for HEAD, or where it was not asked for (DELTA-118)', async t => {
  const server = await aServerWithGroups(t)
  const [short, long] = ['/v1.0/groups?$top=1&$select=id', '/v1.0/groups']
  for (const [url, accepted, method] of [
    [short, 'gzip', 'GET'],
    ['/v1.0/nowhere', 'gzip', 'GET'],
    [long, 'gzip', 'HEAD'],
    [long, '', 'GET'],
    [long, 'identity', 'GET'],
    [long, 'gzip;q=0, compress', 'GET'],
  ] as const) {
    const { headers } = await get(server, url, accepted, method)
    assert.equal(headers['content-encoding'], undefined, `${method} ${url} ${accepted}`)
    assert.equal(headers['vary'], 'Accept, Accept-Encoding, Authorization, Prefer')
  }
})

test('weights decide between codings, and among equals zstd comes before br, and br before gzip (DELTA-118)', () => {
  const asked: Record<string, string | null> = {
    'gzip, deflate, br, zstd': 'zstd',
    'gzip, deflate, br': 'br',
    'gzip, deflate': 'gzip',
    'X-GZIP': 'gzip',
    deflate: null,
    '*': 'zstd',
    '*;q=0': null,
    'zstd;q=0, *': 'br',
    'gzip;q=1.0, br;q=0.5, zstd;q=0.1': 'gzip',
    'gzip ; q=0.5 , br ; q=0.501': 'br',
    'identity, gzip;q=0.5': null,
    'identity;q=0.5, gzip;q=0.5': 'gzip',
    'identity;q=0': null,
    'gzip;q=0': null,
    'gzip;q=2': null,
    'gzip;q=x, br': 'br',
    'gzip;q=0.1234': null,
    '': null,
    ',,;;,': null,
  }
  for (const [header, coding] of Object.entries(asked)) assert.equal(chooseCoding(header), coding, header)
})

test('any Accept-Encoding has an answer, and a coding that was not named is never chosen (DELTA-118)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), header => {
      const coding = chooseCoding(header)
      assert.ok(coding === null || header.toLowerCase().includes(coding) || header.includes('*'))
    }),
  )
})
