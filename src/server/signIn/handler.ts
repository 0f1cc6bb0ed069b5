import type { FastifyReply, FastifyRequest } from 'fastify'
import { OAuthRefusal } from '../../auth/issuer/oauthRefusal.ts'
import type { SealedForm } from '../../auth/signIn/sealedForm.ts'
import { openForm } from '../../auth/signIn/sealedForm.ts'
import type { SignIns } from '../../auth/signIn/signIns.ts'
import { readForm } from '../form.ts'
import type { Services } from '../services.ts'
import { knownBrowser, refuseOtherSites } from './browser.ts'

/** What the handlers of sign-in work with. */
export interface SignInServices extends Services {
  readonly signIns: SignIns
}

/** Answers with a page. An `OAuthRefusal` that it throws becomes one. */
export type SignInHandler = (
  request: FastifyRequest,
  reply: FastifyReply,
  services: SignInServices,
) => Promise<FastifyReply>

/** The tenant that a path names, as text. */
export function tenantIn({ params }: FastifyRequest): string {
  return (params as { tenant: string }).tenant
}

/** The query as it stands in the address. */
export function queryOf({ raw }: FastifyRequest): string {
  return (raw.url ?? '').split('?').slice(1).join('?')
}

/** A form that one of our pages sent in: its fields, and what the page was about; null for a page of another kind. */
export interface SentForm {
  readonly fields: URLSearchParams
  readonly about: (purpose: SealedForm['purpose']) => string | null
}

/** Throws an `OAuthRefusal` for a form of another site. */
export function readSentForm(request: FastifyRequest, base: string, { signIns, clock }: SignInServices): SentForm {
  refuseOtherSites(request, base)
  const fields = readForm(request)
  const browser = knownBrowser(request, base)
  return {
    fields,
    about: purpose =>
      browser === null ? null : openForm(fields.get('form') ?? '', purpose, browser, signIns.formKey, clock.now()),
  }
}

/** The refusal of a form that we did not show to this browser, or too long ago. */
export function staleForm(): OAuthRefusal {
  return new OAuthRefusal(
    'invalid_request',
    900144,
    'The page is too old, or was shown to another browser: begin again.',
  )
}
