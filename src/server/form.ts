import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OAuthAnswer } from '../auth/issuer/oauthRefusal.ts'
import type { Throttle } from './throttle/throttle.ts'

/** The largest form that is read, in bytes: more than any assertion of a client takes. */
export const FORM_BYTES_MAX = 16_384

/** The fields of a form; none where the body is something else. */
export function readForm(request: FastifyRequest): URLSearchParams {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  const isForm = type === 'application/x-www-form-urlencoded' && request.body instanceof Uint8Array
  return new URLSearchParams(isForm ? Buffer.from(request.body as Uint8Array).toString('utf8') : '')
}

/** Sends what an app is answered that has proved itself, or was to. One that fails to too often is told to wait: 429. */
export async function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers, body }: OAuthAnswer,
  throttle: Throttle,
): Promise<FastifyReply> {
  // A right secret is never refused: whoever shares the address of those with wrong ones must not be locked out by them.
  const waitMs = status === 401 ? await throttle.countFailure(request.ip) : null
  const wait = waitMs === null ? {} : { 'retry-after': String(Math.ceil(waitMs / 1_000)) }
  return reply
    .code(waitMs === null ? status : 429)
    .headers({ ...headers, ...wait, 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify(body))
}
