import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { Problem } from '../core/problem.ts'
import { compressed } from './compression.ts'
import { CONNECTION_LIMITS, type ConnectionLimits, connectionTurns, endIfStalled } from './connections.ts'
import { CORS_HEADERS } from './cors.ts'
import { admit, dispatch } from './dispatch.ts'
import { answerError, answerParserError } from './errors.ts'
import { serveIdentity } from './identity.ts'
import { readHost, refuseWholeUrl } from './publicBase.ts'
import { BODY_BYTES_MAX } from './requestBody.ts'
import { clientRequestIdOf, newRequestId, requestIdOf } from './requestMark.ts'
import type { Services } from './services.ts'

const CHECK_EVERY_MS = 5_000
/** The longest path parameter that is looked at: a userPrincipalName, percent-encoded. */
const PARAMETER_LENGTH_MAX = 1_024

const VERSIONED = /^\/(v1\.0|beta)(\/|\?|$)/i

/** The HTTP server of a directory: every path of it, not yet listening. */
export function buildApp(
  services: Services,
  logger: FastifyBaseLogger,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): FastifyInstance {
  const turns = connectionTurns(limits)
  const app = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: newRequestId,
    requestIdHeader: false,
    bodyLimit: BODY_BYTES_MAX,
    connectionTimeout: limits.stalledMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    // A request without a Host is refused below, in our words. Node looks for slow clients no oftener than this says.
    http: {
      requireHostHeader: false,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: CHECK_EVERY_MS,
    },
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX, caseSensitive: false },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      markAnswer(request, reply)
      answerError(error, request, reply, services)
    },
    clientErrorHandler: (error, socket) => {
      if (turns.areTaken(socket)) socket.destroy()
      else answerParserError(error, socket, services.clock.now())
    },
  })
  app.server.maxConnections = limits.connectionsMax
  // An expectation that nobody knows may be passed over (RFC 9110 §10.1.1); Node would answer 417 in its own words.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.addHook('onRequest', async (request, reply) => {
    markAnswer(request, reply)
    services.publicBase.of(readHost(request.raw))
    refuseWholeUrl(request.raw)
    endIfStalled(reply)
    await turns.take(request, reply)
    if (VERSIONED.test(request.raw.url ?? '')) await admit(request, services)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (!Buffer.isBuffer(payload) || request.method === 'HEAD') return payload
    const shorter = await compressed(payload, request.headers['accept-encoding'])
    if (shorter === null) return payload
    reply.header('content-encoding', shorter.coding)
    return shorter.bytes
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const path = (request.raw.url ?? '').split('?')[0]
    request.log.info({ method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered')
  })
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, services))
  serveIdentity(app, services)
  for (const version of ['v1.0', 'beta']) {
    app.all(`/${version}`, (request, reply) => dispatch(request, reply, services))
    app.all(`/${version}/*`, (request, reply) => dispatch(request, reply, services))
  }
  app.setNotFoundHandler((request, reply) => {
    // Methods that the framework has no routes for come here whatever their path.
    if (VERSIONED.test(request.raw.url ?? '')) return dispatch(request, reply, services)
    throw new Problem('ResourceNotFound', 'There is no resource at this path.')
  })
  return app
}

/** What every answer carries: how to find it again, and that nobody may keep it. */
function markAnswer(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('request-id', requestIdOf(request))
  reply.header('client-request-id', clientRequestIdOf(request))
  reply.header('cache-control', 'no-store')
  reply.header('vary', 'Accept, Accept-Encoding, Authorization, Prefer')
  if (VERSIONED.test(request.raw.url ?? '')) reply.headers(CORS_HEADERS)
}
