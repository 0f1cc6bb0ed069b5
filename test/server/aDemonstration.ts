import assert from 'node:assert/strict'
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type { DirectoryRole } from '../../src/auth/directoryRoles.ts'
import { hashSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'
import { newSignIns } from '../../src/auth/signIn/signIns.ts'
import type { ObjectId } from '../../src/core/id.ts'
import type { App } from '../../src/store/store.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { aBrowserOf, type Browser, type Seen } from './aBrowser.ts'
import { aServer, aSibling, BASE, type Reply, type TestServer } from './aServer.ts'
import { userBody } from './bodies.ts'

export const REDIRECT_URI = 'http://localhost:5000/auth/redirect'
export const SCOPE = 'User.Read Group.ReadWrite.All openid profile offline_access'

/** A server where people sign in, with an app that lies with people and Ada, who is one of them. */
export interface Demonstration {
  readonly server: TestServer
  readonly app: App
  /** Of the app: it has one, though it need not tell it. */
  readonly secret: string
  readonly ada: ObjectId
  /** Sends a form to the token endpoint, as the app unless it says otherwise. */
  readonly ask: (form: Readonly<Record<string, string>>, tenant?: string) => Promise<Reply>
  /** Sends a form to another path of the issuer's. */
  readonly post: (path: string, form: Readonly<Record<string, string>>) => Promise<Reply>
  /** Where the app sends a browser; a parameter that is undefined is left out. */
  readonly address: (parameters?: Readonly<Record<string, string | undefined>>) => string
  readonly register: (parts: Partial<App>) => Promise<App>
  readonly user: (name: string, roles?: readonly DirectoryRole[]) => Promise<ObjectId>
}

/** What an app keeps while a person signs in (RFC 7636 §4.1). */
export interface Pkce {
  readonly verifier: string
  readonly challenge: string
}

export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

export async function aDemonstration(t: TestContext, parts: Partial<App> = {}): Promise<Demonstration> {
  const server = aSibling(t, await aServer(t), { signIns: newSignIns() })
  const { tenant } = server
  const register = async (given: Partial<App>): Promise<App> => {
    const app = aPlainApp({ clientId: randomUUID(), tenant, ...given })
    await server.store.putApp(app)
    return app
  }
  const user = async (name: string, roles: readonly DirectoryRole[] = []): Promise<ObjectId> => {
    const { status, body } = await server.call('/v1.0/users', { method: 'POST', body: userBody(server, name) })
    assert.equal(status, 201, JSON.stringify(body))
    await server.store.changeDirectoryRoles(tenant, body.id, () => roles)
    return body.id
  }
  const secret = newClientSecret()
  const app = await register({
    displayName: 'Sync',
    scopes: ['Group.ReadWrite.All'],
    redirectUris: ['http://localhost', REDIRECT_URI],
    secretHashes: [hashSecret(secret)],
    publicClient: true,
    ...parts,
  })
  const post = async (path: string, form: Readonly<Record<string, string>>): Promise<Reply> => {
    const reply = await server.app.inject({
      method: 'POST',
      url: path,
      headers: { host: 'localhost:3000', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(form).toString(),
    })
    return { status: reply.statusCode, headers: reply.headers, body: reply.json() }
  }
  return {
    ...{ server, app, secret, register, user, post },
    ada: await user('ada'),
    ask: (form, of = tenant) => post(`/${of}/oauth2/v2.0/token`, { client_id: app.clientId, ...form }),
    address: (parameters = {}) => {
      const usual = {
        ...{ client_id: app.clientId, response_type: 'code', redirect_uri: REDIRECT_URI, scope: SCOPE, state: 'here' },
        ...{ code_challenge: newPkce().challenge, code_challenge_method: 'S256' },
      }
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries({ ...usual, ...parameters })) {
        if (value !== undefined) query.append(name, value)
      }
      return `${BASE}/${tenant}/oauth2/v2.0/authorize?${query}`
    },
  }
}

/** Chooses somebody on the page that an address of an app shows; gives what the browser is told then. */
export async function choose(
  { server }: Demonstration,
  address: string,
  user: ObjectId,
  browser: Browser = aBrowserOf(server),
): Promise<Seen> {
  const page = await browser.open(address)
  assert.equal(page.status, 200, page.text)
  return browser.submit(page, { user, act: 'sign-in' })
}

/** What an app finds in the address to which a browser was sent back. */
export function answerIn({ status, headers, text }: Seen): URLSearchParams {
  assert.equal(status, 303, text)
  return new URL(String(headers['location'])).searchParams
}

/** A code that is good with a verifier and this redirect URI. */
export async function aCode(
  demonstration: Demonstration,
  { challenge }: Pkce,
  parameters: Readonly<Record<string, string | undefined>> = {},
): Promise<string> {
  const address = demonstration.address({ code_challenge: challenge, ...parameters })
  const code = answerIn(await choose(demonstration, address, demonstration.ada)).get('code')
  assert.ok(code)
  return code
}

/** The form by which the usual code is exchanged. */
export function codeForm(code: string, { verifier }: Pkce): Record<string, string> {
  return { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, code_verifier: verifier }
}

/** The tokens of Ada, by a code. */
export async function tokensOf(demonstration: Demonstration): Promise<Reply> {
  const pkce = newPkce()
  return demonstration.ask(codeForm(await aCode(demonstration, pkce), pkce))
}

/** That a token request was refused so. */
export function assertRefusal({ status, body }: Reply, error: string, expected = 400): void {
  assert.deepEqual([status, body.error], [expected, error], JSON.stringify(body))
  assert.ok(!('access_token' in body) && !('refresh_token' in body))
}
