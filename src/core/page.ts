import { catchUp, type Item } from './catchUp.ts'
import { afterVersion, type ChangeCursor } from './cursor.ts'
import {
  canFollow,
  firstRound,
  type Link,
  laterRound,
  type Position,
  type Query,
  type Round,
  type Sighting,
  scopeOf,
  sighting,
  type TrackedType,
  trackedOf,
} from './round.ts'
import type { PageLimit, Projection, ScannedPage, Snapshot } from './snapshot.ts'

/** One answer of a round: what the scan wrote, type after type, then what the catch-up tells, then where to go on. */
export interface Page {
  readonly scanned: readonly ScannedPage[]
  readonly items: readonly Item[]
  readonly link: Link
}

/** What a page is asked for: a first round, only a link to the present (`latest`), or what a link names. */
export type PageRequest =
  | { readonly kind: 'first'; readonly query: Query }
  | { readonly kind: 'latest'; readonly query: Query }
  | { readonly kind: 'follow'; readonly link: Link }

export interface PageSettings {
  readonly limit: PageLimit
  readonly minimal: boolean
  /** How the scan writes what the query selects of a type. */
  readonly projectionOf: (tracked: TrackedType) => Projection
}

/** How many times larger the pages are that reach past what the round's first page saw. */
const LARGER = 10

/**
 * Reads one page of a round from one unchanging state. Null when its link can no longer be followed: the client has
 * to begin again with a first round.
 */
export async function readPage(snapshot: Snapshot, request: PageRequest, settings: PageSettings): Promise<Page | null> {
  const seen = await sighting(snapshot)
  if (request.kind === 'first') return readRound(snapshot, firstRound(request.query, snapshot.head), seen, settings)
  if (request.kind === 'latest') return { scanned: [], items: [], link: deltaLink(snapshot, request.query, seen) }
  const { link } = request
  if (!(await canFollow(snapshot, link))) return null
  if (link.kind === 'next') return readRound(snapshot, link.round, seen, enlarged(link.round, settings))
  return readRound(snapshot, laterRound(link.query, link.base, snapshot.head), seen, settings)
}

/** The round ends here: the next one begins from this snapshot's head, whatever the last row's version was. */
function deltaLink(snapshot: Snapshot, query: Query, seen: Sighting): Link {
  return { kind: 'delta', query, base: snapshot.head, seen }
}

async function readRound(snapshot: Snapshot, round: Round, seen: Sighting, settings: PageSettings): Promise<Page> {
  const goOn = (position: Position): Link => ({ kind: 'next', round: { ...round, position }, seen })
  const { position, query } = round
  let { limit } = settings
  let scanned: readonly ScannedPage[] = []
  let start: ChangeCursor
  if (position.phase === 'scan') {
    const scan = await readScan(snapshot, query, position, settings)
    scanned = scan.parts
    if (scan.position !== null) return { scanned, items: [], link: goOn(scan.position) }
    start = afterVersion(round.base)
    limit = scan.left
    if (isSpent(limit)) return { scanned, items: [], link: goOn({ phase: 'catch-up', after: start }) }
  } else start = position.after
  const { items, after } = await catchUp(snapshot, round, start, limit, settings.minimal)
  if (after !== null) return { scanned, items, link: goOn({ phase: 'catch-up', after }) }
  return { scanned, items, link: deltaLink(snapshot, query, seen) }
}

interface Scan {
  readonly parts: readonly ScannedPage[]
  /** Null when nothing is left to scan. */
  readonly position: Position | null
  readonly left: PageLimit
}

async function readScan(
  snapshot: Snapshot,
  query: Query,
  { type, after }: Extract<Position, { readonly phase: 'scan' }>,
  { projectionOf, limit }: PageSettings,
): Promise<Scan> {
  const parts: ScannedPage[] = []
  let left = limit
  let start = after
  for (const tracked of query.types.slice(query.types.indexOf(trackedOf(query, type)))) {
    if (isSpent(left)) return { parts, position: { phase: 'scan', type: tracked.type, after: null }, left }
    const part = await snapshot.scan(scopeOf(tracked, query), projectionOf(tracked), start, left)
    parts.push(part)
    left = remaining(left, part)
    if (part.after !== null) return { parts, position: { phase: 'scan', type: tracked.type, after: part.after }, left }
    start = null
  }
  return { parts, position: null, left }
}

function isSpent(left: PageLimit): boolean {
  return Object.values(left).some(rest => rest <= 0)
}

function remaining(limit: PageLimit, used: ScannedPage): PageLimit {
  return {
    objects: limit.objects - used.objects,
    edges: limit.edges - used.edges,
    examined: limit.examined - used.examined,
    bytes: limit.bytes - used.bytes,
  }
}

/**
 * A page past the head that the round's first page saw may be larger, all four bounds: else a tenant that writes
 * faster than the client reads would stretch the round for ever.
 */
function enlarged({ position, firstHead }: Round, settings: PageSettings): PageSettings {
  if (position.phase === 'scan' || position.after.version <= firstHead) return settings
  const { objects, edges, examined, bytes } = settings.limit
  const limit = { objects: objects * LARGER, edges: edges * LARGER, examined: examined * LARGER, bytes: bytes * LARGER }
  return { ...settings, limit }
}
