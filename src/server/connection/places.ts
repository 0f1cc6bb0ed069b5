import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The open connections of a server, whatever they speak. */
export interface Places {
  readonly count: () => number
  /** Ends them all at once. */
  readonly cut: () => void
}

/** Connections that the system holds for us beyond those that have a place, until one is made. */
const SPARE = 50

/** A connection, and how many of its requests are under way. */
interface Place {
  readonly socket: Socket
  underWay: number
}

/**
 * Gives places to connections, so many at the most. Where all are taken a new one gets that of the connection that has
 * asked nothing yet, or else nothing more, for the longest time; where a request is under way on each, it is let go. So
 * who only connects keeps nobody out. `turnedAway` is told of each that has to go.
 */
export function placesOf(server: Server, max: number, turnedAway: () => void): Places {
  const open = new Map<string, Place>()
  // Both in the order of waiting: they have asked nothing, or nothing more.
  const silent = new Set<Place>()
  const resting = new Set<Place>()

  const makeRoom = (): void => {
    const [idle] = silent.size > 1 ? silent : resting.size > 0 ? resting : silent
    idle?.socket.destroy()
    turnedAway()
  }
  server.maxConnections = max + SPARE
  server.on('drop', turnedAway)
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket)
    const place: Place = { socket, underWay: 0 }
    open.set(name, place)
    silent.add(place)
    socket.once('close', () => {
      if (open.get(name) === place) open.delete(name)
      silent.delete(place)
      resting.delete(place)
    })
    if (open.size > max) makeRoom()
  })
  server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    const place = open.get(nameOf(socket))
    if (place === undefined) return
    place.underWay += 1
    silent.delete(place)
    resting.delete(place)
    response.once('close', () => {
      place.underWay -= 1
      if (place.underWay === 0 && !place.socket.destroyed) resting.add(place)
    })
  })
  return {
    count: () => open.size,
    cut: () => {
      for (const { socket } of open.values()) socket.destroy()
    },
  }
}

/** The other end: the same for a connection and for what TLS and HTTP/2 make of it. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress}/${remotePort}`
}
