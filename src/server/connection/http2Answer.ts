import type { ServerResponse } from 'node:http'
import { constants, Http2ServerResponse } from 'node:http2'
import { Readable } from 'node:stream'

/**
 * Watches an answer that is about to be sent and, over HTTP/2, gives it in pieces: Node tells when it is done with a
 * piece, nothing of how far it is within one. Ends the request whose client takes no whole piece in `stalledMs`, whatever
 * else goes on on the connection, and lets go of the answer. Node's own timers look at the connection alone.
 */
export function inPieces(raw: ServerResponse, payload: unknown, stalledMs: number): unknown {
  if (!(raw instanceof Http2ServerResponse)) return payload
  const { stream } = raw
  if (stream.destroyed) return payload
  const timer = setTimeout(() => {
    stream.close(constants.NGHTTP2_CANCEL)
    stream.destroy()
  }, stalledMs)
  stream.on('drain', () => timer.refresh()).once('close', () => clearTimeout(timer))
  // A piece that fills the buffer is followed by a 'drain'.
  const pieceBytes = stream.writableHighWaterMark
  if (!Buffer.isBuffer(payload) || payload.length <= pieceBytes) return payload
  raw.setHeader('content-length', payload.length)
  return Readable.from(piecesOf(payload, pieceBytes))
}

function* piecesOf(bytes: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}
