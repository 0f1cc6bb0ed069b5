import type { Answer, Connections } from './connection.ts'
import { Fault } from './fault.ts'
import type { TokenSource } from './token.ts'

/** A Graph service as one app sees it. */
export interface Graph {
  /** The root that paths stand under, as `http://localhost:3000/v1.0`. */
  readonly root: string
  /** Asks for a path below the root, or for a link that the service gave, and takes any answer. */
  ask(method: string, target: string, options?: AskOptions): Promise<Answer>
  /** The same, but any other status than `expected` is a `Fault` (exit 1). Gives the body, undefined where there is none. */
  call(method: string, target: string, expected: number, options?: AskOptions): Promise<unknown>
}

export interface AskOptions {
  readonly body?: object
  readonly prefer?: string
  /** Whose token is sent where it is not the app's own. */
  readonly token?: TokenSource
}

/**
 * A service at `url`, asked as version 1.0. The token goes to that origin only: a link to any other is a `Fault`. When
 * `signal` is aborted nothing more is sent.
 */
export function openGraph(
  url: URL,
  { send }: Pick<Connections, 'send'>,
  tokenSource: TokenSource,
  signal: AbortSignal,
): Graph {
  const root = `${url.href.replace(/\/+$/, '')}/v1.0`

  async function ask(
    method: string,
    target: string,
    { body, prefer, token = tokenSource }: AskOptions = {},
  ): Promise<Answer> {
    signal.throwIfAborted()
    const address = new URL(target.startsWith('/') ? root + target : target)
    if (address.origin !== url.origin) throw new Fault(1, `${target} leads away from ${url.origin}.`)
    const headers: Record<string, string> = {
      accept: 'application/json',
      authorization: `Bearer ${await token()}`,
    }
    if (prefer !== undefined) headers['prefer'] = prefer
    if (body === undefined) return send({ method, url: address, headers })
    headers['content-type'] = 'application/json'
    return send({ method, url: address, headers, body: JSON.stringify(body) })
  }

  async function call(method: string, target: string, expected: number, options?: AskOptions): Promise<unknown> {
    const answer = await ask(method, target, options)
    if (answer.status !== expected) throw unexpected(`${method} ${target}`, answer, String(expected))
    return answer.text === '' ? undefined : jsonOf(answer, `${method} ${target}`)
  }

  return { root, ask, call }
}

/** The body of an answer to `request`, which must be JSON. */
export function jsonOf(answer: Answer, request: string): unknown {
  try {
    return JSON.parse(answer.text)
  } catch (cause) {
    throw new Fault(1, `${request} was answered with something that is not JSON.`, { cause })
  }
}

/** The fault of an answer with another status than the one that was due, with the service's own words. */
export function unexpected(request: string, answer: Answer, expected: string): Fault {
  return new Fault(1, `${request} was answered ${answer.status} instead of ${expected}${errorOf(answer.text)}.`)
}

function errorOf(text: string): string {
  try {
    const { code, message } = JSON.parse(text).error
    return `: ${code}, "${message}"`
  } catch {
    return text === '' ? '' : `: ${text.slice(0, 200)}`
  }
}
