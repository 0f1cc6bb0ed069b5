import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { type TestContext } from 'node:test'
import { ClientCertificateCredential, DeviceCodeCredential } from '@azure/identity'
import {
  ConfidentialClientApplication,
  CryptoProvider,
  InteractionRequiredAuthError,
  PublicClientApplication,
} from '@azure/msal-node'
import { decodeJwt } from 'jose'
import type { DirectoryRole } from '../../src/auth/directoryRoles.ts'
import { GRAPH_RESOURCE } from '../../src/auth/issuer/issuer.ts'
import { hashSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'
import { newSignIns } from '../../src/auth/signIn/signIns.ts'
import type { ObjectId } from '../../src/core/id.ts'
import type { App as RegisteredApp } from '../../src/store/store.ts'
import { anAppCertificate } from '../auth/anAppCertificate.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { aRealBrowser, type Browser, formOf } from '../server/aBrowser.ts'
import { aServer, aSibling, type TestServer } from '../server/aServer.ts'
import { SECURITY, userBody } from '../server/bodies.ts'
import { aSecureEndpoint } from './aSecureEndpoint.ts'

const SCOPES = ['User.Read', 'Group.ReadWrite.All']
const REDIRECT_URI = 'http://localhost:5000/auth/redirect'

interface Demonstration {
  readonly url: string
  readonly tenant: string
  readonly server: TestServer
  readonly app: RegisteredApp
  readonly secret: string
  readonly ada: ObjectId
  readonly call: (token: string, path: string, init?: RequestInit) => Promise<Response>
}

/** A server where people sign in, over https, with an app that lies with people and has a secret, too. */
async function aDemonstration(t: TestContext, roles: readonly DirectoryRole[] = [], more: Partial<RegisteredApp> = {}) {
  const plain = await aServer(t)
  const server = aSibling(t, plain, { signIns: newSignIns() })
  // Assertions are made by the clock of their clients.
  server.clock.advance(Date.now() - server.clock.now())
  const { store, tenant } = server
  const { url } = await aSecureEndpoint(t, server)
  const ada = (await server.call('/v1.0/users', { method: 'POST', body: userBody(server, 'ada') })).body.id as ObjectId
  await store.changeDirectoryRoles(tenant, ada, () => roles)
  const secret = newClientSecret()
  const app = aPlainApp({
    clientId: randomUUID(),
    tenant,
    scopes: ['Group.ReadWrite.All'],
    secretHashes: [hashSecret(secret)],
    redirectUris: ['http://localhost', REDIRECT_URI],
    publicClient: true,
    ...more,
  })
  await store.putApp(app)
  const call = (token: string, path: string, { headers = {}, ...init }: RequestInit = {}) =>
    fetch(`${url}/v1.0${path}`, { ...init, headers: { ...headers, authorization: `Bearer ${token}` } })
  return { url, tenant, server, app, secret, ada, call }
}

/** MSAL knows Microsoft's hosts alone: of any other it has to be told. */
function configurationOf({ url, tenant, app }: Demonstration) {
  return { clientId: app.clientId, authority: `${url}/${tenant}`, knownAuthorities: [new URL(url).host] }
}

/** Signs in on the page that an app sends the browser to; gives where the browser is sent back. */
async function signInAt(address: string, user: ObjectId, browser: Browser = aRealBrowser()) {
  const page = await browser.open(address)
  assert.equal(page.status, 200, page.text)
  return browser.submit(page, { user, act: 'sign-in' })
}

/** That a token is of the person: /me is who has signed in, and groups can be listed and made as far as the person may. */
async function assertOpens(token: string, { ada, call }: Demonstration, createsAnothersGroup: number): Promise<void> {
  const me = await call(token, '/me')
  assert.equal(((await me.json()) as { id: string }).id, ada)
  assert.equal((await call(token, '/groups')).status, 200)
  assert.equal(createsAnothersGroup, await renameOf(token, call))
}

/** What comes of a change to a group that the person does not own. */
async function renameOf(token: string, call: Demonstration['call']): Promise<number> {
  const groups = (await (await call(token, '/groups')).json()) as { value: { id: string }[] }
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ description: 'Changed' })
  return (await call(token, `/groups/${groups.value[0]?.id}`, { method: 'PATCH', headers, body })).status
}

async function aGroup({ server }: Demonstration): Promise<void> {
  assert.equal((await server.call('/v1.0/groups', { method: 'POST', body: SECURITY })).status, 201)
}

for (const [roles, outcome] of [
  [[], 403],
  [['Groups Administrator'], 204],
] as const) {
  const who = roles.length === 0 ? 'a person without a directory role' : 'a groups administrator'
  test(`DeviceCodeCredential of @azure/identity signs ${who} in, whose change of a group is then ${outcome} (DELTA-238, DELTA-242)`, async t => {
    const demonstration = await aDemonstration(t, roles)
    await aGroup(demonstration)
    const { url, tenant, app, ada } = demonstration
    const browser = aRealBrowser()
    const signedIn = Promise.withResolvers<void>()
    const credential = new DeviceCodeCredential({
      ...{ tenantId: tenant, clientId: app.clientId, authorityHost: url, disableInstanceDiscovery: true },
      // It asks at once and then every five seconds: its first question waits until somebody has signed in.
      additionalPolicies: [
        {
          position: 'perCall',
          policy: {
            name: 'waits',
            sendRequest: async (request, next) => {
              if (String(request.body).includes('device_code=')) await signedIn.promise
              return next(request)
            },
          },
        },
      ],
      userPromptCallback: async ({ userCode, verificationUri, message }) => {
        assert.ok(message.includes(userCode) && message.includes(verificationUri))
        const entry = await browser.open(verificationUri)
        const choosing = await browser.submit(entry, { user_code: userCode.toLowerCase() })
        const done = await browser.submit(choosing, { user: ada, act: 'sign-in' })
        assert.match(done.text, /You have signed in/)
        signedIn.resolve()
      },
    })
    const { token } = await credential.getToken(`${GRAPH_RESOURCE}/.default`)
    await assertOpens(token, demonstration, outcome)
    // From its cache, and anew by its refresh token.
    assert.equal((await credential.getToken(`${GRAPH_RESOURCE}/.default`)).token, token)
    const other = await credential.getToken(`${url}/Group.ReadWrite.All`)
    assert.equal(decodeJwt(other.token).aud, url)
  })
}

test('MSAL signs in by a code with PKCE as a public client, finds its account, and renews tokens silently (DELTA-239, DELTA-241)', async t => {
  const demonstration = await aDemonstration(t, ['Global Administrator'])
  await aGroup(demonstration)
  const { server, ada, tenant } = demonstration
  const client = new PublicClientApplication({ auth: configurationOf(demonstration) })
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const asked = { scopes: SCOPES, redirectUri: REDIRECT_URI, state: 'a state', nonce: 'a nonce' }
  const address = await client.getAuthCodeUrl({ ...asked, codeChallenge: challenge, codeChallengeMethod: 'S256' })
  const back = await signInAt(address, ada)
  assert.equal(back.status, 303)
  const location = new URL(String(back.headers['location']))
  assert.equal(location.origin + location.pathname, REDIRECT_URI)
  assert.equal(location.searchParams.get('state'), 'a state')
  const code = String(location.searchParams.get('code'))
  const result = await client.acquireTokenByCode(
    { scopes: SCOPES, redirectUri: REDIRECT_URI, code, codeVerifier: verifier },
    { code, nonce: 'a nonce' },
  )
  await assertOpens(result.accessToken, demonstration, 204)
  assert.deepEqual(
    [result.account?.localAccountId, result.account?.tenantId, result.account?.username],
    [ada, tenant, `ada@${server.domain}`],
  )
  const account = result.account
  assert.ok(account)
  assert.equal((await client.acquireTokenSilent({ account, scopes: ['User.Read'] })).fromCache, true)
  const renewed = await client.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true })
  assert.equal(renewed.fromCache, false)
  assert.notEqual(renewed.accessToken, result.accessToken)
  await assertOpens(renewed.accessToken, demonstration, 204)
  const both = [SCOPES, [`${demonstration.url}/.default`]].map(scopes =>
    client.acquireTokenSilent({ account, scopes, forceRefresh: true }),
  )
  assert.equal((await Promise.all(both)).length, 2)
  // Once nobody can be signed in as the person any more its program is to ask for somebody again.
  await server.call(`/v1.0/users/${ada}`, { method: 'PATCH', body: { accountEnabled: false } })
  await assert.rejects(
    client.acquireTokenSilent({ account, scopes: SCOPES, forceRefresh: true }),
    InteractionRequiredAuthError,
  )
})

test('MSAL listens on a free port for an answer that comes as a form (DELTA-239)', async t => {
  const demonstration = await aDemonstration(t)
  const client = new PublicClientApplication({ auth: configurationOf(demonstration) })
  const result = await client.acquireTokenInteractive({
    scopes: [`${GRAPH_RESOURCE}/.default`],
    openBrowser: async address => {
      const page = await signInAt(address, demonstration.ada)
      const { action, fields } = formOf(page)
      assert.match(String(page.headers['content-security-policy']), /form-action 'self' http:\/\/localhost:\*;/)
      // The browser of a person goes on by itself; here nobody waits for it.
      void fetch(action, { method: 'POST', body: new URLSearchParams(fields) }).catch(() => null)
    },
  })
  assert.equal(decodeJwt(result.accessToken)['scp'], 'User.Read Group.ReadWrite.All openid profile')
})

test('MSAL as a confidential client exchanges a code by its secret, with and without PKCE (DELTA-239)', async t => {
  const demonstration = await aDemonstration(t, [], { publicClient: false })
  const { secret, ada } = demonstration
  const client = new ConfidentialClientApplication({
    auth: { ...configurationOf(demonstration), clientSecret: secret },
  })
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  for (const pkce of [true, false]) {
    const address = await client.getAuthCodeUrl({
      ...{ scopes: SCOPES, redirectUri: REDIRECT_URI },
      ...(pkce && { codeChallenge: challenge, codeChallengeMethod: 'S256' }),
    })
    const code = String(new URL(String((await signInAt(address, ada)).headers['location'])).searchParams.get('code'))
    const proof = pkce ? { codeVerifier: verifier } : {}
    const { accessToken } = await client.acquireTokenByCode({
      scopes: SCOPES,
      redirectUri: REDIRECT_URI,
      code,
      ...proof,
    })
    assert.equal(decodeJwt(accessToken)['oid'], ada)
    assert.equal(decodeJwt(accessToken)['appidacr'], '1')
  }
})

test('ClientCertificateCredential of @azure/identity gets tokens for several resources by one certificate (DELTA-240)', async t => {
  const { registered, pem } = await anAppCertificate()
  const demonstration = await aDemonstration(t, [], {
    ...{ certificates: [registered], roles: ['Group.Read.All'], secretHashes: [], publicClient: false },
  })
  const { url, tenant, app, call } = demonstration
  for (const sendCertificateChain of [false, true]) {
    const credential = new ClientCertificateCredential(
      tenant,
      app.clientId,
      { certificate: pem },
      { authorityHost: url, disableInstanceDiscovery: true, sendCertificateChain },
    )
    // MSAL signs once in ten minutes: both requests bring the same assertion.
    for (const resource of [GRAPH_RESOURCE, url]) {
      const { token } = await credential.getToken(`${resource}/.default`)
      assert.equal((await call(token, '/groups')).status, 200)
      assert.equal(decodeJwt(token)['appidacr'], '2')
    }
  }
})

test('MSAL proves an app by the SHA-1 name of its certificate too, and is refused with another key (DELTA-240)', async t => {
  const { registered, certificate, privateKey: key } = await anAppCertificate()
  const demonstration = await aDemonstration(t, [], {
    ...{ certificates: [registered], roles: ['Group.Read.All'], secretHashes: [], publicClient: false },
  })
  const thumbprint = certificate.fingerprint.replaceAll(':', '')
  const clientOf = (privateKey: string) =>
    new ConfidentialClientApplication({
      auth: { ...configurationOf(demonstration), clientCertificate: { thumbprint, privateKey } },
    })
  const scopes = [`${GRAPH_RESOURCE}/.default`]
  const result = await clientOf(key).acquireTokenByClientCredential({ scopes })
  assert.equal((await demonstration.call(String(result?.accessToken), '/groups')).status, 200)
  const other = await anAppCertificate()
  await assert.rejects(clientOf(other.privateKey).acquireTokenByClientCredential({ scopes }), /invalid_client/)
})
