import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import type { ConnectionLimits } from './connections.ts'
import { fixedBase, loopbackBase, type PublicBase } from './publicBase.ts'
import type { Services } from './services.ts'

export interface Listening {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Where clients see the server; needed on any address but loopback. */
  readonly publicUrl: string | null
  /** The usual ones unless given. */
  readonly limits?: ConnectionLimits
}

export interface RunningServer {
  readonly url: string
  readonly services: Services
  /** Stops listening, lets finish what runs, cuts what is left after 5 s. */
  readonly close: () => Promise<void>
}

/** How long requests that run at the end may take, in milliseconds. */
const GRACE_MS = 5_000

/** Serves a directory over HTTP. Rejects with the system's error (EADDRINUSE, EACCES …) where it cannot listen. */
export async function startServer(
  { host, port, publicUrl, limits }: Listening,
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
  const app = buildApp(services, logger, limits)
  let closing = false
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // Else the connection of a request that was still running would be kept open for a next one, which nobody takes.
    if (closing) reply.header('connection', 'close')
    done()
  })
  await app.listen({ host, port })
  const bound = (app.server.address() as AddressInfo).port
  known ??= loopbackBase(bound)
  const close = async (): Promise<void> => {
    closing = true
    const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
    await app.close()
    clearTimeout(cut)
  }
  const shownHost = host.includes(':') ? `[${host}]` : host
  return { url: publicUrl === null ? `http://${shownHost}:${bound}` : (base().all[0] ?? publicUrl), services, close }
}
