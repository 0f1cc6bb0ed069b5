import { isRecord } from '../../core/record.ts'
import { ENTRA_ALGORITHMS, type EntraPlace, entraIssuer } from './entraProfile.ts'
import { type FetchDocument, IssuerUnavailable } from './issuerDocument.ts'
import { readKeySet } from './keySet.ts'
import { type RemoteKeys, remoteKeys } from './remoteKeys.ts'
import { STANDARD_ALGORITHMS, type StandardPlace, standardIssuer } from './standardProfile.ts'
import type { TokenIssuer, VerificationKey } from './tokenIssuer.ts'

/** An issuer that is not the server itself, as the operator names it. */
export interface IssuerSettings {
  readonly place: EntraPlace | StandardPlace
  /** Where its keys are; null for where its discovery document says, which must be at the same origin. */
  readonly keysUrl: string | null
  /** The names by which its tokens are for this server; at least one. */
  readonly audiences: readonly string[]
}

export interface ExternalIssuer extends TokenIssuer {
  /** What the operator calls it: its URL. */
  readonly name: string
  readonly keys: RemoteKeys
}

/** The world outside of an issuer. `elapsed` is in milliseconds since some fixed moment. */
export interface IssuerSurroundings {
  readonly fetchDocument: FetchDocument
  readonly elapsed: () => number
}

/** Nothing is fetched before it is needed. */
export function externalIssuer(
  { place, keysUrl, audiences }: IssuerSettings,
  { fetchDocument, elapsed }: IssuerSurroundings,
): ExternalIssuer {
  const keys = remoteKeys(keyFetcher(place, keysUrl, fetchDocument), elapsed)
  const issuer =
    place.profile === 'entra' ? entraIssuer(place, audiences, keys) : standardIssuer(place, audiences, keys)
  return { ...issuer, keys, name: issuerName(place) }
}

/** The `issuer` of its discovery document, in which Entra's stands for all tenants as `{tenantid}`. */
function issuerName(place: EntraPlace | StandardPlace): string {
  return place.profile === 'standard' ? place.url : `${place.base}/${place.tenant ?? '{tenantid}'}/v2.0`
}

/** Finds out where the keys are, and once more after they could not be had from there. */
function keyFetcher(
  place: EntraPlace | StandardPlace,
  keysUrl: string | null,
  fetchDocument: FetchDocument,
): () => Promise<readonly VerificationKey[]> {
  const algorithms = place.profile === 'entra' ? ENTRA_ALGORITHMS : STANDARD_ALGORITHMS
  let found: string | null = null
  return async () => {
    const url = keysUrl ?? found ?? (await discoverKeys(place, fetchDocument))
    found = null
    const keys = readKeySet(await fetchDocument(url), algorithms, url)
    found = url
    return keys
  }
}

/** OpenID Connect Discovery 1.0 §4. */
async function discoverKeys(place: EntraPlace | StandardPlace, fetchDocument: FetchDocument): Promise<string> {
  const root = place.profile === 'standard' ? place.url : `${place.base}/${place.tenant ?? 'organizations'}/v2.0`
  const url = `${root.replace(/\/$/, '')}/.well-known/openid-configuration`
  const document = await fetchDocument(url)
  const { issuer, jwks_uri: keys } = isRecord(document) ? document : {}
  if (issuer !== issuerName(place)) throw new IssuerUnavailable(`${url} does not name the issuer ${issuerName(place)}.`)
  const address = typeof keys === 'string' && URL.canParse(keys) ? new URL(keys) : null
  if (address === null) throw new IssuerUnavailable(`${url} does not name its keys.`)
  if (address.origin !== new URL(url).origin || address.username !== '' || address.password !== '') {
    throw new IssuerUnavailable(
      `${url} names keys at another place, ${address.origin}: name them yourself, with keys=.`,
    )
  }
  return address.href
}
