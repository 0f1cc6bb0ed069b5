import type { IncomingMessage } from 'node:http'
import { Http2ServerRequest, type Http2Session } from 'node:http2'
import { brokenOff } from '../errors.ts'
import { turnsInLines } from './lines.ts'

/**
 * Gives what resolves when a request of HTTP/2 has its turn: fewer than `underWayMax` of its connection are unanswered or
 * have an answer that is not taken yet. How many may wait, the settings of HTTP/2 say. A request of HTTP/1.1 is let pass.
 *
 * Throws `BadRequest` where the request is taken back meanwhile.
 */
export function http2Turns(underWayMax: number): (raw: IncomingMessage) => Promise<void> {
  const take = turnsInLines<Http2Session>(underWayMax)
  return async raw => {
    if (!(raw instanceof Http2ServerRequest)) return
    const { stream } = raw
    const { session } = stream
    if (session === undefined || stream.destroyed || !(await take(session, stream))) throw brokenOff()
  }
}
