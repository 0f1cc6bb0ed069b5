import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { pino } from 'pino'
import { GRAPH_RESOURCE } from '../../src/auth/issuer/issuer.ts'
import { hashSecret, newClientSecret } from '../../src/auth/issuer/secret.ts'
import { startServer } from '../../src/server/server.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { aTrust } from '../server/aCertificate.ts'
import { ALL_ROLES, type TestServer } from '../server/aServer.ts'

/** What a client of https is given: where the server is, and an app that may do all there. */
export interface SecureEndpoint {
  /** By a name: some clients take no token to a bare address. */
  readonly url: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
}

/** A token by client credentials, as any program fetches one. */
export async function tokenFor({ url, tenantId, clientId, clientSecret }: SecureEndpoint): Promise<string> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const body = new URLSearchParams({ ...form, scope: `${GRAPH_RESOURCE}/.default` })
  const answer = await fetch(`${url}/${tenantId}/oauth2/v2.0/token`, { method: 'POST', body })
  return ((await answer.json()) as { access_token: string }).access_token
}

const trust = await aTrust()
// As NODE_EXTRA_CA_CERTS would, but for a process that runs already.
setDefaultCACertificates([...getCACertificates('default'), trust.ca])

/** A test server that speaks https on a free port of loopback, until the test ends. */
export async function aSecureEndpoint(context: TestContext, { services, tenant }: TestServer): Promise<SecureEndpoint> {
  const clientId = randomUUID()
  const clientSecret = newClientSecret()
  const secretHashes = [hashSecret(clientSecret)]
  await services.store.putApp(aPlainApp({ clientId, tenant, displayName: 'Test', roles: ALL_ROLES, secretHashes }))
  const listening = { host: '127.0.0.1', port: 0, publicUrl: null, certificate: trust.certificate }
  const { url, close } = await startServer(listening, services, pino({ level: 'silent' }))
  context.after(close)
  return { url: `https://localhost:${new URL(url).port}`, tenantId: tenant, clientId, clientSecret }
}
