import type { FastifyReply } from 'fastify'
import { issuerOf } from '../../auth/issuer/issuer.ts'
import { descriptionOf, OAuthRefusal } from '../../auth/issuer/oauthRefusal.ts'
import { type AuthorizationRequest, readAuthorization } from '../../auth/signIn/authorization.ts'
import { issueCode } from '../../auth/signIn/code.ts'
import { answerUrl, type ReturnAddress } from '../../auth/signIn/redirect.ts'
import { sealForm } from '../../auth/signIn/sealedForm.ts'
import { newSignIn } from '../../auth/signIn/signIn.ts'
import { findTenant } from '../../auth/tokenRequest.ts'
import type { ObjectId } from '../../core/id.ts'
import type { Tenant } from '../../store/store.ts'
import { baseOf } from '../publicBase.ts'
import { browserOf } from './browser.ts'
import { pageOfChoices, readChosen } from './chosen.ts'
import { queryOf, readSentForm, type SignInHandler, type SignInServices, staleForm, tenantIn } from './handler.ts'
import { type Page, sendPage } from './page.ts'
import { formPostPage } from './pages.ts'

/** GET /{tenant}/oauth2/v2.0/authorize: asks the person who it is. */
export const showAuthorization: SignInHandler = async (request, reply, services) => {
  const { store, publicBase, clock, signIns } = services
  const base = baseOf(request.raw, publicBase)
  const tenant = await findTenant({ tenant: tenantIn(request), store })
  const query = queryOf(request)
  const form = new URLSearchParams(query)
  const asked = await readAuthorization({ form, tenant, bases: publicBase.all, store })
  if ('refusal' in asked) return answerRefusal(asked.refusal, asked.returnAddress, { reply, base, tenant })
  const browser = browserOf(request, reply, base)
  const sealed = sealForm({ purpose: 'authorize', text: query }, browser, signIns.formKey, clock.now())
  return sendPage(reply, await choicesFor(asked, { base, sealed, beginning: asked.loginHint, wrong: null }, services))
}

/** POST /{tenant}/oauth2/v2.0/login: the person has chosen, looks for others, or does not want to. */
export const choosePerson: SignInHandler = async (request, reply, services) => {
  const { store, publicBase } = services
  const base = baseOf(request.raw, publicBase)
  const tenant = await findTenant({ tenant: tenantIn(request), store })
  const { fields, about } = readSentForm(request, base, services)
  const text = about('authorize')
  if (text === null) throw staleForm()
  // What the app may do can have changed while the page was looked at.
  const asked = await readAuthorization({ form: new URLSearchParams(text), tenant, bases: publicBase.all, store })
  const to: Return = { reply, base, tenant }
  if ('refusal' in asked) return answerRefusal(asked.refusal, asked.returnAddress, to)
  const chosen = await readChosen(fields, tenant.id, services)
  if (chosen.act === 'look') {
    const sealed = fields.get('form') ?? ''
    return sendPage(reply, await choicesFor(asked, { base, sealed, ...chosen }, services))
  }
  if (chosen.act === 'cancel') {
    const declined = new OAuthRefusal('access_denied', 65004, 'The person did not want to sign in.')
    return answerRefusal(declined, asked.returnAddress, to)
  }
  return signIn(chosen.user, asked, services, to)
}

interface Return {
  readonly reply: FastifyReply
  readonly base: string
  readonly tenant: Tenant
}

function signIn(
  user: ObjectId,
  { app, tenant, scope, nonce, challenge, returnAddress }: AuthorizationRequest,
  { signIns, clock }: SignInServices,
  to: Return,
): FastifyReply {
  const { redirectUri } = returnAddress
  const made = newSignIn({ tenant: tenant.id, clientId: app.clientId, user, scope, nonce, at: clock.now() })
  try {
    const code = issueCode(made, { redirectUri, challenge }, signIns.codes)
    return answerApp(new URLSearchParams({ code }), returnAddress, to)
  } catch (error) {
    if (error instanceof OAuthRefusal) return answerRefusal(error, returnAddress, to)
    throw error
  }
}

function choicesFor(
  { app, tenant, granted, returnAddress }: AuthorizationRequest,
  { base, ...shown }: { base: string; sealed: string; beginning: string; wrong: string | null },
  services: SignInServices,
): Promise<Page> {
  const { redirectUri } = returnAddress
  const action = `${base}/${tenant.id}/oauth2/v2.0/login`
  return pageOfChoices({ app, tenant, scopes: granted.names, redirectUri, action, ...shown }, services)
}

function answerRefusal(refusal: OAuthRefusal, returnAddress: ReturnAddress, to: Return): FastifyReply {
  const answer = { error: refusal.error, error_description: descriptionOf(refusal) }
  return answerApp(new URLSearchParams(answer), returnAddress, to)
}

/** Brings an answer to the app, with what it gave to know it by, and who we are (RFC 9207). */
function answerApp(answer: URLSearchParams, address: ReturnAddress, { reply, base, tenant }: Return): FastifyReply {
  if (address.state !== null) answer.set('state', address.state)
  answer.set('iss', issuerOf(base, tenant.id))
  if (address.mode === 'form_post') return sendPage(reply, formPostPage(address, answer))
  return reply.code(303).header('location', answerUrl(address, answer)).send()
}
