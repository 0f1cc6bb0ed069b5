import { type Client, newClient } from '../client.ts'
import { description, groupId, type Population } from '../population.ts'
import { followRound } from '../round.ts'

/** Who works in its own tenant meanwhile: what its requests took, in milliseconds, and how many failed. */
export interface Worked {
  readonly times: readonly number[]
  readonly failed: number
}

/** An app at work: `work` goes on for so many milliseconds. */
export interface Neighbour {
  readonly work: (ms: number) => Promise<Worked>
  readonly close: () => void
}

const WORKERS = 4
const LATEST = '/v1.0/groups/delta?$deltatoken=latest'
/** Who waits longer has not been served, in milliseconds. */
const PATIENCE_MS = 5_000

/**
 * Four workers that each change a group, follow the round that tells it, read a group, and read another on a connection
 * of its own, over and over.
 */
export async function newNeighbour(url: URL, token: string, population: Population): Promise<Neighbour> {
  const connect = (): Client => newClient(url, token, PATIENCE_MS)
  const workers = Array.from({ length: WORKERS }, () => ({ client: connect(), next: '' }))
  for (const worker of workers) worker.next = (await followRound(worker.client, LATEST)).next
  let turn = 0

  const cycle = async (worker: { client: Client; next: string }, timed: Timed): Promise<void> => {
    turn += 1
    const path = `/v1.0/groups/${groupId(turn % population.groups)}`
    const { client } = worker
    await timed(async () => expect(204, await client.send('PATCH', path, { description: description(0, turn) })))
    await timed(async () => {
      worker.next = (await followRound(client, worker.next)).next
    })
    await timed(async () => expect(200, await client.get(path)))
    await timed(async () => {
      const fresh = connect()
      try {
        expect(200, await fresh.get(path))
      } finally {
        fresh.close()
      }
    })
  }

  return {
    work: async ms => {
      const times: number[] = []
      let failed = 0
      const end = performance.now() + ms
      await Promise.all(
        workers.map(async worker => {
          const timed: Timed = async request => {
            const began = performance.now()
            try {
              await request()
            } catch {
              failed += 1
            }
            times.push(performance.now() - began)
          }
          while (performance.now() < end) await cycle(worker, timed)
        }),
      )
      return { times, failed }
    },
    close: () => {
      for (const { client } of workers) client.close()
    },
  }
}

type Timed = (request: () => Promise<void>) => Promise<void>

function expect(wanted: number, { status, start }: { readonly status: number; readonly start: string }): void {
  if (status !== wanted) throw new Error(`A request was answered ${status}: ${start}`)
}
