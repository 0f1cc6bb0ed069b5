import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { startServer } from '../../src/server/server.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { ALL_ROLES, type TestServer } from '../server/aServer.ts'

/** What a client is pointed at: an address, and a token that is good there. */
export interface Endpoint {
  readonly url: string
  readonly token: string
}

/** A test server behind a free port of loopback, until the test ends. */
export async function anEndpoint(context: TestContext, { services, tenant, clock }: TestServer): Promise<Endpoint> {
  const logger = pino({ level: 'silent' })
  const { url, close } = await startServer({ host: '127.0.0.1', port: 0, publicUrl: null }, services, logger)
  context.after(close)
  const token = await issueAccessToken({
    tenant,
    app: aPlainApp({ clientId: 'app', tenant, displayName: 'Test', roles: ALL_ROLES }),
    audience: GRAPH_RESOURCE,
    now: clock.now(),
    issuer: issuerOf(url, tenant),
    ring: services.controls.ring,
  })
  return { url, token }
}
