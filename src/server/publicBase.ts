import { Problem } from '../core/problem.ts'

/** Where clients see the server: what links, contexts and the issuer begin with. No slash at the end. */
export interface PublicBase {
  /** For a request with this Host. Throws `BadRequest` for a Host that is not ours. */
  readonly of: (host: string | undefined) => string
  /** Every base that a request can have. */
  readonly all: readonly string[]
}

/** Behind a proxy, or on any address but loopback: the one URL that was configured. */
export function fixedBase(url: string): PublicBase {
  const base = url.replace(/\/+$/, '')
  return { of: () => base, all: [base] }
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]']

/** On loopback: what the client wrote, where that is a name of this machine with our port. */
export function loopbackBase(port: number): PublicBase {
  const hosts = LOOPBACK_HOSTS.flatMap(host => (port === 80 ? [host, `${host}:80`] : [`${host}:${port}`]))
  return {
    of: host => {
      if (host === undefined || !hosts.includes(host.toLowerCase())) {
        throw new Problem(
          'BadRequest',
          `The Host must be one of ${hosts.join(', ')}, or the server needs --public-url.`,
        )
      }
      return `http://${host.toLowerCase()}`
    },
    all: hosts.map(host => `http://${host}`),
  }
}
