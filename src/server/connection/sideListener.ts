import type { AddressInfo } from 'node:net'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { Problem } from '../../core/problem.ts'
import { STATUS } from '../../odata/error.ts'
import { hasLoopbackBase, loopbackBase } from '../publicBase.ts'
import { addressOf } from './listener.ts'

/** A listener beside the server's own: plain HTTP, for those who run the server. */
export interface SideListener {
  readonly url: string
  readonly close: () => Promise<void>
}

export interface SidePlace {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
}

/**
 * Opens a listener for the routes that `serve` gives it. Errors are `{"error": {"code", "message"}}`. On loopback it
 * refuses what a web page sends. Rejects with the system's error where it cannot listen.
 */
export async function openSideListener(
  { host, port }: SidePlace,
  serve: (app: FastifyInstance) => void,
  logger: FastifyBaseLogger,
  options: Pick<FastifyServerOptions, 'connectionTimeout' | 'requestTimeout' | 'bodyLimit'> = {},
): Promise<SideListener> {
  const app: FastifyInstance = Fastify({
    ...options,
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  if (hasLoopbackBase(host)) refuseWebPages(app)
  app.setErrorHandler((error, _request, reply) => {
    const { status, code, message } = told(error)
    if (status === 500) logger.error({ err: error }, 'a request to a side listener failed')
    return reply.code(status).send({ error: { code, message } })
  })
  app.setNotFoundHandler(({ method, url }) => {
    throw new Problem('ResourceNotFound', `There is no ${method} ${url}.`)
  })
  serve(app)
  await app.listen({ host: await addressOf(host), port })
  const shownHost = host.includes(':') ? `[${host}]` : host
  return { url: `http://${shownHost}:${portOf(app)}`, close: () => app.close() }
}

function portOf(app: FastifyInstance): number {
  return (app.server.address() as AddressInfo).port
}

/** A page in a browser on this machine sends its Origin, or, after tricks with names, another Host than ours. */
function refuseWebPages(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ headers }) => {
    if (!loopbackBase(portOf(app)).all.includes(`http://${headers.host?.toLowerCase()}`)) {
      throw new Problem('BadRequest', `The Host '${headers.host ?? ''}' is not this server.`)
    }
    if (headers.origin !== undefined) {
      throw new Problem('Authorization_RequestDenied', 'Web pages are not answered here.')
    }
  })
}

function told(error: unknown): { readonly status: number; readonly code: string; readonly message: string } {
  if (error instanceof Problem) return { status: STATUS[error.code], code: error.code, message: error.message }
  if (isRefusalOfFramework(error)) return { status: error.statusCode, code: 'BadRequest', message: error.message }
  return { status: 500, code: 'InternalServerError', message: 'The server failed.' }
}

function isRefusalOfFramework(error: unknown): error is Error & { readonly statusCode: number } {
  return error instanceof Error && 'statusCode' in error && Number(error.statusCode) < 500
}
