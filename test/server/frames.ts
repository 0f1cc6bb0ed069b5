import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import type { Listener } from './aListener.ts'

/** Frames of HTTP/2 (RFC 9113 §6), written by hand: a client library sends none that are wrong or cut short. */
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 } as const
export const END_STREAM = 1
const END_HEADERS = 4

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

export type Header = readonly [name: string, value: string]

/** The head of a request; each header as it stands, in no table (RFC 7541 §6.2.2). */
export function head(stream: number, headers: Readonly<Record<string, string>> | readonly Header[], flags = 0): Buffer {
  const pairs = Array.isArray(headers) ? headers : Object.entries(headers)
  const fields = pairs.flatMap(pair => [Buffer.of(0), ...pair.map(hpackText)])
  return frame(FRAME.headers, END_HEADERS | flags, stream, Buffer.concat(fields))
}

/** A text and its length, seven bits of which stand in the first byte (RFC 7541 §5.1, §5.2). */
function hpackText(text: string): Buffer {
  const bytes = Buffer.from(text)
  const length: number[] = []
  if (bytes.length < 127) length.push(bytes.length)
  else {
    length.push(127)
    let rest = bytes.length - 127
    for (; rest >= 128; rest >>= 7) length.push(128 | (rest & 127))
    length.push(rest)
  }
  return Buffer.concat([Buffer.from(length), bytes])
}

/** The headers of a write by the one who may do all. */
export function writeHeaders({ url, token }: Listener, path: string): Record<string, string> {
  const { host } = new URL(url)
  return {
    ':method': 'POST',
    ':path': path,
    ':scheme': 'https',
    ':authority': host,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  }
}

/** A connection to a listener that speaks https, its preface sent. */
export async function aFrameSocket(context: TestContext, { port, ca }: Listener): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...(ca !== null && { ca }) })
  // A server that closes on what it has not read resets the connection.
  socket.on('error', () => {})
  context.after(() => socket.destroy())
  await once(socket, 'secureConnect')
  socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(FRAME.settings, 0, 0)]))
  return socket
}

/** Resolves once the server has answered a PING, and so has read all that was sent before it; false when it ends instead. */
export async function isRead(socket: TLSSocket): Promise<boolean> {
  const mark = Buffer.from('frame by')
  const answer = frame(FRAME.ping, 1, 0, mark)
  let received = Buffer.alloc(0)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const look = (part: Buffer): void => {
    received = Buffer.concat([received, part])
    if (received.includes(answer)) resolve(true)
  }
  socket.on('data', look).once('close', () => resolve(false))
  socket.write(frame(FRAME.ping, 0, 0, mark))
  const result = await promise
  socket.off('data', look)
  return result
}
