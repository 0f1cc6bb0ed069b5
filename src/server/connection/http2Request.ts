import type { IncomingMessage } from 'node:http'
import { constants, Http2ServerRequest } from 'node:http2'

/**
 * HTTP/2 needs no header to say that a body follows, and the framework reads one without a type only where a header says
 * so: what has none may be taken for bytes (RFC 9110 §8.3).
 */
export function announceBody(raw: IncomingMessage): void {
  if (!(raw instanceof Http2ServerRequest) || raw.stream.endAfterHeaders) return
  raw.headers['content-type'] ??= 'application/octet-stream'
}

/**
 * Whether the client took back an HTTP/2 request. Node then gives what has come of its body as if that were all. (In
 * HTTP/1.1 it fails to read the body.)
 */
export function isTakenBack(raw: IncomingMessage): boolean {
  return raw instanceof Http2ServerRequest && raw.stream.closed
}

/**
 * Whether a request of HTTP/2, which nobody has begun to read, brings anything but its head: there no header need say so.
 * Waits for its first byte, or for the word that none comes.
 */
export async function hasContent(raw: IncomingMessage): Promise<boolean> {
  if (!(raw instanceof Http2ServerRequest) || raw.stream.endAfterHeaders) return false
  const { promise, resolve } = Promise.withResolvers<boolean>()
  raw.once('data', () => resolve(true)).once('end', () => resolve(false))
  raw.stream.once('close', () => resolve(false))
  return promise
}

/** Whether the client went away before the request's body was whole. */
export function isBrokenOff(raw: IncomingMessage): boolean {
  if (!(raw instanceof Http2ServerRequest)) return !raw.complete && raw.destroyed
  return raw.stream.closed && !raw.stream.endAfterHeaders && !raw.readableEnded
}

/** Ends a request of HTTP/2 whose body, from its turn on, takes longer than `requestMs` to arrive. */
export function endIfSlow(raw: IncomingMessage, requestMs: number): void {
  if (!(raw instanceof Http2ServerRequest)) return
  const { stream } = raw
  if (stream.endAfterHeaders || stream.destroyed) return
  const timer = setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), requestMs)
  const clear = (): void => clearTimeout(timer)
  stream.once('end', clear).once('close', clear)
}
