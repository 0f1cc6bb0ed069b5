import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { connect as connectSecurely } from 'node:tls'
import { pino } from 'pino'
import { GRAPH_RESOURCE, issueAccessToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { CONNECTION_LIMITS, type ConnectionLimits } from '../../src/server/connection/connections.ts'
import type { Certificate } from '../../src/server/connection/listener.ts'
import { NO_OBSERVER, type Observer } from '../../src/server/monitor/observer.ts'
import { startServer } from '../../src/server/server.ts'
import type { Store } from '../../src/store/store.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import type { Trust } from './aCertificate.ts'
import { ALL_ROLES, aServer, type Reply, type TestServer } from './aServer.ts'

/** A server that listens on a free port of this machine, for requests as bytes. */
export interface Listener {
  /** The same directory without the socket. */
  readonly inside: TestServer
  readonly url: string
  readonly port: number
  /** The authority that a client of https must trust; null for a listener that speaks http. */
  readonly ca: string | null
  /** A token with all roles. */
  readonly token: string
  /** The Host header that the server expects, as a line. */
  readonly host: string
  /** An Authorization header with this token, as a line. */
  readonly authorization: string
  readonly connect: () => Promise<Connection>
  /** Sends bytes on a new connection; gives all answers once the server has closed it. */
  readonly exchange: (bytes: string | Buffer) => Promise<Reply[]>
  readonly useCertificate: (certificate: Certificate) => void
  /** Stops the server as a signal would; what is under way is finished. */
  readonly stop: () => Promise<void>
  /** Ends all connections and stops the server; gives what it has logged from the level on. */
  readonly close: () => Promise<readonly { readonly level: number; readonly msg: string }[]>
}

export interface Connection {
  readonly socket: Socket
  /** The answers that have come so far, once there are this many. */
  readonly answers: (count: number) => Promise<Reply[]>
}

/** What a listener can have of its own. */
export interface ListenerParts {
  readonly limits?: Partial<ConnectionLimits>
  /** For https. */
  readonly trust?: Trust
  /** In front of the directory's store. */
  readonly storeOf?: (store: Store) => Store
  readonly level?: 'warn' | 'info'
  readonly observer?: Observer
}

export async function aListener(
  context: TestContext,
  { limits = {}, trust, storeOf = store => store, level = 'warn', observer = NO_OBSERVER }: ListenerParts = {},
): Promise<Listener> {
  const inside = await aServer(context)
  const lines: string[] = []
  const logger = pino({ level }, { write: (line: string) => void lines.push(line) })
  const listening = {
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    certificate: trust?.certificate ?? null,
    limits: { ...CONNECTION_LIMITS, ...limits },
  }
  const parts = { ...inside.services, store: storeOf(inside.services.store), observer }
  const { url, useCertificate, close } = await startServer(listening, parts, logger)
  const port = Number(new URL(url).port)
  const sockets: Socket[] = []
  const end = async () => {
    for (const socket of sockets) socket.destroy()
    await close()
  }
  context.after(end)
  const open = async (): Promise<Connection> => {
    const socket =
      trust === undefined
        ? connect(port, '127.0.0.1')
        : connectSecurely({ port, host: '127.0.0.1', ca: trust.ca, ALPNProtocols: ['http/1.1'] })
    sockets.push(socket)
    const received: Buffer[] = []
    socket.on('data', data => received.push(data))
    // A server that closes on bytes it has not read resets the connection; what it said before counts.
    socket.on('error', () => {})
    await once(socket, trust === undefined ? 'connect' : 'secureConnect')
    const answers = async (count: number): Promise<Reply[]> => {
      for (;;) {
        const replies = readReplies(Buffer.concat(received))
        if (replies.length >= count || socket.destroyed) return replies
        const { promise, resolve } = Promise.withResolvers<void>()
        const more = () => resolve()
        socket.once('data', more).once('close', more)
        await promise
        socket.off('data', more).off('close', more)
      }
    }
    return { socket, answers }
  }
  const { tenant, clock, services } = inside
  const token = await issueAccessToken({
    tenant,
    app: aPlainApp({ clientId: 'app', tenant, displayName: 'Test', roles: ALL_ROLES }),
    audience: GRAPH_RESOURCE,
    now: clock.now(),
    issuer: issuerOf(url, tenant),
    ring: services.controls.ring,
  })
  return {
    inside,
    url,
    port,
    ca: trust?.ca ?? null,
    token,
    host: `Host: 127.0.0.1:${port}\r\n`,
    authorization: `Authorization: Bearer ${token}\r\n`,
    connect: open,
    exchange: async bytes => {
      const { socket, answers } = await open()
      socket.write(bytes)
      return answers(Number.POSITIVE_INFINITY)
    },
    useCertificate,
    stop: close,
    close: async () => {
      await end()
      return lines.map(line => JSON.parse(line))
    },
  }
}

const BLANK_LINE = '\r\n\r\n'

/** The whole answers at the beginning of what was received; interim ones (1xx) have no body. */
function readReplies(bytes: Buffer): Reply[] {
  const replies: Reply[] = []
  let at = 0
  for (;;) {
    const bodyAt = bytes.indexOf(BLANK_LINE, at) + BLANK_LINE.length
    if (bodyAt < BLANK_LINE.length) return replies
    const [statusLine = '', ...lines] = bytes.toString('latin1', at, bodyAt - BLANK_LINE.length).split('\r\n')
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const colon = line.indexOf(':')
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
    }
    const end = bodyAt + Number(headers['content-length'] ?? 0)
    if (end > bytes.length) return replies
    const text = bytes.toString('utf8', bodyAt, end)
    replies.push({ status: Number(statusLine.split(' ')[1]), headers, body: text === '' ? null : JSON.parse(text) })
    at = end
  }
}
