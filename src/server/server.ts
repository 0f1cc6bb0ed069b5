import type { AddressInfo } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import { CONNECTION_LIMITS, type ConnectionLimits } from './connection/connections.ts'
import { addressOf, type Certificate } from './connection/listener.ts'
import { placesOf } from './connection/places.ts'
import { fixedBase, loopbackBase, type PublicBase } from './publicBase.ts'
import type { Services } from './services.ts'

export interface Listening {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Where clients see the server; needed on any address but loopback. */
  readonly publicUrl: string | null
  /** For https; without it the server speaks http. */
  readonly certificate?: Certificate | null
  /** The usual ones unless given. */
  readonly limits?: ConnectionLimits
}

export interface RunningServer {
  readonly url: string
  readonly services: Services
  /** How many connections of clients are open. */
  readonly connections: () => number
  /** Shows another certificate to those who connect from now on. */
  readonly useCertificate: (certificate: Certificate) => void
  /** Stops listening, lets finish what runs, cuts what is left after 5 s. */
  readonly close: () => Promise<void>
}

/** How long requests that run at the end may take, in milliseconds. */
const GRACE_MS = 5_000

/** Serves a directory over HTTP. Rejects with the system's error (EADDRINUSE, EACCES …) where it cannot listen. */
export async function startServer(
  { host, port, publicUrl, certificate = null, limits = CONNECTION_LIMITS }: Listening,
  parts: Omit<Services, 'publicBase'>,
  logger: FastifyBaseLogger,
): Promise<RunningServer> {
  // On loopback the base holds the port, which is known only once the server listens.
  let known: PublicBase | null = publicUrl === null ? null : fixedBase(publicUrl)
  const base = (): PublicBase => {
    if (known === null) throw new Error('The server does not listen yet.')
    return known
  }
  const services: Services = {
    ...parts,
    publicBase: {
      of: header => base().of(header),
      get all() {
        return base().all
      },
    },
  }
  const app = buildApp(services, logger, { limits, certificate })
  const places = placesOf(app.server, limits.connectionsMax, services.observer.turnedAway)
  let closing = false
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    // Else the connection of a request that was still running would be kept open for a next one, which nobody takes.
    // One of HTTP/2 says by itself that it ends.
    if (closing && raw.httpVersionMajor < 2) reply.header('connection', 'close')
    done()
  })
  await app.listen({ host: await addressOf(host), port })
  const bound = (app.server.address() as AddressInfo).port
  const scheme = certificate === null ? 'http' : 'https'
  known ??= loopbackBase(bound, scheme)
  const close = async (): Promise<void> => {
    closing = true
    const cut = setTimeout(places.cut, GRACE_MS)
    await app.close()
    clearTimeout(cut)
  }
  const shownHost = host.includes(':') ? `[${host}]` : host
  const url = publicUrl === null ? `${scheme}://${shownHost}:${bound}` : (base().all[0] ?? publicUrl)
  const useCertificate = (next: Certificate): void => {
    if (app.server instanceof TlsServer) app.server.setSecureContext(next)
  }
  return { url, services, connections: places.count, useCertificate, close }
}
