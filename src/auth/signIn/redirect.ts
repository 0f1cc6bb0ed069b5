/** How the browser brings an answer back to the app. */
export const RESPONSE_MODES = ['query', 'fragment', 'form_post'] as const
export type ResponseMode = (typeof RESPONSE_MODES)[number]

/** Where the answer to an authorization request goes, whatever it is. */
export interface ReturnAddress {
  readonly redirectUri: string
  readonly mode: ResponseMode
  readonly state: string | null
}

/** Schemes by which a browser goes to no app, but runs or shows what stands in the address. */
const OF_THE_BROWSER = /^\s*(javascript|data|vbscript|blob|file|about|view-source):/i

/** Of this machine alone, over plain http (RFC 8252 §7.3). */
const LOOPBACK_WITHOUT_PORT = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(\/.*)?$/
const PORT = /^:\d{1,5}(?=\/|$)/

/**
 * Whether an app may ask to have people sent there: letter by letter what was registered. A program on the person's own
 * machine takes any port that is free: one that was registered without a port is good with each port that there is (RFC
 * 8252 §7.3).
 */
export function matchesRedirect(asked: string, registered: string): boolean {
  if (OF_THE_BROWSER.test(asked) || !URL.canParse(asked)) return false
  if (asked === registered) return true
  const [, host, path = ''] = LOOPBACK_WITHOUT_PORT.exec(registered) ?? []
  if (host === undefined || !asked.startsWith(host)) return false
  const rest = asked.slice(host.length)
  return PORT.test(rest) && rest.replace(PORT, '') === path
}

/** The URL that brings an answer to the app in its query or its fragment. */
export function answerUrl({ redirectUri, mode }: ReturnAddress, answer: URLSearchParams): string {
  const url = new URL(redirectUri)
  if (mode === 'fragment') url.hash = answer.toString()
  else url.search = [url.search.slice(1), answer.toString()].filter(Boolean).join('&')
  return url.href
}
