import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { instanceDiscovery, jwks, openIdConfiguration } from '../auth/issuer.ts'
import { tenantNamed } from '../auth/tenantNamed.ts'
import { answerTokenRequest } from '../auth/tokenRequest.ts'
import type { TenantId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { CORS_HEADERS } from './cors.ts'
import { baseOf } from './publicBase.ts'
import type { Services } from './services.ts'

interface TenantPath {
  Params: { tenant: string }
}

interface InstanceQuery {
  Querystring: { authorization_endpoint?: unknown }
}

/** In the words that MSAL looks for. */
const UNKNOWN_INSTANCE = {
  error: 'invalid_instance',
  error_description: 'AADSTS50049: The authority is not one of this server.',
  error_codes: [50049],
}

/** The largest body of a token request that is read, in bytes: more than any assertion of a client takes. */
const FORM_BYTES_MAX = 16_384

/** Fastify has no HEAD beside GET unless asked. */
const PUBLIC = { exposeHeadRoute: true }

/** The local issuer at Entra's paths: tokens, discovery, keys. */
export function serveIdentity(app: FastifyInstance, services: Services): void {
  const { store, clock, controls, publicBase } = services
  const tenantOf = async (text: string): Promise<TenantId> => {
    const tenant = await tenantNamed(text, store)
    if (tenant === null) throw new Problem('ResourceNotFound', `There is no tenant '${text}'.`)
    return tenant.id
  }
  app.get<TenantPath>('/:tenant/v2.0/.well-known/openid-configuration', PUBLIC, async (request, reply) => {
    const base = baseOf(request.raw, publicBase)
    return sendPublic(reply, openIdConfiguration({ base, tenant: await tenantOf(request.params.tenant) }))
  })
  app.get<TenantPath>('/:tenant/discovery/v2.0/keys', PUBLIC, async (request, reply) => {
    baseOf(request.raw, publicBase)
    await tenantOf(request.params.tenant)
    return sendPublic(reply, jwks(controls.ring))
  })
  app.get<InstanceQuery>('/common/discovery/instance', PUBLIC, async (request, reply) => {
    const base = baseOf(request.raw, publicBase)
    const { authorization_endpoint: endpoint } = request.query
    const found = typeof endpoint === 'string' ? instanceDiscovery(endpoint, base, publicBase.all) : null
    return sendPublic(reply, found ?? UNKNOWN_INSTANCE, found === null ? 400 : 200)
  })
  app.post<TenantPath>('/:tenant/oauth2/v2.0/token', { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
    const answer = await answerTokenRequest({
      tenant: request.params.tenant,
      form: readForm(request),
      authorization: request.headers.authorization,
      now: clock.now(),
      base: baseOf(request.raw, publicBase),
      bases: publicBase.all,
      ring: controls.ring,
      store,
    })
    // A right secret is never refused: whoever shares the address of those with wrong ones must not be locked out by them.
    const waitMs = answer.status === 401 ? await controls.throttle.countFailure(request.ip) : null
    const wait = waitMs === null ? {} : { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
    return reply
      .code(waitMs === null ? answer.status : 429)
      .headers({ ...answer.headers, ...wait, 'content-type': 'application/json; charset=utf-8' })
      .send(JSON.stringify(answer.body))
  })
}

function sendPublic(reply: FastifyReply, body: object, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ ...CORS_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify(body))
}

function readForm(request: FastifyRequest): URLSearchParams {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const isForm = type === 'application/x-www-form-urlencoded' && request.body instanceof Uint8Array
  return new URLSearchParams(isForm ? Buffer.from(request.body as Uint8Array).toString('utf8') : '')
}
