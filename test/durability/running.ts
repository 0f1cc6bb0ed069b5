import { GRAPH_RESOURCE, issueDelegatedToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { openKeyRing } from '../../src/auth/keys/keyFile.ts'
import { parseObjectId, parseTenantId } from '../../src/core/id.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { type Connections, openConnections } from '../replay/connection.ts'
import { type Graph, openGraph } from '../replay/graph.ts'
import type { Access } from '../replay/server.ts'
import { newTokenSource, type TokenSource } from '../replay/token.ts'
import { type ProcessOptions, type ServerProcess, startProcess } from './serverProcess.ts'

/** A server that runs, with what asks it. */
export interface Running {
  readonly server: ServerProcess
  readonly connections: Connections
  readonly graph: Graph
  readonly tenantId: string
  /** That of the first process on the database, which alone is told it. */
  readonly secret: string
  /** Tokens of the same app on behalf of a user who administers groups. */
  readonly tokensFor: (userId: string) => TokenSource
}

/** Starts a server and waits until it is ready. */
export async function run(options: ProcessOptions): Promise<Running> {
  const server = startProcess(options)
  const access = await server.ready
  const connections = openConnections()
  const never = new AbortController().signal
  const graph = openGraph(access.url, connections, newTokenSource(access, connections.send), never)
  const { tenantId, clientSecret: secret } = access
  return { server, connections, graph, tenantId, secret, tokensFor: userId => () => sign(options, access, userId) }
}

/** Nobody can sign in at such a server: its keys lie beside the database. */
async function sign({ database }: ProcessOptions, access: Access, userId: string): Promise<string> {
  const tenant = parseTenantId(access.tenantId)
  const { clientId } = access
  return issueDelegatedToken({
    tenant,
    app: aPlainApp({ clientId, tenant, displayName: 'Storm', roles: [] }),
    audience: GRAPH_RESOURCE,
    now: Date.now(),
    issuer: issuerOf(access.url.origin, tenant),
    ring: await openKeyRing(`${database}.keys`),
    user: { id: parseObjectId(userId), displayName: 'Administrator', userPrincipalName: 'administrator' },
    scopes: ['Group.ReadWrite.All'],
    directoryRoles: ['Groups Administrator'],
  })
}
