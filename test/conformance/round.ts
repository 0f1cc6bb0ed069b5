import assert from 'node:assert/strict'
import { type Copy, mergeItems } from '../replay/copy.ts'
import { readDeltaPage } from '../replay/deltaPage.ts'
import { type How, type Reply, shown } from './client.ts'

/** Whatever has an id. */
export interface Named {
  readonly id: string
}

/** A member or owner that a round tells. */
export interface Entry extends Named {
  readonly '@odata.type': string
  readonly '@removed'?: { readonly reason: string }
}

/** An object that a round tells. */
export interface Item extends Named {
  readonly '@removed'?: { readonly reason: string }
  readonly 'members@delta'?: readonly Entry[]
  readonly 'owners@delta'?: readonly Entry[]
  readonly [property: string]: unknown
}

export interface Page {
  readonly context: string
  readonly items: readonly Item[]
  readonly kind: 'next' | 'delta'
  readonly link: string
  readonly reply: Reply
}

/** The pages up to a deltaLink. */
export interface Round {
  readonly pages: readonly Page[]
  readonly items: readonly Item[]
  readonly deltaLink: string
  /** The items of one object, in the order they were told. */
  readonly of: (object: Named) => readonly Item[]
  /** What the round tells of a group's members, in the order it was told. */
  readonly entriesOf: (group: Named) => readonly Entry[]
  /** What a client that knew nothing holds after the round. */
  readonly copy: Copy
}

/** No round of a test takes more; one that does is taken for endless. */
const PAGES_MAX = 10_000

/** The page that an answer is. Throws for one that is not of the protocol's shape. */
export function pageOf(reply: Reply): Page {
  assert.equal(reply.status, 200, `a page was due, not ${shown(reply)}`)
  const { items: merged, link } = readDeltaPage(reply.body)
  const items: readonly Item[] = reply.body.value
  assert.equal(items.length, merged.length)
  const other = link.kind === 'next' ? '@odata.deltaLink' : '@odata.nextLink'
  assert.ok(!(other in reply.body), `the page has an ${other} besides its link: ${shown(reply)}`)
  return { context: reply.body['@odata.context'], items, kind: link.kind, link: link.href, reply }
}

/** Asks for one page. */
export type AskPage = (link: string, how?: How) => Promise<Reply>

/** Follows the links from `link` to the deltaLink. */
export async function readRound(ask: AskPage, link: string, how: How = {}): Promise<Round> {
  const pages: Page[] = []
  const asked = new Set<string>()
  for (let next = link; pages.length < PAGES_MAX; ) {
    assert.ok(!asked.has(next), `the round came back to ${next}`)
    asked.add(next)
    const page = pageOf(await ask(next, how))
    pages.push(page)
    if (page.kind === 'delta') return roundOf(pages)
    next = page.link
  }
  throw new assert.AssertionError({ message: `the round from ${link} did not end within ${PAGES_MAX} pages` })
}

/** One round made of the pages of several. */
export function roundOf(pages: readonly Page[]): Round {
  const items = pages.flatMap(page => page.items)
  const of = ({ id }: Named): Item[] => items.filter(item => item.id === id)
  const copy: Copy = new Map()
  for (const { reply } of pages) mergeItems(copy, readDeltaPage(reply.body).items)
  return {
    pages,
    items,
    deltaLink: pages.at(-1)?.link ?? '',
    of,
    entriesOf: group => of(group).flatMap(item => item['members@delta'] ?? []),
    copy,
  }
}

/** The option that limits a first request to these objects, of which there may be 50. */
export function only(...objects: readonly Named[]): string {
  return `$filter=${objects.map(({ id }) => `id%20eq%20'${id}'`).join('%20or%20')}`
}

/** The ids of objects, in one order. */
export function idsOf(objects: Iterable<Named>): readonly string[] {
  return [...new Set(Array.from(objects, ({ id }) => id))].sort()
}
