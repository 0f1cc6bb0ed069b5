import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OAuthRefusal, statusOf } from '../../auth/issuer/oauthRefusal.ts'
import { FORM_BYTES_MAX } from '../form.ts'
import type { Services } from '../services.ts'
import { choosePerson, showAuthorization } from './authorizePages.ts'
import { enterCode, showDevice } from './devicePages.ts'
import { answerDeviceRequest } from './deviceRequest.ts'
import type { SignInHandler } from './handler.ts'
import { sendPage } from './page.ts'
import { messagePage } from './pages.ts'
import { signOut } from './signOutPage.ts'

/** The longest query that a head can hold, sealed, and a name that was looked for, in bytes. */
const CHOICE_BYTES_MAX = 3 * FORM_BYTES_MAX

/** The paths by which people sign in, at Entra's places where it has them. What is refused there people read as a page. */
export function serveSignIn(app: FastifyInstance, services: Services): void {
  const page = (handler: SignInHandler) => async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      const { signIns } = services
      if (signIns === null) throw nobody()
      return await handler(request, reply, { ...services, signIns })
    } catch (error) {
      if (error instanceof OAuthRefusal) return sendPage(reply, refusalPage(error))
      throw error
    }
  }
  const form = { bodyLimit: FORM_BYTES_MAX }
  app.get('/:tenant/oauth2/v2.0/authorize', page(showAuthorization))
  app.post('/:tenant/oauth2/v2.0/login', { bodyLimit: CHOICE_BYTES_MAX }, page(choosePerson))
  app.get('/:tenant/oauth2/v2.0/logout', page(signOut))
  app.post('/:tenant/oauth2/v2.0/logout', form, page(signOut))
  app.get('/devicelogin', page(showDevice))
  app.post('/devicelogin', form, page(enterCode))
  app.post('/:tenant/oauth2/v2.0/devicecode', form, (request, reply) => answerDeviceRequest(request, reply, services))
}

function nobody(): OAuthRefusal {
  return new OAuthRefusal(
    'unauthorized_client',
    70003,
    'Nobody signs in here: people do on a demonstration (--demo) alone.',
  )
}

function refusalPage(refusal: OAuthRefusal) {
  return messagePage(statusOf(refusal), 'This does not work', refusal.message)
}
