import type { Command } from 'commander'
import { ENTRA_AUTHORITIES, type EntraPlace } from '../auth/bearer/entraProfile.ts'
import type { IssuerSettings } from '../auth/bearer/externalIssuer.ts'
import { isGuid, parseTenantId, type TenantId } from '../core/id.ts'
import { isLoopback } from '../server/publicBase.ts'
import { type Given, givenList, listOption, option, readSwitch } from './option.ts'
import { Refusal } from './refusal.ts'

type Place = IssuerSettings['place']

/** Whose tokens a server is to believe. */
export interface IssuerOrder {
  readonly local: boolean
  readonly external: readonly IssuerSettings[]
}

const HELP = `
Issuers:
  --issuer URL[,profile=entra|standard][,tenant=ID][,keys=URL] has the server believe the access tokens of another
  issuer, where they are for one of the --audience names. The URL is https, or http on loopback. The profile is
  entra      where the URL is https://login.microsoftonline.com/TENANT/v2.0, or of another cloud of Microsoft's;
             TENANT is a tenant id, or 'organizations' for every tenant that this directory has.
             With profile=entra another issuer of such tokens: https://HOST/TENANT/v2.0
  standard   everywhere else: access tokens by RFC 9068 for the tenant that tenant= names
  Its keys are at the same host, as its discovery document says, or where keys= says.
  Tenants are made with 'tidemark tenant create --id ID'. TIDEMARK_ISSUER and TIDEMARK_AUDIENCE have blanks between.
`

export function addIssuerOptions(command: Command): Command {
  return command
    .addOption(
      listOption('--issuer <url>', 'believe the tokens of this issuer too (see below); can stand several times'),
    )
    .addOption(listOption('--audience <name>', 'with --issuer: what its tokens call this server; several times'))
    .addOption(option('--without-local-issuer', 'issue no tokens, and believe those of --issuer alone'))
    .addHelpText('after', HELP)
}

/** Throws a `Refusal` for what is no issuer, and for issuers that cannot be told apart. */
export function readIssuers(command: Command): IssuerOrder {
  const issuers = givenList(command, 'issuer')
  const audiences = givenList(command, 'audience')
  const local = !readSwitch(command, 'without-local-issuer')
  const [first] = issuers
  if (first === undefined) {
    if (audiences[0] !== undefined)
      throw new Refusal(`${audiences[0].name} is for tokens of an --issuer: name that too.`)
    if (!local) throw new Refusal('Without the local issuer the server needs an --issuer, or nobody can ask it.')
    return { local, external: [] }
  }
  if (audiences.length === 0) {
    throw new Refusal(`${first.name} needs --audience: what the tokens of the issuer call this server, in 'aud'.`)
  }
  const names = audiences.map(readAudience)
  const external = issuers.map(given => ({ ...readIssuer(given), audiences: names }))
  refuseAlike(
    first,
    external.map(({ place }) => place),
  )
  return { local, external }
}

function readAudience({ text, name }: Given): string {
  if (/^[\x21-\x7e]{1,256}$/.test(text)) return text
  throw new Refusal(`${name} must be a name without blanks, not '${text}'.`)
}

function readIssuer(given: Given): Omit<IssuerSettings, 'audiences'> {
  const [text = '', ...settings] = given.text.split(',')
  const { profile, tenant, keys } = readTerms(given, settings)
  const url = readUrl(given, text)
  const authority = authorityOf(url)
  const keysUrl = keys === undefined ? null : readUrl(given, keys).href
  if ((profile ?? (authority === null ? 'standard' : 'entra')) === 'entra') {
    if (tenant !== undefined) throw new Refusal(`${given.name}: '${text}' names its tenant itself, without tenant=.`)
    return {
      place: readEntraPlace(given, authority === null ? url.href : `${authority}${versioned(url)}`, authority),
      keysUrl,
    }
  }
  if (authority !== null) throw new Refusal(`${given.name}: '${text}' is Microsoft Entra, which has the profile entra.`)
  if (tenant === undefined) {
    throw new Refusal(`${given.name}: '${text}' needs tenant= after it, the id of the tenant for which it speaks.`)
  }
  return { place: { profile: 'standard', url: text, tenant: readTenantId(given, tenant) }, keysUrl }
}

interface IssuerTerms {
  readonly profile?: 'entra' | 'standard'
  readonly tenant?: string
  readonly keys?: string
}

function readTerms({ name }: Given, settings: readonly string[]): IssuerTerms {
  const found = new Map<string, string>()
  for (const setting of settings) {
    const [, term = '', value = ''] = /^(profile|tenant|keys)=(.+)$/.exec(setting) ?? []
    if (term === '' || found.has(term)) {
      throw new Refusal(`${name}: after the URL stand profile=, tenant= and keys=, each once, not '${setting}'.`)
    }
    found.set(term, value)
  }
  const [profile, tenant, keys] = [found.get('profile'), found.get('tenant'), found.get('keys')]
  if (profile !== undefined && profile !== 'entra' && profile !== 'standard') {
    throw new Refusal(`${name}: profile must be one of entra, standard, not '${profile}'.`)
  }
  return { ...(profile && { profile }), ...(tenant && { tenant }), ...(keys && { keys }) }
}

/** https, since whoever answers for an issuer can be anybody in the directory. */
function readUrl({ name }: Given, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(bare(url.hostname)))
  if (url !== null && isSafe && url.href === url.origin + url.pathname) return url
  throw new Refusal(
    `${name} must be an https URL (http on loopback alone) without query, fragment and credentials, not '${text}'.`,
  )
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** The authority of Entra whose issuer a URL is, of either version; null for any other place. */
function authorityOf({ origin }: URL): string | null {
  return Object.entries(ENTRA_AUTHORITIES).find(pair => pair.includes(origin))?.[0] ?? null
}

/** The path of the issuer of version 2.0, whichever way Entra's is written. */
function versioned({ pathname }: URL): string {
  return `${pathname.replace(/\/$/, '').replace(/\/v2\.0$/, '')}/v2.0`
}

function readEntraPlace({ name }: Given, text: string, authority: string | null): EntraPlace {
  const [, base = '', segment = ''] = /^(.+)\/([^/]+)\/v2\.0\/?$/.exec(text) ?? []
  const isPlace = base !== '' && (authority === null || base === authority)
  if (isPlace && ['common', 'organizations'].includes(segment)) return { profile: 'entra', base, tenant: null }
  if (isPlace && isGuid(segment)) return { profile: 'entra', base, tenant: parseTenantId(segment) }
  throw new Refusal(`${name}: '${text}' must end in TENANT/v2.0, with the id of a tenant or 'organizations'.`)
}

function readTenantId({ name }: Given, text: string): TenantId {
  if (isGuid(text)) return parseTenantId(text)
  throw new Refusal(`${name}: tenant must be the id of a tenant, not '${text}'.`)
}

/** A token names one issuer, whose rules it is held to. */
function refuseAlike({ name }: Given, places: readonly Place[]): void {
  for (const [index, place] of places.entries()) {
    const alike = places.some((other, at) => at !== index && covers(other, nameOf(place)))
    if (alike) throw new Refusal(`${name}: '${nameOf(place)}' is named twice, or is one of all tenants of another.`)
  }
}

function nameOf(place: Place): string {
  return place.profile === 'standard' ? place.url : `${place.base}/${place.tenant ?? 'organizations'}/v2.0`
}

function covers(place: Place, iss: string): boolean {
  const ofAll = place.profile === 'entra' && place.tenant === null
  return iss === nameOf(place) || (ofAll && iss.startsWith(`${place.base}/`) && iss.endsWith('/v2.0'))
}
