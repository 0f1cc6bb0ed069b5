import assert from 'node:assert/strict'
import { type ChangeCursor, compareChanges, cursorAt, type KeyCursor } from '../../src/core/cursor.ts'
import type { Fact } from '../../src/core/fact.ts'
import type { PageLimit, Projection, ScannedPage, Scope, Snapshot } from '../../src/core/snapshot.ts'

export const GROUPS: Scope = { type: 'group', relations: ['members', 'owners'], properties: 'all', ids: null }

export const NO_LIMIT: PageLimit = { objects: 1_000_000, edges: 1_000_000, examined: 1_000_000, bytes: 1e12 }

/** Short words, so that the tests can spell out what a scan writes. */
export const SHORT: Projection = {
  open: '{"id":"',
  properties: ['displayName'],
  relations: [
    { relation: 'members', open: ',"members":[' },
    { relation: 'owners', open: ',"owners":[' },
  ],
  entry: {
    group: '{"is":"group","id":"',
    user: '{"is":"user","id":"',
    device: '{"is":"device","id":"',
    servicePrincipal: '{"is":"servicePrincipal","id":"',
    orgContact: '{"is":"orgContact","id":"',
  },
  showHiddenMembers: true,
}

/** An item of a scan that was written with `SHORT`. */
export interface Item {
  readonly id: string
  readonly displayName?: string
  readonly members?: readonly { readonly is: string; readonly id: string }[]
  readonly owners?: readonly { readonly is: string; readonly id: string }[]
}

export interface ScanOptions {
  readonly scope?: Scope
  readonly projection?: Projection
  readonly limit?: Partial<PageLimit>
  readonly after?: KeyCursor | null
}

/** One page of a scan; of all groups, without limits and from the beginning where nothing else is said. */
export function scan(snapshot: Snapshot, options: ScanOptions = {}): Promise<ScannedPage> {
  const { scope = GROUPS, projection = SHORT, limit = {}, after = null } = options
  return snapshot.scan(scope, projection, after, { ...NO_LIMIT, ...limit })
}

/** Every page of a scan, each of which has to go on where the one before ended. */
export async function scanAll(snapshot: Snapshot, options: ScanOptions = {}): Promise<ScannedPage[]> {
  const pages: ScannedPage[] = []
  const cursors = new Set<string>()
  let after = options.after ?? null
  do {
    const page = await scan(snapshot, { ...options, after })
    after = page.after
    pages.push(page)
    assert.ok(!cursors.has(JSON.stringify(after)), `A scan came back to ${JSON.stringify(after)}`)
    cursors.add(JSON.stringify(after))
  } while (after !== null)
  return pages
}

export function textOf(page: ScannedPage): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(page.json)
}

export function itemsOf(...pages: readonly ScannedPage[]): Item[] {
  return pages.flatMap(page => JSON.parse(`[${textOf(page)}]`))
}

/** What a reader has at the end of a scan: the items of one object as one. */
export function merged(items: readonly Item[]): Item[] {
  const whole = new Map<string, Item>()
  for (const { members, owners, ...rest } of items) {
    const before = whole.get(rest.id)
    const all = {
      members: [...(before?.members ?? []), ...(members ?? [])],
      owners: [...(before?.owners ?? []), ...(owners ?? [])],
    }
    whole.set(rest.id, { ...rest, ...all })
  }
  return [...whole.values()]
}

/** The first facts beyond `after`, all of them unless `limit` says otherwise. */
export async function changesAfter(
  snapshot: Snapshot,
  scopes: Scope | readonly Scope[],
  after: ChangeCursor,
  limit = Infinity,
): Promise<Fact[]> {
  const facts: Fact[] = []
  for await (const fact of snapshot.changes([scopes].flat(), after)) if (facts.push(fact) >= limit) break
  return facts
}

/** Every fact beyond `after`, read `limit` at a time. */
export async function changesAll(
  snapshot: Snapshot,
  scopes: Scope | readonly Scope[],
  after: ChangeCursor,
  limit: number,
): Promise<Fact[]> {
  const facts: Fact[] = []
  let position = after
  for (;;) {
    const more = await changesAfter(snapshot, scopes, position, limit)
    facts.push(...more)
    const last = more.at(-1)
    if (last === undefined || more.length < limit) return facts
    assert.ok(compareChanges(cursorAt(last), position) > 0, `Changes came back to ${JSON.stringify(position)}`)
    position = cursorAt(last)
  }
}
