import { Problem } from '../../core/problem.ts'

/** The texts that clients know (observed of real Graph). Why else a token was refused is told to the log alone, as the cause. */
export const EMPTY = 'Access token is empty.'
export const MALFORMED = 'CompactToken parsing failed with error code: 80049217'
export const EXPIRED = 'Lifetime validation failed, the token is expired.'
export const NOT_YET_VALID = 'Access token has expired or is not yet valid.'
export const WRONG_AUDIENCE = 'Access token validation failure. Invalid audience.'
/** Ours: of such tokens Graph's documents do not tell. */
export const NO_PERSON = 'The user of the access token is deleted or disabled.'
export const SIGN_IN_ENDED = 'The sign-in of the access token has ended.'
export const PERSONAL = 'The access token is of a personal account, and only those of an organization are served.'

/** The refusal of a token. `signIn` is where its holder gets a new one; null where nothing of the token is proven. */
export class TokenProblem extends Problem {
  readonly signIn: string | null

  constructor(message: string, reason: string, signIn: string | null) {
    super('InvalidAuthenticationToken', message, { cause: reason })
    this.signIn = signIn
  }
}

/** The refusal of a token of which nothing is known. `reason` is for the log alone. */
export function refused(message: string, reason: string): Problem {
  return new TokenProblem(message, reason, null)
}

/** The refusal of a token whose tenant is not there, or was deleted while its request was under way. */
export function unknownTenant(): Problem {
  return refused(MALFORMED, 'the tenant is not known')
}

/** The `WWW-Authenticate` of every 401: where a client gets a token, and the id that Graph's own tokens bear. */
export function wwwAuthenticate(signIn: string): string {
  const graph = '00000003-0000-0000-c000-000000000000'
  return `Bearer realm="", authorization_uri="${signIn}", client_id="${graph}"`
}
