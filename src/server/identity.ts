import type { FastifyInstance, FastifyReply } from 'fastify'
import { instanceDiscovery, openIdConfiguration } from '../auth/issuer/discovery.ts'
import { jwks } from '../auth/issuer/issuer.ts'
import { tenantNamed } from '../auth/tenantNamed.ts'
import { answerTokenRequest } from '../auth/tokenRequest.ts'
import type { TenantId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { CORS_HEADERS, sendFormPreflight } from './cors.ts'
import { FORM_BYTES_MAX, readForm, sendAnswer } from './form.ts'
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

/** By which apps in a browser get tokens. */
const GRANTS_OF_PAGES: readonly (string | null)[] = ['authorization_code', 'refresh_token']

/** Fastify has no HEAD beside GET unless asked. */
const PUBLIC = { exposeHeadRoute: true }

/** The local issuer at Entra's paths: tokens, discovery, keys. */
export function serveIdentity(app: FastifyInstance, services: Services): void {
  const { store, clock, controls, publicBase, signIns, usedAssertions } = services
  const tenantOf = async (text: string): Promise<TenantId> => {
    const tenant = await tenantNamed(text, store)
    if (tenant === null) throw new Problem('ResourceNotFound', `There is no tenant '${text}'.`)
    return tenant.id
  }
  app.get<TenantPath>('/:tenant/v2.0/.well-known/openid-configuration', PUBLIC, async (request, reply) => {
    const base = baseOf(request.raw, publicBase)
    return sendPublic(
      reply,
      openIdConfiguration({ base, tenant: await tenantOf(request.params.tenant), signIn: signIns !== null }),
    )
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
  if (signIns !== null) app.options('/:tenant/oauth2/v2.0/token', async (_, reply) => sendFormPreflight(reply))
  app.post<TenantPath>('/:tenant/oauth2/v2.0/token', { bodyLimit: FORM_BYTES_MAX }, async (request, reply) => {
    const form = readForm(request)
    const { authorization } = request.headers
    if (signIns !== null && isOfPages(form, authorization)) reply.headers(CORS_HEADERS)
    const answer = await answerTokenRequest({
      tenant: request.params.tenant,
      form,
      authorization,
      now: clock.now(),
      base: baseOf(request.raw, publicBase),
      bases: publicBase.all,
      ring: controls.ring,
      store,
      signIns,
      usedAssertions,
    })
    return sendAnswer(request, reply, answer, controls.throttle)
  })
}

/**
 * Whether a page in a browser may read the answer: what an app asks for a person without a proof of its own. A page can
 * keep no secret, and one that sends a secret all the same is not to find that it works.
 */
function isOfPages(form: URLSearchParams, authorization: string | undefined): boolean {
  const proves = authorization !== undefined || form.has('client_secret') || form.has('client_assertion')
  return !proves && GRANTS_OF_PAGES.includes(form.get('grant_type'))
}

function sendPublic(reply: FastifyReply, body: object, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ ...CORS_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify(body))
}
