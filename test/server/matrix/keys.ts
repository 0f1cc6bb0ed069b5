import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import type { RequestListener } from 'node:http'
import type { TestContext } from 'node:test'
import { documentFetcher, IssuerUnavailable } from '../../../src/auth/bearer/issuerDocument.ts'
import { newSigningKey } from '../../../src/auth/keys/keyRing.ts'
import { anIssuer, json } from '../../auth/anIssuer.ts'
import type { Json } from '../../auth/aToken.ts'
import type { Reply } from '../aServer.ts'
import { casesOf, type Proof } from './cases.ts'
import {
  aForge,
  aGround,
  ENTRA,
  ENTRA_KEYS,
  ENTRA_SET,
  type Forge,
  KEYS,
  publicJwk,
  STANDARD_KEYS,
  STANDARD_SET,
} from './ground.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DOWN = new IssuerUnavailable('The issuer does not answer.')
const KEYS_URL: Readonly<Record<string, string>> = { entra: ENTRA_KEYS, standard: STANDARD_KEYS }
const SET: Readonly<Record<string, readonly Json[]>> = { entra: ENTRA_SET, standard: STANDARD_SET }

/** A server of its own, as its keys and its clock are changed. */
async function aFresh({ profile }: Forge, context: TestContext): Promise<Forge & { readonly keysUrl: string }> {
  return { ...aForge(profile, await aGround(context)), keysUrl: KEYS_URL[profile] ?? '' }
}

/** The same time as the server's, which has moved. */
function later(forge: Forge): Forge {
  return aForge(forge.profile, forge.ground)
}

function use({ ground: { ask } }: Forge, token: string): Promise<Reply> {
  return ask(`Bearer ${token}`)
}

/** What becomes of a token once the set of its issuer is this. */
const withSet =
  (set: (forge: Forge) => readonly Json[], change: (forge: Forge) => string = ({ token }) => token()): Proof =>
  async (forge, context) => {
    const fresh = await aFresh(forge, context)
    fresh.ground.documents.set(fresh.keysUrl, { keys: set(fresh) })
    return use(fresh, change(fresh))
  }

const own = ({ key, header }: Forge, more: Json = {}): Json => publicJwk(key, String(header['kid']), more)

const OF_BOTH = casesOf(['entra', 'standard'], {
  'a new key beside the old one, a token of the new': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    const next = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    fresh.ground.documents.set(fresh.keysUrl, { keys: [publicJwk(next, 'next'), own(fresh)] })
    fresh.ground.server.clock.advance(31_000)
    return use(
      fresh,
      later(fresh).token({}, { kid: 'next' }, input => sign('sha256', input, next)),
    )
  },
  'a new key beside the old one, a token of the old': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    fresh.ground.documents.set(fresh.keysUrl, { keys: [...(SET[forge.profile] ?? []), publicJwk(KEYS.entra, 'next')] })
    fresh.ground.server.clock.advance(5 * MINUTE)
    return use(fresh, later(fresh).token())
  },
  'a withdrawn key, five minutes later': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    fresh.ground.documents.set(fresh.keysUrl, { keys: [] })
    fresh.ground.server.clock.advance(5 * MINUTE)
    return use(fresh, later(fresh).token())
  },
  'a withdrawn key, a second earlier': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    fresh.ground.documents.set(fresh.keysUrl, { keys: [] })
    fresh.ground.server.clock.advance(5 * MINUTE - 1000)
    return use(fresh, later(fresh).token())
  },
  'a withdrawn key, a token that was verified before': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    fresh.ground.documents.set(fresh.keysUrl, { keys: [] })
    fresh.ground.server.clock.advance(4 * MINUTE)
    const remembered = later(fresh).token()
    await use(fresh, remembered)
    fresh.ground.server.clock.advance(MINUTE)
    return use(fresh, remembered)
  },
  'the keys cannot be fetched, and never were': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    fresh.ground.documents.set(fresh.keysUrl, DOWN)
    return use(fresh, fresh.token())
  },
  'the keys cannot be fetched, and an hour ago they were': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    fresh.ground.documents.set(fresh.keysUrl, DOWN)
    fresh.ground.server.clock.advance(HOUR)
    return use(fresh, later(fresh).token())
  },
  'the keys cannot be fetched, and a day ago they were': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    fresh.ground.documents.set(fresh.keysUrl, DOWN)
    fresh.ground.server.clock.advance(24 * HOUR)
    return use(fresh, later(fresh).token())
  },
  'the discovery document names another issuer': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    for (const [url] of fresh.ground.documents) {
      if (url.endsWith('configuration')) {
        fresh.ground.documents.set(url, { issuer: 'https://id.example.com', jwks_uri: fresh.keysUrl })
      }
    }
    return use(fresh, fresh.token())
  },
  'the discovery document names keys at another host': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    const elsewhere = 'https://keys.example.com/keys'
    fresh.ground.documents.set(elsewhere, { keys: SET[forge.profile] })
    for (const [url, document] of fresh.ground.documents) {
      if (url.endsWith('configuration')) fresh.ground.documents.set(url, { ...Object(document), jwks_uri: elsewhere })
    }
    return use(fresh, fresh.token())
  },
  'what comes is no key set': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    fresh.ground.documents.set(fresh.keysUrl, { keys: 'none' })
    return use(fresh, fresh.token())
  },
  'two keys with one `kid`, signed by the first': withSet(forge => [
    own(forge),
    publicJwk(KEYS['entra-2'], String(forge.header['kid'])),
  ]),
  'two keys with one `kid`, signed by the second': withSet(
    forge => [own(forge), publicJwk(KEYS['entra-2'], String(forge.header['kid']))],
    ({ token }) => token({}, {}, input => sign('sha256', input, KEYS['entra-2'])),
  ),
  'the same key twice': withSet(forge => [own(forge), own(forge)]),
  'a key without `alg`': withSet(forge => [own(forge)]),
  'a key for encryption (`use`)': withSet(forge => [own(forge, { use: 'enc' })]),
  'a key whose `key_ops` do not verify': withSet(forge => [own(forge, { key_ops: ['sign'] })]),
  'a key for RS384 (`alg`)': withSet(forge => [own(forge, { alg: 'RS384' })]),
  'a private key in the set': withSet(forge => [own(forge, { d: 'AQAB' })]),
  'a key of 1,024 bits': withSet(
    forge => [publicJwk(SHORT, String(forge.header['kid']))],
    ({ token }) => token({}, {}, input => sign('sha256', input, SHORT)),
  ),
  'a secret key in the set, and HS256 with it': withSet(
    forge => [{ kty: 'oct', k: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', kid: String(forge.header['kid']) }],
    ({ token }) => token({}, { alg: 'HS256' }, input => createHmac('sha256', Buffer.alloc(32)).update(input).digest()),
  ),
  'a hundred unknown `kid`s, and then a good token': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    await use(fresh, fresh.token())
    const before = fresh.ground.fetched.length
    fresh.ground.server.clock.advance(30_000)
    for (let index = 0; index < 100; index++) await use(fresh, fresh.token({}, { kid: `unknown-${index}` }))
    const count = fresh.ground.fetched.length - before
    if (count !== 1) throw new Error(`The keys were fetched ${count} times.`)
    return use(fresh, fresh.token())
  },
})

const SHORT = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey

/** A token of version 2.0 whose key the set binds so. */
const boundTo = (issuer: string | undefined): Proof => withSet(forge => [own(forge, { issuer })])

const OF_ENTRA = casesOf(['entra'], {
  'a key of the tenant (`issuer`)': (forge, context) => boundTo(`${ENTRA}/{tenantid}/v2.0`)(forge, context),
  'a key of this one tenant': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    fresh.ground.documents.set(fresh.keysUrl, {
      keys: [own(fresh, { issuer: `${ENTRA}/${fresh.ground.server.tenant}/v2.0` })],
    })
    return use(fresh, fresh.token())
  },
  'a key of another tenant': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    fresh.ground.documents.set(fresh.keysUrl, {
      keys: [own(fresh, { issuer: `${ENTRA}/${fresh.ground.otherTenant}/v2.0` })],
    })
    return use(fresh, fresh.token())
  },
  'the key of personal accounts': boundTo(`${ENTRA}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`),
  'a key of another authority': boundTo('https://login.microsoftonline.us/{tenantid}/v2.0'),
  'a key that names no issuer': boundTo(undefined),
})

const OF_LOCAL = casesOf(['local'], {
  'a new key in use, a token of the old one': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    const { controls } = fresh.ground.server.services
    const token = fresh.token()
    const own = controls.ring
    controls.ring = { ...own, signing: [await newSigningKey(), ...own.signing] }
    return use(fresh, token)
  },
  'the key withdrawn, a token that was verified before': async (forge, context) => {
    const fresh = await aFresh(forge, context)
    const { controls } = fresh.ground.server.services
    const token = fresh.token()
    await use(fresh, token)
    controls.ring = { ...controls.ring, signing: [await newSigningKey()] }
    return use(fresh, token)
  },
})

/** What becomes of a good token whose issuer answers so when its keys are asked for. */
const answering =
  (answer: (url: string) => RequestListener): Proof =>
  async ({ profile }, context) => {
    const issuer = await anIssuer(context)
    issuer.answers.set(
      '/.well-known/openid-configuration',
      json({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` }),
    )
    issuer.answers.set('/keys', answer(issuer.url))
    issuer.answers.set('/elsewhere', json({ keys: STANDARD_SET }))
    const fetchDocument = documentFetcher({ timeoutMs: 200, bytesMax: 131_072 })
    const ground = await aGround(context, { fetchDocument, standardUrl: issuer.url })
    return ground.ask(`Bearer ${aForge(profile, ground).token({ iss: issuer.url })}`)
  }

const html: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sign in</p>')
}

const OVER_HTTP = casesOf(['standard'], {
  'the issuer answers': answering(() => json({ keys: STANDARD_SET })),
  'the issuer answers HTML': answering(() => html),
  'the issuer answers 500': answering(() => (_request, response) => void response.writeHead(500).end()),
  'the issuer redirects to the keys': answering(url => (_request, response) => {
    response.writeHead(302, { location: `${url}/elsewhere` }).end()
  }),
  'the issuer does not answer in time': answering(() => () => {}),
  'the issuer answers a byte now and then': answering(() => (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{')
  }),
  'the issuer answers more than 128 KB': answering(() => json({ keys: STANDARD_SET, filler: 'x'.repeat(131_072) })),
  'the issuer answers JSON that ends early': answering(() => (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"keys":[')
  }),
})

export const OF_KEYS = [...OF_LOCAL, ...OF_BOTH, ...OF_ENTRA, ...OVER_HTTP]
