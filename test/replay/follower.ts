import type { Answer } from './connection.ts'
import { type Copy, mergeItems } from './copy.ts'
import { readDeltaPage } from './deltaPage.ts'
import { Fault } from './fault.ts'
import { jsonOf, unexpected } from './graph.ts'

/** A client that keeps a copy of the groups by rounds of change tracking. */
export interface Follower {
  /** The groups as they were at the end of the last round, or as far as the present one has come. */
  copy(): Copy
  /** Follows links from where the last round ended to the next deltaLink. */
  finishRound(): Promise<void>
  readonly counts: Readonly<RoundCounts>
}

export interface RoundCounts {
  rounds: number
  pages: number
  /** Answers 410, each the beginning of a full round. */
  resyncs: number
}

export interface FollowOptions {
  /** The first request of a first round. */
  readonly start: string
  /** Fetches a link and takes any answer. */
  readonly get: (link: string) => Promise<Answer>
  /** A round that needs more requests than this is a `Fault`. */
  readonly requestsMax: number
}

/** A round that begins anew more often than this makes no progress. */
const RESYNCS_MAX = 3

/**
 * Follows the groups from `start` on. The copy and the link move together, page by page. A 410 begins a full round at its
 * `Location`: that one fills a copy of its own, which takes the old one's place only when the round is complete, so that
 * nothing stays that the full round did not name.
 *
 * Every answer but 200 and 410, a round that does not end and a nextLink that comes twice are faults (exit 1).
 */
export function follow({ start, get, requestsMax }: FollowOptions): Follower {
  const counts: RoundCounts = { rounds: 0, pages: 0, resyncs: 0 }
  let copy: Copy = new Map()
  let link = start

  async function finishRound(): Promise<void> {
    let filled = copy
    let resyncs = 0
    const asked = new Set<string>()
    for (let requests = 0; requests < requestsMax; requests += 1) {
      if (asked.has(link)) throw new Fault(1, `A round came back to a link it had followed already: ${link}`)
      asked.add(link)
      const answer = await get(link)
      if (answer.status === 410) {
        resyncs += 1
        counts.resyncs += 1
        if (resyncs > RESYNCS_MAX) throw new Fault(1, `A round was answered 410 more than ${RESYNCS_MAX} times.`)
        link = locationOf(answer)
        filled = new Map()
        asked.clear()
        continue
      }
      if (answer.status !== 200) throw unexpected(`GET ${link}`, answer, '200 or 410')
      const page = readDeltaPage(jsonOf(answer, `GET ${link}`))
      mergeItems(filled, page.items)
      counts.pages += 1
      link = page.link.href
      if (page.link.kind === 'delta') {
        copy = filled
        counts.rounds += 1
        return
      }
    }
    throw new Fault(1, `A round did not end within ${requestsMax} requests.`)
  }

  return { copy: () => copy, finishRound, counts }
}

function locationOf(answer: Answer): string {
  const { location } = answer.headers
  if (location === undefined) throw new Fault(1, 'A 410 came without the Location to start again from.')
  return location
}
