import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { newClient } from '../client.ts'
import { memberId, type Population } from '../population.ts'
import { FIRST_ROUND, linkOf } from '../round.ts'

/** Whom an attack is on, and with what. */
export interface Aim {
  readonly url: string
  /** Of an app of the tenant that holds the large group. */
  readonly token: string
  readonly population: Population
  /** How much of an attack there is: 1 is all of it. */
  readonly scale: number
}

/** Goes on until its process ends. */
type Attack = (aim: Aim) => Promise<void>

const SLOW_SOCKETS = 2_000
const LOUD_CONNECTIONS = 8
const READERS = 20
/** A slow client sends a byte so often, in milliseconds, and one that was cut off comes again after as long. */
const SLOWNESS_MS = 1_000
const FILTER_IDS = 50
/** Longer than any head, and as long as any body. */
const HEAD_BYTES = 20_000
const BODY_BYTES = 1_000_000
const SILENCE_MS = 30_000

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'slow sockets': slowSockets,
  'oversized heads': aim => together(LOUD_CONNECTIONS, aim, () => oversizedHeads(aim)),
  'deep JSON': aim => together(LOUD_CONNECTIONS, aim, () => bodies(aim, '['.repeat(BODY_BYTES))),
  'bodies of many values': aim =>
    together(LOUD_CONNECTIONS, aim, () => bodies(aim, `[${'1,'.repeat(BODY_BYTES / 2)}1]`)),
  'filters of 50 ids': aim => together(LOUD_CONNECTIONS, aim, () => longFilters(aim)),
  'readers of a large group': aim => together(READERS, aim, () => rounds(aim)),
}

/** So many of them at once, by scale, at least one. */
async function together(count: number, { scale }: Aim, one: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: Math.max(1, Math.round(count * scale)) }, one))
}

/** A third of them sends a head byte by byte, a third a body, and a third asks for a page and reads nothing of it. */
async function slowSockets(aim: Aim): Promise<void> {
  const { host } = new URL(aim.url)
  const authorization = `Authorization: Bearer ${aim.token}\r\n`
  const begun = [
    `GET ${FIRST_ROUND} HTTP/1.1\r\nHost: ${host}\r\nX-A: `,
    `POST /v1.0/groups HTTP/1.1\r\nHost: ${host}\r\n${authorization}Content-Type: application/json\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`,
    `GET ${FIRST_ROUND} HTTP/1.1\r\nHost: ${host}\r\n${authorization}\r\n`,
  ]
  let next = 0
  await together(SLOW_SOCKETS, aim, async () => {
    const kind = next % begun.length
    next += 1
    for (;;) {
      await slowly(aim.url, begun[kind] ?? '', kind !== 2)
      await sleep(SLOWNESS_MS)
    }
  })
}

/** Sends the beginning of a request, then a byte now and then, and reads nothing; resolves when it is cut off. */
function slowly(url: string, begun: string, drips: boolean): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise(resolve => {
    const socket = connect(Number(port), hostname)
    socket.pause()
    socket.write(begun)
    const timer = setInterval(() => {
      if (drips) socket.write(' ')
    }, SLOWNESS_MS)
    socket.on('error', () => {})
    socket.on('close', () => {
      clearInterval(timer)
      resolve()
    })
  })
}

async function oversizedHeads({ url }: Aim): Promise<void> {
  const { hostname, port, host } = new URL(url)
  const head = `GET /v1.0/groups HTTP/1.1\r\nHost: ${host}\r\nX-A: ${'a'.repeat(HEAD_BYTES)}\r\n\r\n`
  for (;;) {
    await new Promise<void>(resolve => {
      const socket = connect(Number(port), hostname, () => socket.write(head))
      const timer = setTimeout(() => socket.destroy(), SILENCE_MS)
      socket.resume().on('error', () => {})
      socket.on('close', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}

/** Asks on one connection over and over; one that fails is made anew. */
async function asking(aim: Aim, ask: (client: ReturnType<typeof newClient>) => Promise<void>): Promise<void> {
  for (;;) {
    const client = newClient(new URL(aim.url), aim.token, SILENCE_MS)
    try {
      for (;;) await ask(client)
    } catch {
      await sleep(SLOWNESS_MS / 10)
    } finally {
      client.close()
    }
  }
}

async function bodies(aim: Aim, body: string): Promise<void> {
  await asking(aim, async client => {
    await client.sendText('POST', '/v1.0/groups', body)
  })
}

async function longFilters(aim: Aim): Promise<void> {
  let from = 0
  await asking(aim, async client => {
    const ids = Array.from({ length: FILTER_IDS }, (_, index) => memberId(aim.population, 0, from + index))
    from += FILTER_IDS
    const filter = ids.map(id => `id eq '${id}'`).join(' or ')
    await client.get(`/v1.0/users/delta?$filter=${encodeURIComponent(filter)}`)
  })
}

/** First rounds, one after the other: they walk the large group page by page. */
async function rounds(aim: Aim): Promise<void> {
  let at = FIRST_ROUND
  await asking(aim, async client => {
    const { ends, path } = linkOf(await client.get(at))
    at = ends ? FIRST_ROUND : path
  })
}
