import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { TestContext } from 'node:test'
import type { Listener } from './aListener.ts'
import type { Reply } from './aServer.ts'

/** A client's HTTP/2 connection. */
export interface Session {
  readonly session: ClientHttp2Session
  /** Asks as the one who may do all; headers are added to `:path`, and take the place of `authorization`. */
  readonly ask: (path: string, headers?: OutgoingHttpHeaders, body?: string | Buffer) => Promise<Reply>
  /** The same, not yet ended. */
  readonly begin: (path: string, headers?: OutgoingHttpHeaders) => ClientHttp2Stream
}

/** Opens a connection to a listener that speaks https, until the test ends. */
export async function aSession(context: TestContext, { url, ca, token }: Listener): Promise<Session> {
  const session = connect(url, ca === null ? {} : { ca })
  // What a test does to its connection it sees in its answers.
  session.on('error', () => {})
  context.after(() => session.destroy())
  await once(session, 'connect')
  const begin: Session['begin'] = (path, headers = {}) => {
    const stream = session.request(
      { ':path': path, authorization: `Bearer ${token}`, ...headers },
      { endStream: false },
    )
    stream.on('error', () => {})
    return stream
  }
  return {
    session,
    begin,
    ask: async (path, headers, body) => {
      const stream = begin(path, headers)
      const answered = replyOf(stream)
      stream.end(body)
      return answered
    },
  }
}

/** The answer on a stream. Rejects where it ends without one, with the code of its end. */
export function replyOf(stream: ClientHttp2Stream): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let headers: IncomingHttpHeaders = {}
    const received: Buffer[] = []
    stream.on('response', head => {
      headers = head
    })
    stream.on('data', part => received.push(part))
    stream.on('close', () => {
      const status = Number(headers[':status'])
      if (Number.isNaN(status)) reject(new Error(`The stream ended with code ${stream.rstCode}.`))
      const text = Buffer.concat(received).toString('utf8')
      resolve({ status, headers, body: text === '' ? null : JSON.parse(text) })
    })
  })
}
