import type { TestContext } from 'node:test'
import { pino } from 'pino'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf } from '../../src/auth/issuer.ts'
import { type RunningServer, startServer } from '../../src/server/server.ts'
import { ALL_ROLES, type TestServer } from './aServer.ts'

/** A test server behind a socket of its own, for clients that speak only HTTP. */
export interface Listener extends RunningServer {
  readonly token: () => Promise<string>
}

/** Listens on a free port of loopback until the test ends. */
export async function aListener(context: TestContext, { services, tenant, clock }: TestServer): Promise<Listener> {
  const running = await startServer(
    { host: '127.0.0.1', port: 0, publicUrl: null },
    services,
    pino({ level: 'silent' }),
  )
  context.after(running.close)
  const app = {
    clientId: 'a11ce000-0000-4000-8000-000000000001',
    tenant,
    displayName: 'Test',
    roles: ALL_ROLES,
    secretHashes: [],
    demo: false,
  }
  const token = (): Promise<string> =>
    issueAccessToken({
      tenant,
      app,
      audience: GRAPH_RESOURCE,
      now: clock.now(),
      issuer: issuerOf(running.url, tenant),
      ring: services.controls.ring,
    })
  return { ...running, token }
}
