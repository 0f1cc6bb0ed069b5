import type { ServerResponse } from 'node:http'
import { Http2ServerResponse } from 'node:http2'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { verifyBearer } from '../auth/bearer/bearerToken.ts'
import type { VerifiedTokens } from '../auth/bearer/verifiedTokens.ts'
import { type Caller, NOBODY } from '../auth/caller.ts'
import { livePerson } from '../auth/person.ts'
import { readAddress } from '../odata/address.ts'
import type { AppTurns } from './appTurns.ts'
import { askItems } from './batchItem.ts'
import { sendPreflight } from './cors.ts'
import { isForDescription } from './description.ts'
import { brokenOff } from './errors.ts'
import { answerInquiry, type Inquiry } from './inquiry.ts'
import { believedIssuers } from './issuers.ts'
import { baseOf } from './publicBase.ts'
import { readBody } from './requestBody.ts'
import { requestIdOf } from './requestMark.ts'
import { send } from './sending.ts'
import type { Services } from './services.ts'
import { charge } from './throttle/charging.ts'
import { newWork } from './work.ts'

/** Requests that were let in. */
const admitted = new WeakMap<FastifyRequest, Pick<Inquiry, 'caller' | 'method' | 'address'>>()

/**
 * Finds out who asks for something below an API version and counts it against the limits, before the body is read: nobody
 * else makes the server take one. Throws `InvalidAuthenticationToken` and `TooManyRequests`, and `BadRequest` for a
 * target that cannot be read. Gives who asks, null for nobody in particular.
 */
export async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  verified: VerifiedTokens,
  services: Services,
): Promise<Caller | null> {
  if (request.method === 'OPTIONS') return null
  const target = request.raw.url ?? ''
  const caller = isForDescription(request.method, target) ? NOBODY : await whoAsks(request, verified, services)
  const known = { caller, method: request.method, address: readAddress(target) }
  reply.headers(await charge({ ...known, headers: request.headers }, services))
  admitted.set(request, known)
  return caller === NOBODY ? null : caller
}

/** Answers a request below an API version whose caller was admitted: what for, the answer. */
export async function dispatch(
  request: FastifyRequest,
  reply: FastifyReply,
  services: Services,
  turns: AppTurns,
): Promise<FastifyReply> {
  if (request.method === 'OPTIONS') return sendPreflight(reply)
  const known = admitted.get(request)
  if (known === undefined) throw new Error('A request was dispatched whose caller is not known.')
  const inquiry: Omit<Inquiry, 'ask'> = {
    ...known,
    base: baseOf(request.raw, services.publicBase),
    headers: request.headers,
    requestId: requestIdOf(request),
    body: () => readBody(request.body, request.headers),
    work: newWork(),
    readTurn: async () => {
      await turns.read(known.caller)
      // Nobody waits for what is not begun yet.
      if (isGone(reply.raw)) throw brokenOff()
    },
  }
  if (isLarge(request.body)) await inquiry.readTurn()
  return send(
    request,
    reply,
    await answerInquiry({ ...inquiry, ask: askItems(inquiry, request.server.log, services) }, services),
  )
}

/** Reading a body of 1 MB can take as long as reading a page; so many bytes take less than a millisecond. */
const LARGE_BODY_BYTES = 16_384

function isLarge(body: unknown): boolean {
  return body instanceof Uint8Array && body.length > LARGE_BODY_BYTES
}

/** Whether the connection, or the stream of HTTP/2, for an answer has ended before it was sent. */
function isGone(response: ServerResponse): boolean {
  return response.destroyed || (response instanceof Http2ServerResponse && response.stream.destroyed)
}

function whoAsks(request: FastifyRequest, verified: VerifiedTokens, services: Services): Promise<Caller> {
  const { clock, store } = services
  return verifyBearer(request.headers.authorization, {
    now: clock.now(),
    issuers: believedIssuers(services),
    knownTenant: async tenant => (await store.tenant(tenant)) !== null,
    person: (tenant, user) => livePerson(store, tenant, user),
    verified,
  })
}
