import http from 'node:http'

/** An answer whose body was read to its end and not kept. */
export interface Drained {
  readonly status: number
  readonly bytes: number
  /** The beginning of the body: a page's link stands there. */
  readonly start: string
}

/** One connection that is kept open, for one request at a time. */
export interface Client {
  readonly get: (path: string, onChunk?: (chunk: Buffer) => void) => Promise<Drained>
  readonly send: (method: 'POST' | 'PATCH', path: string, body: object) => Promise<Drained>
  /** The same with a body as it stands. */
  readonly sendText: (method: 'POST' | 'PATCH', path: string, body: string) => Promise<Drained>
  readonly close: () => void
}

/** In bytes: a context and a link with a state token are shorter. */
const START_LENGTH = 2_048
const SILENCE_MS = 120_000

/**
 * A client of the server at `url`. Paths are below its origin; `token` is the bearer of each request. A server that is
 * silent for longer than `silenceMs` is not waited for.
 */
export function newClient(url: URL, token: string, silenceMs = SILENCE_MS): Client {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1, timeout: silenceMs })
  const authorization = `Bearer ${token}`

  function request(
    options: http.RequestOptions,
    body: string | null,
    onChunk: (chunk: Buffer) => void,
  ): Promise<Drained> {
    const { promise, resolve, reject } = Promise.withResolvers<Drained>()
    const sent = http.request({ host: url.hostname, port: url.port, agent, ...options })
    sent.on('timeout', () => sent.destroy(new Error(`${url.origin} was silent for ${silenceMs / 1000} s.`)))
    sent.on('error', reject)
    sent.on('response', response => {
      let bytes = 0
      let start = ''
      response.on('data', (chunk: Buffer) => {
        if (bytes < START_LENGTH) start += chunk.toString('latin1', 0, START_LENGTH - bytes)
        bytes += chunk.length
        onChunk(chunk)
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, start }))
    })
    sent.end(body)
    return promise
  }

  const sendText: Client['sendText'] = (method, path, body) => {
    const headers = { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    return request({ method, path, headers }, body, () => {})
  }
  return {
    get: (path, onChunk = () => {}) => request({ method: 'GET', path, headers: { authorization } }, null, onChunk),
    send: (method, path, value) => sendText(method, path, JSON.stringify(value)),
    sendText,
    close: () => agent.destroy(),
  }
}
