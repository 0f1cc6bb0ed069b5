import assert from 'node:assert/strict'
import test from 'node:test'
import type { Reply } from './aServer.ts'
import { addressOf, everyToken, type Option, type RoundResource } from './everyToken.ts'
import { assertEnvelope } from './refusal.ts'

const VERSIONS = ['v1.0', 'beta'] as const
const RESOURCES: readonly RoundResource[] = ['groups', 'users', 'directoryObjects']
const OPTIONS: readonly Option[] = ['$skiptoken', '$deltatoken']
/** Of a token of either kind: after its format, before the fifth byte. */
const isOfKeyName = (byte: number): boolean => byte >= 1 && byte < 5

function assertRefused(reply: Reply, what: string): void {
  const message = 'The state token is not valid for this request.'
  assert.equal(reply.status, 400, what)
  assertEnvelope(reply, { status: 400, code: 'Request_BadRequest', message })
}

/** Of what names a key that the server does not hold. */
function assertUnknownKey(reply: Reply, what: string): void {
  assert.equal(reply.status, 410, what)
  assertEnvelope(reply, { status: 410, code: 'syncStateNotFound' })
  assert.match(String(reply.headers['location']), /\/delta\?\$deltatoken=$/, what)
}

function assertListRefused(reply: Reply, what: string): void {
  const message = "The value of '$skiptoken' is not from a nextLink of this list."
  assert.equal(reply.status, 400, `${what} ${JSON.stringify(reply.body)}`)
  assertEnvelope(reply, { status: 400, code: 'Request_BadRequest', message })
}

/** The token once for each of its bits, flipped, with the byte that holds it. */
function* flipped(token: string): Generator<readonly [byte: number, token: string]> {
  const bytes = Buffer.from(token, 'base64url')
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const forged = Buffer.from(bytes)
    forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    yield [bit >> 3, forged.toString('base64url')]
  }
}

/** Texts that a lenient reader would take for the token. */
function respelled(token: string): string[] {
  const bytes = Buffer.from(token, 'base64url')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = alphabet.indexOf(token.at(-1) ?? '')
  const unused = [0, 0, 4, 2][token.length % 4] ?? 0
  const trailing = unused === 0 ? [] : [token.slice(0, -1) + alphabet[last + 1]]
  const other = bytes.toString('base64').replaceAll('=', '')
  const spelled = [`${token}=`, `${token}==`, ` ${token}`, `${token} `, `${token}\n`, `${token}\0`, `"${token}"`]
  return [
    ...spelled,
    ...trailing,
    ...(other === token ? [] : [other]),
    `${token.slice(0, 9)}\n${token.slice(9)}`,
    `${token.slice(0, 9)}!${token.slice(9)}`,
    `${token},${token}`,
    encodeURIComponent(`%${token.charCodeAt(0).toString(16)}`) + token.slice(1),
    bytes.toString('hex'),
    Buffer.from(token).toString('base64url'),
  ]
}

test('a token of a round in any of its phases is refused with any one bit flipped, or 410 where the bit names its key (DELTA-54, DELTA-53)', async t => {
  const { server, rounds } = await everyToken(t)
  assert.equal(rounds.length, 16)
  for (const link of rounds.filter(({ version }) => version === 'v1.0')) {
    assert.equal((await server.call(addressOf(link, link.token))).status, 200, link.name)
    for (const [byte, token] of flipped(link.token)) {
      const reply = await server.call(addressOf(link, token))
      if (isOfKeyName(byte)) assertUnknownKey(reply, `${link.name}, byte ${byte}`)
      else assertRefused(reply, `${link.name}, byte ${byte}`)
    }
  }
})

test('it is good at its own address alone: not of another version, another resource or as the other kind (DELTA-55)', async t => {
  const { server, rounds } = await everyToken(t)
  for (const link of rounds) {
    for (const version of VERSIONS) {
      for (const resource of RESOURCES) {
        for (const option of OPTIONS) {
          const reply = await server.call(addressOf({ version, resource, option }, link.token))
          const isOwn = version === link.version && resource === link.resource && option === link.option
          if (isOwn) assert.equal(reply.status, 200, link.name)
          else assertRefused(reply, `${link.name} as ${version} ${resource} ${option}`)
        }
      }
    }
  }
})

test('it is refused in any spelling but its own, cut or made longer; the escapes of a URL are no spelling of it (DELTA-54)', async t => {
  const { server, rounds } = await everyToken(t)
  for (const link of rounds) {
    for (const text of respelled(link.token)) {
      assertRefused(await server.call(addressOf(link, encodeURIComponent(text))), `${link.name}: ${text}`)
    }
    for (let length = 1; length < link.token.length; length += 1) {
      assertRefused(await server.call(addressOf(link, link.token.slice(0, length))), `${link.name} cut to ${length}`)
    }
    for (const more of ['A', 'AA', 'AAA', 'AAAA', link.token]) {
      assertRefused(await server.call(addressOf(link, link.token + more)), `${link.name} and ${more}`)
    }
    const escaped = [...link.token].map(sign => `%${sign.charCodeAt(0).toString(16)}`).join('')
    assert.equal((await server.call(addressOf(link, escaped))).status, 200, link.name)
  }
})

test('a token of a round that is too old is refused as it is altered, and 410 as it is (DELTA-50, DELTA-54)', async t => {
  const { server, rounds } = await everyToken(t)
  server.clock.advance(8 * 86_400_000)
  for (const link of rounds) {
    assert.equal((await server.call(addressOf(link, link.token))).status, 410, link.name)
    for (const [byte, token] of flipped(link.token)) {
      if (byte % 8 !== 7 || isOfKeyName(byte)) continue
      assertRefused(await server.call(addressOf(link, token)), `${link.name}, byte ${byte}`)
    }
  }
})

test('the $skiptoken of a list of any kind is refused with any one bit flipped, in other spellings, cut, and in every other list (DELTA-145)', async t => {
  const { server, lists } = await everyToken(t)
  const withToken = (url: string, token: string): string => `${url}&$skiptoken=${token}`
  for (const { url, token } of lists) {
    assert.equal((await server.call(withToken(url, token))).status, 200, url)
    for (const [byte, forged] of flipped(token)) {
      assertListRefused(await server.call(withToken(url, forged)), `${url}, byte ${byte}`)
    }
    for (const text of respelled(token)) {
      assertListRefused(await server.call(withToken(url, encodeURIComponent(text))), `${url}: ${text}`)
    }
    for (let length = 1; length < token.length; length += 1) {
      assertListRefused(await server.call(withToken(url, token.slice(0, length))), `${url} cut to ${length}`)
    }
    for (const other of lists) {
      if (other.url === url) continue
      assertListRefused(await server.call(withToken(other.url, token)), `${url} in ${other.url}`)
    }
  }
})

test('no token of a round is one of a list, nor the other way round (DELTA-54, DELTA-145)', async t => {
  const { server, rounds, lists } = await everyToken(t)
  for (const { url, token } of lists) {
    for (const link of rounds) {
      assertListRefused(await server.call(`${url}&$skiptoken=${link.token}`), `${link.name} in ${url}`)
      assertRefused(await server.call(addressOf(link, token)), `${url} as ${link.name}`)
    }
  }
})
