import type { IncomingMessage } from 'node:http'
import { Problem } from '../core/problem.ts'

/** Where clients see the server: what links, contexts and the issuer begin with. No slash at the end. */
export interface PublicBase {
  /** For a request with this Host. Throws `BadRequest` for a Host that is not ours. */
  readonly of: (host: string) => string
  /** Every base that a request can have. */
  readonly all: readonly string[]
}

/** Where the one who sent a request sees the server. Throws `BadRequest` for a Host that is not ours, or not one. */
export function baseOf(request: IncomingMessage, publicBase: PublicBase): string {
  return publicBase.of(readHost(request))
}

/**
 * The Host of a request, which HTTP/2 calls `:authority` (RFC 9113 §8.3.1). Throws `BadRequest` where there is none,
 * also in HTTP/1.0, which may do without, or several (RFC 9112 §3.2): Node would take the first of them, and a proxy
 * before it perhaps another. In HTTP/2 both names may stand, for the same.
 */
function readHost({ rawHeaders, httpVersionMajor }: IncomingMessage): string {
  const given = rawHeaders.filter((_, index) => index % 2 === 1 && isHostName(rawHeaders[index - 1] ?? ''))
  const [host, ...others] = httpVersionMajor < 2 ? given : new Set(given.map(name => name.toLowerCase()))
  if (others.length > 0 || host === undefined) {
    throw new Problem('BadRequest', 'The request must name its Host, once.')
  }
  return host
}

function isHostName(header: string): boolean {
  return ['host', ':authority'].includes(header.toLowerCase())
}

/** Behind a proxy, or on any address but loopback: the one URL that was configured. */
export function fixedBase(url: string): PublicBase {
  const base = url.replace(/\/+$/, '')
  return { of: () => base, all: [base] }
}

/** Whether an address is this machine's own, reached from nowhere else. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]']

/** Whether a server that listens there can go by `loopbackBase`; on any other address it needs a fixed one. */
export function hasLoopbackBase(host: string): boolean {
  return LOOPBACK_HOSTS.includes(host.includes(':') ? `[${host}]` : host)
}

/** On loopback: what the client wrote, where that is a name of this machine with our port. */
export function loopbackBase(port: number, scheme: 'http' | 'https' = 'http'): PublicBase {
  const isUsual = port === (scheme === 'http' ? 80 : 443)
  const hosts = LOOPBACK_HOSTS.flatMap(host => (isUsual ? [host, `${host}:${port}`] : [`${host}:${port}`]))
  return {
    of: host => {
      if (!hosts.includes(host.toLowerCase())) {
        throw new Problem(
          'BadRequest',
          `The Host must be one of ${hosts.join(', ')}, or the server needs --public-url.`,
        )
      }
      return `${scheme}://${host.toLowerCase()}`
    },
    all: hosts.map(host => `${scheme}://${host}`),
  }
}
