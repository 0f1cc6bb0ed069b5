import type { ExternalIssuer } from './externalIssuer.ts'

/** Whom the server believes: itself, others, or both; somebody at least. */
export type Trust =
  | { readonly local: true; readonly external: readonly ExternalIssuer[] }
  | { readonly local: false; readonly external: readonly [ExternalIssuer, ...ExternalIssuer[]] }

export const LOCAL_ALONE: Trust = { local: true, external: [] }
