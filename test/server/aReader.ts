import assert from 'node:assert/strict'
import { openStateToken } from '../../src/odata/stateToken.ts'
import type { Listed, Named } from './aDirectory.ts'
import type { Call, Reply, TestServer } from './aServer.ts'

/** A member or owner in `members@delta` or `owners@delta`. */
export interface Entry {
  readonly id: string
  readonly '@odata.type': string
  readonly '@removed'?: { readonly reason: string }
}

export interface Item {
  readonly id: string
  readonly '@removed'?: { readonly reason: string }
  readonly 'members@delta'?: readonly Entry[]
  readonly 'owners@delta'?: readonly Entry[]
  readonly [property: string]: unknown
}

export interface Page {
  readonly '@odata.context': string
  readonly '@odata.nextLink'?: string
  readonly '@odata.deltaLink'?: string
  readonly value: readonly Item[]
}

/** A group, or a user, in a client's copy. */
export interface Held {
  readonly properties: Map<string, unknown>
  readonly members: Set<string>
  readonly owners: Set<string>
}

/** A client of delta: it follows links, merges what it is told by id, and keeps the pages of its newest round. */
export interface Reader {
  /** What it asks next. A test sets it back to ask a link again. */
  link: string
  readonly copy: Map<string, Held>
  /** Of the round under way, or of the one just ended. */
  readonly pages: Page[]
  /** Asks the link and applies the answer, which must be a page. */
  readonly page: (how?: Call) => Promise<Page>
  /** Asks on to the deltaLink. Gives the items of the whole round, those of pages that were asked before too. */
  readonly round: (how?: Call) => Promise<Item[]>
  readonly holds: (object: Named) => boolean
  readonly membersOf: (group: Named) => string[]
  /** The copy in the form of `Directory.listing`. */
  readonly listing: () => Record<string, Listed>
}

/** `first` is the first request of its first round; `how` is how it asks unless a test says otherwise. */
export function aReader({ call }: Pick<TestServer, 'call'>, first = '/v1.0/groups/delta', how: Call = {}): Reader {
  const copy = new Map<string, Held>()
  const pages: Page[] = []
  const reader: Reader = {
    link: first,
    copy,
    pages,
    page: async (other = how) => {
      if (isOver(pages)) pages.length = 0
      const page = pageOf(await call(reader.link, other))
      for (const item of page.value) merge(copy, item)
      reader.link = linkOf(page)
      pages.push(page)
      return page
    },
    round: async (other = how) => {
      do await reader.page(other)
      while (!isOver(pages))
      return pages.flatMap(page => page.value)
    },
    holds: ({ id }) => copy.has(id),
    membersOf: ({ id }) => [...(copy.get(id)?.members ?? [])].sort(),
    listing: () =>
      Object.fromEntries(
        [...copy].map(([id, { properties, members }]) => [
          id,
          {
            displayName: properties.get('displayName'),
            description: properties.get('description') ?? null,
            members: [...members].sort(),
          },
        ]),
      ),
  }
  return reader
}

/** The page that an answer is. */
export function pageOf(reply: Reply): Page {
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body
}

/** Where a page leads. */
export function linkOf(page: Page): string {
  const link = page['@odata.nextLink'] ?? page['@odata.deltaLink']
  assert.ok(link)
  return link
}

/** The state token of a link. */
export function tokenOf(link: string): string {
  const query = new URL(link).searchParams
  const token = query.get('$skiptoken') ?? query.get('$deltatoken')
  assert.ok(token)
  return token
}

/** The version of a deltaLink of groups. */
export function versionOf(link: string, { services, tenant, clock }: TestServer): number {
  const opened = openStateToken(
    tokenOf(link),
    'delta',
    { tenant, apiVersion: 'v1.0', resource: 'group' },
    { now: clock.now(), lifeMs: services.settings.tokenLifeMs, expiredAt: 0, keys: services.controls.ring.state },
  )
  assert.ok(!opened.expired && opened.link.kind === 'delta')
  return opened.link.base
}

/** The newest version of the directory. */
export function headOf({ store, tenant }: TestServer): Promise<number> {
  return store.read(tenant, async ({ head }) => head)
}

function isOver(pages: readonly Page[]): boolean {
  return pages.at(-1)?.['@odata.deltaLink'] !== undefined
}

/** What clients are told to do (learn.microsoft.com, graph/delta-query-overview): the later item wins, by id. */
function merge(copy: Map<string, Held>, item: Item): void {
  if (item['@removed'] !== undefined) {
    copy.delete(item.id)
    return
  }
  const held = copy.get(item.id) ?? { properties: new Map(), members: new Set(), owners: new Set() }
  copy.set(item.id, held)
  for (const [name, value] of Object.entries(item)) {
    if (!name.includes('@')) held.properties.set(name, value)
  }
  for (const entry of item['members@delta'] ?? []) mergeEntry(held.members, entry)
  for (const entry of item['owners@delta'] ?? []) mergeEntry(held.owners, entry)
}

function mergeEntry(links: Set<string>, entry: Entry): void {
  if (entry['@removed'] === undefined) links.add(entry.id)
  else links.delete(entry.id)
}
