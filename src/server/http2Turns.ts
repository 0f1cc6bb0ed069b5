import type { IncomingMessage } from 'node:http'
import { Http2ServerRequest, type Http2Session } from 'node:http2'
import { brokenOff } from './errors.ts'

/** Those who wait on one connection, and how many are being answered. */
interface Line {
  readonly waiting: Set<() => void>
  underWay: number
}

/**
 * Gives what resolves when a request of HTTP/2 has its turn: fewer than `underWayMax` of its connection are unanswered or
 * have an answer that is not taken yet. How many may wait, the settings of HTTP/2 say. A request of HTTP/1.1 is let pass.
 *
 * Throws `BadRequest` where the request is taken back meanwhile.
 */
export function http2Turns(underWayMax: number): (raw: IncomingMessage) => Promise<void> {
  const lines = new WeakMap<Http2Session, Line>()
  return async raw => {
    if (!(raw instanceof Http2ServerRequest)) return
    const { stream } = raw
    const { session } = stream
    if (session === undefined || stream.destroyed) throw brokenOff()
    const line = lines.get(session) ?? { waiting: new Set(), underWay: 0 }
    lines.set(session, line)
    const begin = (): void => {
      line.underWay += 1
      stream.once('close', () => {
        line.underWay -= 1
        const [next] = line.waiting
        next?.()
      })
    }
    if (line.underWay < underWayMax) return begin()
    await new Promise<void>(resolve => {
      const leave = (): void => {
        line.waiting.delete(mine)
        resolve()
      }
      const mine = (): void => {
        begin()
        leave()
      }
      line.waiting.add(mine)
      stream.once('close', leave)
    })
    if (stream.closed) throw brokenOff()
  }
}
