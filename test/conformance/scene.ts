import assert from 'node:assert/strict'
import { type Ask, clientOf, type How, type Reply, shown } from './client.ts'
import { type Directory, openDirectory } from './directory.ts'
import { type Named, type Page, pageOf, type Round, readRound, roundOf } from './round.ts'
import { PAUSE_MS, type Target } from './target.ts'

/** How Graph refuses something where Microsoft documents only that it does: another way is noted, and no failure. */
export interface Refusal {
  readonly status?: number
  readonly code?: string
  readonly message?: string
}

/** What a case plays with. All that it makes is removed when the case is over. */
export interface Scene extends Directory {
  readonly target: Target
  /** Any request, and any answer to it. */
  readonly ask: Ask
  readonly get: (path: string, how?: How) => Promise<Reply>
  readonly post: (path: string, body: unknown, how?: How) => Promise<Reply>
  /** A deltaLink from which only later changes are told. `query` is further options: `$select=id`. */
  readonly latest: (query?: string) => Promise<string>
  /** One page: the first, or that of a link. */
  readonly page: (link: string, how?: How) => Promise<Page>
  /** The pages from a first request (`/v1.0/groups/delta`) or a link to the deltaLink. */
  readonly round: (link: string, how?: How) => Promise<Round>
  /** The round from a deltaLink; where the server may lag, and those after it until each of `awaited` is told. */
  readonly news: (link: string, awaited: readonly Named[], how?: How) => Promise<Round>
  /** Checks that a request was refused with an error of the one shape. */
  readonly refused: (reply: Reply, graph?: Refusal) => void
  /** Says something that does not make the case fail. */
  readonly note: (text: string) => void
}

/** A scene that has been played: what it noted, and how to remove what it made. */
export interface PlayedScene {
  readonly scene: Scene
  readonly notes: readonly string[]
  readonly clear: () => Promise<void>
}

/** A scene on a target, empty but for what the tenant holds. */
export function newScene(target: Target): PlayedScene {
  const ask = clientOf(target)
  const { directory, clear } = openDirectory(target, ask)
  const notes: string[] = []
  const note = (text: string): void => {
    notes.push(text)
  }
  const askPage = (link: string, how: How = {}): Promise<Reply> => {
    const token = target.tokens.reader !== undefined && link.includes('/groups/') ? 'reader' : 'writer'
    return ask('GET', link, { token, ...how })
  }
  const round: Scene['round'] = (link, how) => readRound(askPage, link, how)
  const scene: Scene = {
    ...directory,
    target,
    ask,
    get: (path, how) => ask('GET', path, how),
    post: (path, body, how) => ask('POST', path, { ...how, body }),
    latest: async (query = '') =>
      (await round(`/v1.0/groups/delta?$deltatoken=latest${query === '' ? '' : `&${query}`}`)).deltaLink,
    page: async (link, how) => pageOf(await askPage(link, how)),
    round,
    news: async (link, awaited, how) => {
      const pages: Page[] = []
      for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
        pages.push(...(await round(pages.at(-1)?.link ?? link, how)).pages)
        const told = roundOf(pages)
        if (waitedMs >= target.patienceMs || awaited.every(object => told.of(object).length > 0)) return told
        await target.wait(PAUSE_MS)
      }
    },
    refused: (reply, graph = {}) => assertRefusal(reply, graph, note),
    note,
  }
  return { scene, notes, clear }
}

function assertRefusal(reply: Reply, graph: Refusal, note: (text: string) => void): void {
  const { status = reply.status, code, message } = graph
  assert.ok(reply.status >= 400 && reply.status < 500, `a refusal was due, not ${shown(reply)}`)
  const { error } = reply.body ?? {}
  assert.equal(typeof error?.code, 'string', `an error has a code: ${shown(reply)}`)
  assert.equal(typeof error?.message, 'string', `an error has a message: ${shown(reply)}`)
  if (reply.status !== status) note(`answers ${reply.status} where Graph answers ${status}`)
  if (code !== undefined && error.code !== code) note(`says ${error.code} where Graph says ${code}`)
  if (message !== undefined && error.message !== message) note(`says '${error.message}' where Graph says '${message}'`)
}
