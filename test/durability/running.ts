import { type Connections, openConnections } from '../replay/connection.ts'
import { type Graph, openGraph } from '../replay/graph.ts'
import { newTokenSource } from '../replay/token.ts'
import { type ProcessOptions, type ServerProcess, startProcess } from './serverProcess.ts'

/** A server that runs, with what asks it. */
export interface Running {
  readonly server: ServerProcess
  readonly connections: Connections
  readonly graph: Graph
  readonly tenantId: string
  /** That of the first process on the database, which alone is told it. */
  readonly secret: string
}

/** Starts a server and waits until it is ready. */
export async function run(options: ProcessOptions): Promise<Running> {
  const server = startProcess(options)
  const access = await server.ready
  const connections = openConnections()
  const never = new AbortController().signal
  const graph = openGraph(access.url, connections, newTokenSource(access, connections.send), never)
  return { server, connections, graph, tenantId: access.tenantId, secret: access.clientSecret }
}
