/** Text without its percent-encoding (RFC 3986 §2.1), taken off once; null for a broken escape and for bytes that are not UTF-8. */
export function decodePercent(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
