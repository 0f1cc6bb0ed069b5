/** Why an issuer cannot be heard, or what it says cannot be used: one sentence for the operator. */
export class IssuerUnavailable extends Error {}

/** Gets a JSON document of an issuer. Throws `IssuerUnavailable`. */
export type FetchDocument = (url: string) => Promise<unknown>

export interface FetchLimits {
  /** From the request to the last byte of the answer. */
  readonly timeoutMs: number
  /** As it is after decompression. */
  readonly bytesMax: number
}

/** Key sets of large issuers have some 20 KB. */
const LIMITS: FetchLimits = { timeoutMs: 5_000, bytesMax: 131_072 }

const JSON_TYPE = /^application\/([\w.-]+\+)?json\s*(;|$)/i

/**
 * Fetches from the very address that is named: no redirect is followed, and no more is read than the limits allow. What is
 * under way ends with `ended`.
 */
export function documentFetcher(
  { timeoutMs, bytesMax }: FetchLimits = LIMITS,
  ended: AbortSignal = new AbortController().signal,
): FetchDocument {
  return async url => {
    const refuse = (reason: string, cause?: unknown): never => {
      throw new IssuerUnavailable(`${url} ${reason}.`, { cause })
    }
    try {
      const response = await fetch(url, {
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ended]),
        headers: { accept: 'application/json', 'cache-control': 'no-cache' },
      })
      if (response.status !== 200) return refuse(`answers ${response.status}`)
      const type = response.headers.get('content-type') ?? ''
      if (!JSON_TYPE.test(type)) return refuse('does not answer JSON')
      return JSON.parse(await readText(response, bytesMax, refuse))
    } catch (error) {
      if (error instanceof IssuerUnavailable) throw error
      return refuse(reasonOf(error, timeoutMs), error)
    }
  }
}

async function readText(response: Response, bytesMax: number, refuse: (reason: string) => never): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > bytesMax) return refuse(`answers more than ${bytesMax / 1_024} KB`)
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof SyntaxError) return 'does not answer well-formed JSON'
  if (!(error instanceof Error)) return 'cannot be read'
  if (error.name === 'TimeoutError') return `does not answer within ${timeoutMs / 1_000} s`
  const code = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : ''
  return `cannot be read${code}`
}
