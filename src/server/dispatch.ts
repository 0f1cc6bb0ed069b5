import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../auth/caller.ts'
import { verifyBearer } from '../auth/caller.ts'
import { allows, authorize } from '../auth/permissions.ts'
import { readAddress } from '../odata/address.ts'
import { readOptions } from '../odata/options.ts'
import type { Answer } from './answer.ts'
import type { GraphRequest } from './graphRequest.ts'
import { readBody } from './requestBody.ts'
import { requestIdOf } from './requestMark.ts'
import { findRoute } from './router.ts'
import type { Route } from './routes.ts'
import type { Services } from './services.ts'

const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

/** Answers a request below an API version: who asks, what for, the answer. */
export async function dispatch(
  request: FastifyRequest,
  reply: FastifyReply,
  services: Services,
): Promise<FastifyReply> {
  const base = services.publicBase.of(request.headers.host)
  const caller = await whoAsks(request, services)
  const { version, segments, query } = readAddress(request.raw.url ?? '')
  if (version === null) throw new Error('A request outside the API versions was dispatched.')
  const { route, parameters } = findRoute(request.method, segments)
  authorizeRoute(caller, route)
  const graphRequest: GraphRequest = {
    caller,
    apiVersion: version,
    root: `${base}/${version}`,
    parameters,
    options: readOptions(query),
    prefer: request.headers['prefer'],
    requestId: requestIdOf(request),
    body: readBody(request.body, request.headers),
  }
  return send(reply, await route.handle(graphRequest, services))
}

function whoAsks(request: FastifyRequest, { clock, controls, publicBase, store }: Services): Promise<Caller> {
  return verifyBearer(request.headers.authorization, {
    now: clock.now(),
    ring: controls.ring,
    bases: publicBase.all,
    knownTenant: async tenant => (await store.tenant(tenant)) !== null,
  })
}

function authorizeRoute(caller: Caller, { permissions }: Route): void {
  if (permissions.some(permission => allows(caller, permission))) return
  authorize(caller, permissions[0])
}

export function send(reply: FastifyReply, { status, headers = {}, body }: Answer): FastifyReply {
  reply.code(status).headers(headers)
  if (body === null) return reply.send()
  reply.header('content-type', JSON_TYPE).header('odata-version', '4.0')
  return reply.send(Buffer.isBuffer(body) ? body : JSON.stringify(body))
}
