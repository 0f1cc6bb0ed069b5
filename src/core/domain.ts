/**
 * A domain in lower case: in the letters A to Z alone (RFC 4343 §3). Another sign that Unicode folds to one of them, such
 * as U+212A for k, makes another domain.
 */
export function foldDomain(text: string): string {
  return text.replaceAll(/[A-Z]+/g, letters => letters.toLowerCase())
}
