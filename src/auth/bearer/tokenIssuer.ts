import type { JWK, JWTPayload } from 'jose'
import type { TenantId } from '../../core/id.ts'
import type { NamedCaller } from '../caller.ts'

/** The algorithms of RFC 7518 §3.1 with which an issuer may sign. */
export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

/** A public key that an issuer signs with. Its `alg` binds it to one algorithm; jose would else try others too. */
export interface VerificationKey {
  readonly kid: string
  readonly publicJwk: JWK
  /** The one issuer whose tokens it signs, where the key set says so; `{tenantid}` in it stands for any tenant. */
  readonly issuer?: string
}

/** The keys of an issuer. Both throw `serviceNotAvailable` where they are not known. */
export interface IssuerKeys {
  /** Those that it signs with now, as far as is known. A key that stays is the same object. */
  readonly current: () => Promise<readonly VerificationKey[]>
  /** The one with this id, null where there is none. */
  readonly find: (kid: string) => Promise<VerificationKey | null>
}

/** What every token of an issuer must be like. */
export interface TokenRules {
  readonly algorithms: readonly SigningAlgorithm[]
  /** Of the header (RFC 8725 §3.11). */
  readonly typ: string
  /** The claims that must be there, whatever they say. */
  readonly claims: readonly string[]
  /** The names by which tokens are for this server. */
  readonly audiences: () => readonly string[]
  /** Whether others may stand beside ours in `aud`. */
  readonly severalAudiences: boolean
}

/** One whose tokens are believed. */
export interface TokenIssuer {
  /** Whether a token with this `iss` is one of its own, as far as that tells. */
  readonly isNamedBy: (iss: string) => boolean
  readonly keys: IssuerKeys
  readonly rules: TokenRules
  /** Whom the claims of a token name that is verified and valid now. Throws `InvalidAuthenticationToken`. */
  readonly read: (claims: JWTPayload, key: VerificationKey) => NamedCaller
  /** Where one signs in to a tenant; in general for null. */
  readonly signIn: (tenant: TenantId | null) => string
}
