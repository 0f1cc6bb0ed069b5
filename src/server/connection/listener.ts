import { lookup } from 'node:dns/promises'
import { type IncomingMessage, METHODS, type Server } from 'node:http'
import {
  constants,
  Http2ServerRequest,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import type { ConnectionLimits } from './connections.ts'

/** A server's certificate, after it those that prove it if there are any, and its private key; PEM both. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Node looks for slow clients no oftener, in milliseconds. */
const CHECK_EVERY_MS = 5_000
/** Requests that one HTTP/2 connection may have open: what RFC 9113 §6.5.2 asks at the least. */
const STREAMS_MAX = 100
/** The longest head of a request, in bytes. */
const HEAD_BYTES_MAX = 16_384

/**
 * HTTP/1.1. A request without a Host is refused by us, in our words. How heads are read is said here, so that no option
 * of Node.js says otherwise.
 */
export function plainOptions({ headersMs }: ConnectionLimits) {
  return {
    requireHostHeader: false,
    insecureHTTPParser: false,
    maxHeaderSize: HEAD_BYTES_MAX,
    headersTimeout: headersMs,
    connectionsCheckingInterval: CHECK_EVERY_MS,
  }
}

/** TLS, with HTTP/2 for those who offer it (RFC 7301) and HTTP/1.1 for all others. */
export function secureOptions(certificate: Certificate, { headersMs }: ConnectionLimits): SecureServerOptions {
  return {
    ...certificate,
    allowHTTP1: true,
    handshakeTimeout: headersMs,
    settings: { maxConcurrentStreams: STREAMS_MAX, maxHeaderListSize: HEAD_BYTES_MAX },
  }
}

/** Holds the clients of a server of both protocols to the limits: the framework does so for HTTP/1.1 alone. */
export function limitClients(server: Server, limits: ConnectionLimits): void {
  const { stalledMs, requestMs, idleMs } = limits
  Object.assign(server, { ...plainOptions(limits), requestTimeout: requestMs, keepAliveTimeout: idleMs })
  server.prependListener('request', useKnownMethod)
  // No answer can be sent before the handshake is done, and Node leaves the end to whoever listens for its errors.
  server.prependListener('tlsClientError', (_error: Error, socket: Socket) => socket.destroy())
  server.on('connect', openNoTunnel)
  server.on('session', (session: ServerHttp2Session) => {
    const open = new Set<ServerHttp2Stream>()
    session.on('stream', stream => {
      open.add(stream)
      stream.once('close', () => open.delete(stream))
    })
    // Node's own would end a connection also while the server works on an answer.
    session.removeAllListeners('timeout').setTimeout(stalledMs)
    session.on('timeout', () => {
      const isWorkedFor = [...open].some(stream => !stream.headersSent)
      if (!isWorkedFor) session.destroy()
    })
  })
}

/** HTTP/2 takes any word for a method, and the framework fails with one that it does not know: no path has this either. */
function useKnownMethod(request: { method?: string }): void {
  if (!METHODS.includes(request.method ?? '')) request.method = 'TRACE'
}

/** As without TLS, where Node ends the connection. */
function openNoTunnel(request: IncomingMessage | Http2ServerRequest): void {
  if (request instanceof Http2ServerRequest) request.stream.close(constants.NGHTTP2_CANCEL)
  else request.socket.destroy()
}

/**
 * The one address at which a server listens that is to listen at a host. (For the name `localhost` the framework opens a
 * server for each of its addresses, and all but the first know nothing of our limits.) Rejects with the system's error.
 */
export async function addressOf(host: string): Promise<string> {
  const { address } = await lookup(host, { order: 'ipv4first' })
  return address
}
