import type { FastifyReply, FastifyRequest } from 'fastify'
import { authenticateClient } from '../../auth/issuer/client.ts'
import {
  answerOAuth,
  type OAuthAnswer,
  OAuthRefusal,
  refuseRepeated,
  required,
} from '../../auth/issuer/oauthRefusal.ts'
import { readScope } from '../../auth/issuer/scope.ts'
import { DEVICE_INTERVAL_S, DEVICE_LIFE_S, startDevice } from '../../auth/signIn/device.ts'
import { findTenant } from '../../auth/tokenRequest.ts'
import { readForm, sendAnswer } from '../form.ts'
import { baseOf } from '../publicBase.ts'
import type { Services } from '../services.ts'
import { tenantIn } from './handler.ts'

/** POST /{tenant}/oauth2/v2.0/devicecode (RFC 8628 §3.1): a device asks for codes. It reads JSON, also where it is refused. */
export async function answerDeviceRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  services: Services,
): Promise<FastifyReply> {
  const form = readForm(request)
  const { authorization } = request.headers
  const asked = { form, authorization, now: services.clock.now(), tenant: tenantIn(request) }
  const answer = await answerOAuth(asked, () => codesFor(asked, request, services))
  return sendAnswer(request, reply, answer, services.controls.throttle)
}

interface DeviceRequest {
  readonly form: URLSearchParams
  readonly authorization: string | undefined
  readonly now: number
  readonly tenant: string
}

async function codesFor(
  asked: DeviceRequest,
  { raw }: FastifyRequest,
  services: Services,
): Promise<OAuthAnswer['body']> {
  const { form, now } = asked
  const { store, publicBase, signIns, usedAssertions } = services
  const base = baseOf(raw, publicBase)
  const tenant = await findTenant({ tenant: asked.tenant, store })
  refuseRepeated(form)
  if (signIns === null) throw new OAuthRefusal('unauthorized_client', 70003, 'Nobody signs in here.')
  const bases = publicBase.all
  const { app } = await authenticateClient({ ...asked, bases, demo: true, usedAssertions, store }, tenant)
  const scope = required(form, 'scope')
  readScope(scope, bases, app)
  const { clientId } = app
  const { deviceCode, userCode } = startDevice({ tenant: tenant.id, clientId, scope }, signIns.devices, now)
  const page = `${base}/devicelogin`
  return {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: page,
    verification_uri_complete: `${page}?user_code=${userCode}`,
    expires_in: DEVICE_LIFE_S,
    interval: DEVICE_INTERVAL_S,
    message: `To sign in, open the page ${page} in a browser and enter the code ${userCode}.`,
  }
}
