import type { Server } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify'
import { newVerifiedTokens } from '../auth/bearer/verifiedTokens.ts'
import { Problem } from '../core/problem.ts'
import { appTurns } from './appTurns.ts'
import { compressed } from './compression.ts'
import { CONNECTION_LIMITS, type ConnectionLimits, connectionTurns, endIfStalled } from './connection/connections.ts'
import { inPieces } from './connection/http2Answer.ts'
import { announceBody, endIfSlow, hasContent, isTakenBack } from './connection/http2Request.ts'
import { http2Turns } from './connection/http2Turns.ts'
import { type Certificate, limitClients, plainOptions, secureOptions } from './connection/listener.ts'
import { CORS_HEADERS } from './cors.ts'
import { admit, dispatch } from './dispatch.ts'
import { answerError, answerParserError, brokenOff, VARY } from './errors.ts'
import { serveIdentity } from './identity.ts'
import { loggedPath } from './loggedPath.ts'
import { baseOf } from './publicBase.ts'
import { BODY_BYTES_MAX } from './requestBody.ts'
import { hasNoBody, noBody, refuseAmbiguous } from './requestHead.ts'
import { clientRequestIdOf, newRequestId, requestIdOf } from './requestMark.ts'
import type { Services } from './services.ts'
import { serveSignIn } from './signIn/signInRoutes.ts'

/** The longest path parameter that is looked at: a userPrincipalName, percent-encoded. */
const PARAMETER_LENGTH_MAX = 1_024

const VERSIONED = /^\/(v1\.0|beta)(\/|\?|$)/i

/** What of a server the one who listens decides. */
export interface AppOptions {
  readonly limits?: ConnectionLimits
  /** For https; without it the server speaks http. */
  readonly certificate?: Certificate | null
}

/** The HTTP server of a directory: every path of it, not yet listening. */
export function buildApp(
  services: Services,
  logger: FastifyBaseLogger,
  { limits = CONNECTION_LIMITS, certificate = null }: AppOptions = {},
): FastifyInstance {
  const turns = connectionTurns(limits)
  const turnOfHttp2 = http2Turns(limits.underWayMax)
  const turnsOfApps = appTurns(limits.appUnderWayMax)
  const verified = newVerifiedTokens()
  const options: FastifyServerOptions<Server> = {
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: newRequestId,
    requestIdHeader: false,
    bodyLimit: BODY_BYTES_MAX,
    connectionTimeout: limits.stalledMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX, caseSensitive: false },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => {
      markAnswer(request, reply)
      endIfSlow(request.raw, limits.requestMs)
      answerError(error, request, reply, services)
    },
    clientErrorHandler: (error, socket) => {
      if (error.code?.startsWith('HPE_')) services.observer.malformed()
      if (turns.areTaken(socket)) socket.destroy()
      else answerParserError(error, socket, services.clock.now())
    },
  }
  const app = openApp(options, limits, certificate)
  // An expectation that nobody knows may be passed over (RFC 9110 §10.1.1); Node would answer 417 in its own words.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, ({ raw }, body, done) => {
    if (isTakenBack(raw)) done(brokenOff())
    else done(null, body)
  })
  app.addHook('onRequest', async (request, reply) => {
    markAnswer(request, reply)
    refuseAmbiguous(request, reply)
    baseOf(request.raw, services.publicBase)
    announceBody(request.raw)
    endIfStalled(reply)
    await turns.take(request, reply)
    await turnOfHttp2(request.raw)
    endIfSlow(request.raw, limits.requestMs)
    await refuseContent(request)
    if (!VERSIONED.test(request.raw.url ?? '')) return
    const caller = await admit(request, reply, verified, services)
    if (caller !== null) await turnsOfApps.begin(caller, reply.raw)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    // HTTP/2 has no such header (RFC 9113 §8.2.2); the framework sets it for a body that is too large.
    if (request.raw.httpVersionMajor === 2) reply.removeHeader('connection')
    const isBody = Buffer.isBuffer(payload) && request.method !== 'HEAD'
    const shorter = isBody ? await compressed(payload, request.headers['accept-encoding']) : null
    if (shorter !== null) reply.header('content-encoding', shorter.coding)
    return inPieces(reply.raw, shorter?.bytes ?? payload, limits.stalledMs)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const target = request.raw.url ?? ''
    const { statusCode: status, elapsedTime: ms } = reply
    request.log.info({ method, path: loggedPath(target), status, ms: Math.round(ms) }, 'answered')
    const route = request.routeOptions.url ?? null
    services.observer.answered({ method, target, route, status, ms, inBatch: false })
  })
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, services))
  if (services.trust.local) {
    serveIdentity(app, services)
    serveSignIn(app, services)
  }
  for (const version of ['v1.0', 'beta']) {
    app.all(`/${version}`, (request, reply) => dispatch(request, reply, services, turnsOfApps))
    app.all(`/${version}/*`, (request, reply) => dispatch(request, reply, services, turnsOfApps))
  }
  app.setNotFoundHandler((request, reply) => {
    // Methods that the framework has no routes for come here whatever their path.
    if (VERSIONED.test(request.raw.url ?? '')) return dispatch(request, reply, services, turnsOfApps)
    throw new Problem('ResourceNotFound', 'There is no resource at this path.')
  })
  return app
}

function openApp(
  options: FastifyServerOptions<Server>,
  limits: ConnectionLimits,
  certificate: Certificate | null,
): FastifyInstance {
  if (certificate === null) return Fastify({ ...options, http: plainOptions(limits) })
  // Node gives the requests, answers and servers of HTTP/2 the interface of HTTP/1.1's (its «Compatibility API»).
  const secure = { ...options, http2: true, https: secureOptions(certificate, limits) } as FastifyServerOptions<Server>
  const app = Fastify(secure)
  limitClients(app.server, limits)
  return app
}

/** Throws `BadRequest` for what a request of HTTP/2 brings whose method has no body; in HTTP/1.1 its head tells. */
async function refuseContent({ raw, method }: FastifyRequest): Promise<void> {
  if (hasNoBody(method) && (await hasContent(raw))) throw new Problem('BadRequest', noBody(method))
}

/** What every answer carries: how to find it again, and that nobody may keep it. */
function markAnswer(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('request-id', requestIdOf(request))
  reply.header('client-request-id', clientRequestIdOf(request))
  reply.header('cache-control', 'no-store')
  reply.header('vary', VARY)
  if (VERSIONED.test(request.raw.url ?? '')) reply.headers(CORS_HEADERS)
}
