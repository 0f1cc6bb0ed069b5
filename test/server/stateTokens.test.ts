import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test, { type TestContext } from 'node:test'
import { newKeyRing, withNewStateKey } from '../../src/auth/keys/keyRing.ts'
import { aDirectory } from './aDirectory.ts'
import { aReader, linkOf, tokenOf } from './aReader.ts'
import { ALL_ROLES, aServer, BASE, pagesOf, type Reply, type TestServer } from './aServer.ts'

/** A format byte, then four bytes that name the key. */
const FORMAT_BYTES = 1
const HEADER_BYTES = 5

interface Links {
  readonly server: TestServer
  /** A nextLink in mid-scan, and a deltaLink; both of a round with `$select`. */
  readonly next: string
  readonly delta: string
}

async function aServerWithLinks(t: TestContext): Promise<Links> {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  await aDirectory(server).groups('Staff', 'Sales')
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,members')
  const next = linkOf(await reader.page())
  await reader.round()
  return { server, next, delta: reader.link }
}

function withToken(link: string, token: string): string {
  return link.replace(tokenOf(link), token)
}

/** Base64url, without padding. */
function encoded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}

function bytesOf(link: string): Buffer {
  return Buffer.from(tokenOf(link), 'base64url')
}

/** The one text of every refused token. */
const REFUSED = 'The state token is not valid for this request.'

function assertRefused({ status, headers, body }: Reply, what: string): void {
  assert.deepEqual([status, body.error.code, body.error.message], [400, 'Request_BadRequest', REFUSED], what)
  assert.equal(headers['location'], undefined)
}

/** Of what may name another key by chance. */
function assertWorthless(reply: Reply, what: string): void {
  if (reply.status !== 410) assertRefused(reply, what)
  else assert.equal(reply.headers['location'], `${BASE}/v1.0/groups/delta?$deltatoken=`, what)
}

test('a token with any one bit flipped is refused, or 410 where the bit names its key (DELTA-54, DELTA-53)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  for (const link of [next, delta]) {
    const length = bytesOf(link).length
    for (let bit = 0; bit < length * 8; bit += 1) {
      const bytes = bytesOf(link)
      const at = bit >> 3
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at)
      const reply = await server.call(withToken(link, encoded(bytes)))
      if (at < FORMAT_BYTES || at >= HEADER_BYTES) assertRefused(reply, `bit ${bit}`)
      else assertWorthless(reply, `bit ${bit}`)
      assert.equal(reply.status === 410, at >= FORMAT_BYTES && at < HEADER_BYTES)
    }
  }
})

test('a token is refused in any spelling but its own (DELTA-54)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  for (const link of [next, delta]) {
    const token = tokenOf(link)
    const standard = bytesOf(link).toString('base64')
    const spellings = [
      `${token}=`,
      `${token}==`,
      standard.includes('=') ? standard : `${standard}=`,
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `${token}.`,
      `${token}A`,
      `A${token}`,
      `"${token}"`,
      `${token.slice(0, 8)} ${token.slice(8)}`,
      `${token.slice(0, 8)}\n${token.slice(8)}`,
      encoded(Buffer.from(token)),
    ]
    for (const spelling of spellings) {
      const reply = await server.call(withToken(link, encodeURIComponent(spelling)))
      assertRefused(reply, JSON.stringify(spelling))
    }
    for (const spelling of [token.toUpperCase(), token.toLowerCase(), [...token].reverse().join('')]) {
      assertWorthless(await server.call(withToken(link, spelling)), spelling)
    }
  }
})

test('a token in the + and / alphabet is refused (DELTA-54)', async t => {
  const { server, delta } = await aServerWithLinks(t)
  // Of any three tokens hardly one is without a character in which the alphabets differ.
  let link = delta
  for (let tries = 0; !/[-_]/.test(tokenOf(link)); tries += 1) {
    assert.ok(tries < 100)
    server.clock.advance(1)
    link = linkOf((await server.call(link)).body)
  }
  const other = tokenOf(link).replaceAll('-', '+').replaceAll('_', '/')
  assertRefused(await server.call(withToken(link, encodeURIComponent(other))), other)
})

test('bits that no byte needs must be zero at the end of a token (DELTA-54)', async t => {
  const { server } = await aServerWithLinks(t)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const lengths = new Set<number>()
  // Selections of different length give tokens of each remainder by three.
  for (const select of ['id', 'members', 'displayName', 'visibility', 'uniqueName', 'displayName,uniqueName']) {
    const reader = aReader(server, `/v1.0/groups/delta?$select=${select}&$deltatoken=latest`)
    const token = tokenOf(linkOf(await reader.page()))
    const unused = [0, null, 4, 2][token.length % 4] ?? 0
    lengths.add(unused)
    for (let bits = 1; bits < 1 << unused; bits += 1) {
      const last = alphabet[alphabet.indexOf(token.at(-1) ?? '') + bits] ?? ''
      const spelling = token.slice(0, -1) + last
      assert.ok(Buffer.from(spelling, 'base64url').equals(Buffer.from(token, 'base64url')))
      assertRefused(await server.call(withToken(reader.link, spelling)), spelling)
    }
  }
  assert.deepEqual(lengths, new Set([0, 2, 4]))
})

test('a token that is cut, doubled or put together of two is refused (DELTA-54)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  for (const link of [next, delta]) {
    const token = tokenOf(link)
    const bytes = bytesOf(link)
    const other = bytesOf(link === next ? delta : next)
    for (let length = 1; length < token.length; length += 1) {
      assertRefused(await server.call(withToken(link, token.slice(0, length))), `cut to ${length}`)
      assertWorthless(await server.call(withToken(link, token.slice(length))), `without ${length}`)
    }
    for (const forged of [
      Buffer.concat([bytes, bytes]),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([bytes.subarray(0, -16), other.subarray(-16)]),
      Buffer.concat([other.subarray(0, -16), bytes.subarray(-16)]),
      Buffer.concat([bytes.subarray(0, HEADER_BYTES), randomBytes(200)]),
      Buffer.concat([bytes.subarray(0, HEADER_BYTES), Buffer.alloc(60_000)]),
      bytes.subarray(0, HEADER_BYTES),
      Buffer.concat([bytes.subarray(0, -16), Buffer.alloc(16)]),
    ]) {
      assertRefused(await server.call(withToken(link, encoded(forged))), encoded(forged).slice(0, 40))
    }
    assertRefused(await server.call(withToken(link, token + token)), 'doubled')
  }
})

test('text that is no token at all is refused with the same words (DELTA-54)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  for (const link of [next, delta]) {
    for (const text of ['0', 'null', 'latest0', '%00', '%F0%9F%92%A9', '{}', '../../groups', 'A'.repeat(200), "'"]) {
      assertRefused(await server.call(withToken(link, text)), text)
    }
  }
  assertRefused(await server.call(withToken(next, 'latest')), 'latest is no value of $skiptoken')
})

test('a token with another tenant, version or resource, or as the other kind, is refused (DELTA-55)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  const tenant = await server.addTenant()
  for (const link of [next, delta]) {
    const token = tokenOf(link)
    assert.equal((await server.call(link)).status, 200)
    assertRefused(await server.call(link, { tenant }), 'tenant')
    assertRefused(await server.call(link.replace('/v1.0/', '/beta/')), 'version')
    assertRefused(await server.call(link.replace('/groups/', '/users/')), 'resource')
    const kind = link === next ? '$deltatoken' : '$skiptoken'
    assertRefused(await server.call(`/v1.0/groups/delta?${kind}=${token}`), 'kind')
  }
})

test('an old token with another tenant is refused like a young one, and reveals nothing (DELTA-55)', async t => {
  const { server, delta } = await aServerWithLinks(t)
  const tenant = await server.addTenant()
  server.clock.advance(8 * 86_400_000)
  assertRefused(await server.call(delta, { tenant }), 'tenant')
})

test("a list's skip token is no token of a round, nor the other way round", async t => {
  const { server, next } = await aServerWithLinks(t)
  const list = (await server.call('/v1.0/groups?$top=1')).body['@odata.nextLink']
  assertRefused(await server.call(withToken(next, tokenOf(list))), "a list's")
  const { status, body } = await server.call(`/v1.0/groups?$skiptoken=${tokenOf(next)}`)
  assert.deepEqual([status, body.error.code], [400, 'Request_BadRequest'])
})

test('a token under a key that the server does not hold is 410 with the path alone (DELTA-53)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  const { controls } = server.services
  controls.ring = { ...controls.ring, state: withNewStateKey(controls.ring, false).state }
  for (const link of [next, delta]) {
    const { status, headers, body } = await server.call(link)
    assert.deepEqual([status, body.error.code], [410, 'syncStateNotFound'])
    assert.equal(headers['location'], `${BASE}/v1.0/groups/delta?$deltatoken=`)
    assert.equal((await server.call(String(headers['location']))).status, 200)
  }
})

test('what only looks like a token under an unknown key reveals nothing either (DELTA-53)', async t => {
  const server = await aServer(t)
  const forged = encoded(Buffer.concat([Buffer.from([1]), randomBytes(90)]))
  const { status, headers } = await server.call(`/beta/users/delta?$deltatoken=${forged}`)
  assert.equal(status, 410)
  assert.equal(headers['location'], `${BASE}/beta/users/delta?$deltatoken=`)
})

test('a token sealed before a new key came into use stays good while the old key is kept', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  const { controls } = server.services
  controls.ring = withNewStateKey(controls.ring, true)
  for (const link of [next, delta]) {
    const reply = await server.call(link)
    assert.equal(reply.status, 200)
    const keyOf = (text: string): string => bytesOf(text).subarray(1, HEADER_BYTES).toString('hex')
    assert.notEqual(keyOf(linkOf(reply.body)), keyOf(link))
  }
})

test('a token of another server is 410: its key is not known here', async t => {
  const { server, delta } = await aServerWithLinks(t)
  const { state } = await newKeyRing()
  const { controls } = server.services
  controls.ring = { ...controls.ring, state }
  assert.equal((await server.call(delta)).status, 410)
})

test('each request with a token is authorised afresh: a good link is 403 without the role (DELTA-56)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  for (const link of [next, delta]) {
    for (const roles of [[], ['User.Read.All'], ['Group.Create']]) {
      const { status, body } = await server.call(link, { roles })
      assert.deepEqual([status, body.error.code], [403, 'Authorization_RequestDenied'])
    }
    assert.equal((await server.call(link, { roles: null })).status, 401)
    assert.equal((await server.call(link, { roles: ['GroupMember.Read.All'] })).status, 200)
  }
})

test('a token made with Member.Read.Hidden is 410 without it, and the other way round (DELTA-57)', async t => {
  const { server, next, delta } = await aServerWithLinks(t)
  const sees = { roles: [...ALL_ROLES, 'Member.Read.Hidden'] }
  const insider = aReader(server, '/v1.0/groups/delta?$select=displayName,members', sees)
  const nextOfInsider = linkOf(await insider.page())
  await insider.round()
  const changes = [
    [next, sees],
    [delta, sees],
    [nextOfInsider, {}],
    [insider.link, {}],
  ] as const
  for (const [link, how] of changes) {
    const { status, headers, body } = await server.call(link, how)
    assert.deepEqual([status, body.error.code], [410, 'syncStateNotFound'])
    const location = String(headers['location'])
    assert.equal(location, `${BASE}/v1.0/groups/delta?$select=displayName,members&$deltatoken=`)
    assert.equal((await server.call(location, how)).status, 200)
  }
})
