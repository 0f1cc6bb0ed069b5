import { afterSignOut } from '../../auth/signIn/endSession.ts'
import { findTenant } from '../../auth/tokenRequest.ts'
import { readForm } from '../form.ts'
import { queryOf, type SignInHandler, tenantIn } from './handler.ts'
import { sendPage } from './page.ts'
import { messagePage } from './pages.ts'

/**
 * GET and POST /{tenant}/oauth2/v2.0/logout: nobody stays signed in here, so there is nothing to end. An app that sends
 * people here when they sign out, as MSAL does, gets them back.
 */
export const signOut: SignInHandler = async (request, reply, { store }) => {
  const tenant = await findTenant({ tenant: tenantIn(request), store })
  const form = request.method === 'POST' ? readForm(request) : new URLSearchParams(queryOf(request))
  const address = await afterSignOut({ form, tenant, store })
  if (address !== null) return reply.code(303).header('location', address).send()
  return sendPage(reply, messagePage(200, 'You are signed out', 'You can close this page.'))
}
