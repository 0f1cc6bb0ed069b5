import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../core/problem.ts'

/** How long clients may take, in milliseconds, and how many there may be. Node's own limits are minutes, or none. */
export interface ConnectionLimits {
  /** To take more of an answer. However slowly one reads, one reads on. */
  readonly stalledMs: number
  /** To send the head of a request. */
  readonly headersMs: number
  /** To send a request whole. */
  readonly requestMs: number
  /** To begin the next request on a connection. */
  readonly idleMs: number
  /** How many requests one connection of HTTP/2 may have under way, their answers not taken yet. */
  readonly underWayMax: number
  /** How many requests may wait on a connection of HTTP/1.1 for the answers before them. */
  readonly waitingMax: number
  readonly connectionsMax: number
  /** How many requests of one app in one tenant may be under way, on all its connections, their answers not taken yet. */
  readonly appUnderWayMax: number
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  stalledMs: 30_000,
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 5_000,
  underWayMax: 8,
  waitingMax: 50,
  connectionsMax: 2_000,
  appUnderWayMax: 64,
}

/** Those who wait on one connection, and what is being answered. */
interface Line {
  readonly waiting: (() => void)[]
  current: IncomingMessage | null
  /** Once a request was refused its place, none after it is done: they could depend on it. */
  closed: boolean
}

/** The order of what is done on each connection of HTTP/1.1; each request of HTTP/2 counts as a connection here. */
export interface ConnectionTurns {
  /**
   * Resolves when all that was asked before on the connection is answered and the answers are handed over. So a client
   * that asks ahead has its writes done in order, and one that does not read makes the server hold one answer.
   *
   * Throws `serviceNotAvailable` where too many wait already, and `BadRequest` where the connection ends meanwhile.
   */
  readonly take: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  /** Whether an answer to what comes next on the connection would be taken for that to a request before it. */
  readonly areTaken: (socket: Socket) => boolean
}

export function connectionTurns({ waitingMax }: Pick<ConnectionLimits, 'waitingMax'>): ConnectionTurns {
  const lines = new WeakMap<Socket, Line>()
  return {
    take: async ({ raw }, reply) => {
      const { socket } = raw
      const line = lines.get(socket) ?? newLine(socket)
      lines.set(socket, line)
      if (line.closed || line.waiting.length >= waitingMax) {
        line.closed = true
        reply.header('connection', 'close')
        throw new Problem(
          'serviceNotAvailable',
          `More than ${waitingMax} requests wait on this connection: read their answers first.`,
        )
      }
      if (line.current !== null) await new Promise<void>(resolve => line.waiting.push(resolve))
      if (socket.destroyed) throw new Problem('BadRequest', 'The connection ended before the request had its turn.')
      line.current = raw
      reply.raw.once('close', () => {
        line.current = null
        line.waiting.shift()?.()
      })
    },
    areTaken: socket => lines.get(socket)?.current?.complete ?? false,
  }
}

function newLine(socket: Socket): Line {
  const line: Line = { waiting: [], current: null, closed: false }
  socket.once('close', () => {
    for (const next of line.waiting.splice(0)) next()
  })
  return line
}

/**
 * Ends a connection of HTTP/1.1 whose time without a byte in or out is over, if it is the client who lets an answer stand: a server
 * that still works on the answer is waited for. Without a request under way Node ends the connection itself.
 */
export function endIfStalled(reply: FastifyReply): void {
  reply.raw.on('timeout', (socket: Socket) => {
    if (socket.writableLength > 0) socket.destroy()
  })
}
