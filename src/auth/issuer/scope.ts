import type { App } from '../../store/store.ts'
import { GRAPH_RESOURCE } from './issuer.ts'
import { OAuthRefusal } from './oauthRefusal.ts'

/** OpenID Connect's own, which belong to no resource (Core §5.4 and §11). */
export const OPENID_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const
export type OpenIdScope = (typeof OPENID_SCOPES)[number]

/** What an app asks for on behalf of a person, and was granted: all at one resource. */
export interface GrantedScope {
  readonly audience: string
  /** Graph's names of what the app may do. */
  readonly names: readonly string[]
  readonly openId: ReadonlySet<OpenIdScope>
  /** The resource's scopes as the token answer tells them: by the spelling that was asked, since clients find tokens by it. */
  readonly told: readonly string[]
}

/** What every app is granted on behalf of people: to know who has signed in. Microsoft's samples ask for nothing else. */
const GRANTED_TO_ALL = ['User.Read']

const CHARACTERS_MAX = 2_048
/** What a scope is that stands for all which the app was granted at its resource. */
const ALL = '.default'

/** The resource of a scope that is exactly `<resource>/.default`: what an app may ask for by itself. */
export function readAudience(scope: string, bases: readonly string[]): string {
  const { audience, name } = readName(scope, bases) ?? {}
  if (audience !== undefined && name === ALL && scope !== ALL) return audience
  const allowed = [GRAPH_RESOURCE, ...bases].map(known => `${known}/${ALL}`).join(' or ')
  throw invalid(70011, `The scope must be ${allowed}.`)
}

/** Reads a list of scopes against what the app was granted on behalf of people. Throws an `OAuthRefusal`. */
export function readScope(text: string, bases: readonly string[], app: App): GrantedScope {
  if (text.length > CHARACTERS_MAX) throw invalid(70011, 'The scope is too long.')
  const asked = new Set(text.split(' ').filter(Boolean))
  const openId = new Set(OPENID_SCOPES.filter(name => asked.delete(name)))
  const scopes = [...asked].map(spelled => ({ spelled, ...known(spelled, bases) }))
  const audiences = new Set(scopes.map(({ audience }) => audience))
  if (audiences.size > 1) throw invalid(28000, 'The scopes are of more than one resource.')
  const [audience = GRAPH_RESOURCE] = audiences
  const all = scopes.find(({ name }) => name === ALL)
  if (all !== undefined && scopes.length > 1) throw invalid(70011, `${ALL} and other scopes exclude each other.`)
  if (all === undefined) {
    const names = scopes.map(({ name }) => granted(name, app))
    const isNothing = names.length === 0 && [...openId].every(name => name === 'offline_access')
    if (isNothing) throw invalid(70011, 'The scope names nothing that a token could be for.')
    return { audience, names, openId, told: scopes.map(({ spelled }) => spelled) }
  }
  const names = grantedTo(app)
  return { audience, names, openId, told: [...names.map(name => `${audience}/${name}`), all.spelled] }
}

function known(spelled: string, bases: readonly string[]): { readonly audience: string; readonly name: string } {
  const found = readName(spelled, bases)
  if (found === null) throw invalid(70011, `The scope '${spelled}' is of no resource that is known here.`)
  return found
}

/** A scope's resource and its name there. One without a resource is Graph's; a slash at the resource's end is not part of it. */
function readName(spelled: string, bases: readonly string[]): { audience: string; name: string } | null {
  if (/^[A-Za-z.-]+$/.test(spelled)) return { audience: GRAPH_RESOURCE, name: spelled }
  const [, resource, name] = /^(\S+?)\/?\/([A-Za-z.-]+)$/.exec(spelled) ?? []
  const audience = [GRAPH_RESOURCE, ...bases].find(one => one === resource)
  return audience === undefined || name === undefined ? null : { audience, name }
}

function granted(name: string, app: App): string {
  const found = grantedTo(app).find(scope => scope.toLowerCase() === name.toLowerCase())
  if (found !== undefined) return found
  throw invalid(65001, `The app '${app.displayName}' was not granted '${name}' on behalf of people.`)
}

function grantedTo({ scopes }: App): readonly string[] {
  return [...new Set([...GRANTED_TO_ALL, ...scopes])]
}

function invalid(aadsts: number, message: string): OAuthRefusal {
  return new OAuthRefusal('invalid_scope', aadsts, message)
}
