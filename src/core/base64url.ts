/**
 * The bytes of base64url text in its one canonical spelling, else null. Node's decoder also takes padding, the other
 * alphabet, foreign characters and stray trailing bits, so that many texts would name the same bytes.
 */
export function decodeBase64url(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? new Uint8Array(bytes) : null
}

export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64url')
}
