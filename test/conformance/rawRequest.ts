import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { connect as connectSecurely } from 'node:tls'

/** How long the connection may be silent. */
const SILENCE_MS = 10_000

/**
 * The status of a GET of `target` below `url`, which is sent as it stands: HTTP clients would encode it. Throws where no
 * status comes.
 */
export async function statusOfRawGet(
  url: URL,
  target: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const { protocol, hostname, host, pathname } = url
  const secure = protocol === 'https:'
  const port = Number(url.port) || (secure ? 443 : 80)
  const address = hostname.replace(/^\[|\]$/g, '')
  const socket = secure
    ? connectSecurely({ host: address, port, servername: address })
    : connect({ host: address, port })
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error(`silent for ${SILENCE_MS / 1000} s`)))
  await once(socket, secure ? 'secureConnect' : 'connect')
  const all = { host, connection: 'close', ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`GET ${pathname.replace(/\/$/, '')}${target} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const status = /^HTTP\/1\.\d (\d{3}) /.exec(await text(socket))?.[1]
  if (status === undefined) throw new Error(`${host} answered with no status.`)
  return Number(status)
}
