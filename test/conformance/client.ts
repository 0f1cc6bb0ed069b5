import assert from 'node:assert/strict'
import type { Answer } from '../replay/connection.ts'
import type { Target, TokenName } from './target.ts'

/** An answer, with its body read as JSON where it is that. */
export interface Reply extends Answer {
  /** Undefined where the body is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: cases look at bodies as their readers do
  readonly body: any
}

export interface How {
  /** Sent as JSON; text as it is. */
  readonly body?: unknown
  readonly prefer?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Whose token is sent, the writer's unless said; null for none. */
  readonly token?: TokenName | null
}

/** `path` begins with the version (`/v1.0/groups`), or is a whole link of the server. */
export type Ask = (method: string, path: string, how?: How) => Promise<Reply>

/** Of 429s to one request; then it is what the server answers. */
const REPEATS_MAX = 5

/** Sends requests to a target. A link that leads to another origin gets no token: it is a failure. */
export function clientOf({ url, alias, send, tokens, wait }: Target): Ask {
  const origins = [url, ...(alias === null ? [] : [alias])].map(known => new URL(known).origin)
  return async (method, path, { body, prefer, headers, token = 'writer' } = {}) => {
    const address = new URL(path.startsWith('/') ? url + path : path)
    assert.ok(origins.includes(address.origin), `${path} leads away from the server`)
    for (let repeats = 0; ; repeats += 1) {
      const sent: Record<string, string> = {}
      if (token !== null) sent['authorization'] = `Bearer ${await tokens[token]?.()}`
      if (prefer !== undefined) sent['prefer'] = prefer
      if (body !== undefined) sent['content-type'] = 'application/json'
      const answer = await send({
        method,
        url: address,
        headers: { ...sent, ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      const seconds = Number(answer.headers['retry-after'])
      if (answer.status !== 429 || !(seconds >= 0) || repeats === REPEATS_MAX) {
        return { ...answer, body: jsonOf(answer.text) }
      }
      await wait(seconds * 1000)
    }
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An answer in a few words, for those who read why a case failed. */
export function shown({ status, text }: Reply): string {
  return `${status} ${text.slice(0, 600)}`
}
