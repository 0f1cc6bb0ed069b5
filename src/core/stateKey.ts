/** Seals the tokens of links: random bytes for HMAC-SHA-256, named in every token by the four bytes of `id`. */
export interface StateKey {
  readonly id: Uint8Array
  /** 32 bytes or more. */
  readonly secret: Uint8Array
}
