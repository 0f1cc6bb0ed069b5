import type { Mark } from './reference.ts'
import { cloneView, type ReaderQuery, type View } from './view.ts'

/** A link as its reader holds it, with what the test knows of it. */
export interface Held {
  readonly url: string
  readonly kind: 'next' | 'delta'
  /** Of the round that it goes on with, or begins. */
  readonly base: number
  readonly first: boolean
  readonly scanning: boolean
  /** Where the round stands: what must move. */
  readonly position: string
  /** The next page may be larger: it reaches past the head that the first page of its round saw. */
  readonly mayBeLarger: boolean
  readonly firstHead: number
  /** The newest commit that its pages have seen. */
  readonly seen: Mark
  readonly issuedAt: number
  /** Which state key sealed it. */
  readonly key: number
}

/** What a round has told of one object. */
export interface Told {
  /** What its last item said: null for present. */
  removed: 'changed' | 'deleted' | null
  /** Items without edges. */
  bare: number
  readonly names: Set<string>
  /** Edges told as live. */
  readonly live: Set<string>
  /** Every edge told, one entry each time. */
  readonly edges: string[]
}

/** A round as it was followed. */
export interface Round {
  readonly base: number
  readonly first: boolean
  /** Followed page by page from its first request. */
  readonly whole: boolean
  /** The head that its first page saw. */
  readonly firstHead: number
  /** Every request asked for minimal items. */
  minimal: boolean
  requests: number
  readonly positions: Set<string>
  readonly told: Map<string, Told>
  /** The smallest page that was asked for. */
  smallest: { objects: number; edges: number; examined: number }
}

/** A client: its copy, and the link that it would follow next. */
export interface Reader {
  readonly name: string
  readonly query: ReaderQuery
  copy: View
  /** Null before the first request, and after a refused link. */
  held: Held | null
  /** The first request that it would make: its own, or the Location of a 410. */
  start: string
  round: Round | null
  /** The newest of its deltaLinks. */
  highest: Mark | null
  /** Copies with the links that went with them, oldest first. */
  kept: { readonly held: Held; readonly copy: View }[]
}

const KEPT_MAX = 6

export function newReader(name: string, query: ReaderQuery, start: string): Reader {
  return { name, query, copy: new Map(), held: null, start, round: null, highest: null, kept: [] }
}

export function newRound(base: number, first: boolean, whole: boolean, firstHead: number): Round {
  return {
    base,
    first,
    whole,
    firstHead,
    minimal: true,
    requests: 0,
    positions: new Set(),
    told: new Map(),
    smallest: { objects: Infinity, edges: Infinity, examined: Infinity },
  }
}

/** The reader saves its copy and its link together, as a client should. */
export function keep(reader: Reader, held: Held): void {
  reader.held = held
  reader.kept.push({ held, copy: cloneView(reader.copy) })
  if (reader.kept.length > KEPT_MAX) reader.kept.shift()
}

/** The reader drops its copy: it will begin with a first round. */
export function forget(reader: Reader): void {
  reader.copy = new Map()
  reader.held = null
  reader.round = null
  reader.kept = []
}

/**
 * The reader goes back by so many links, with the copy that it had then or, with `keepsCopy`, with the one that it has
 * now. False where it has not kept as many.
 */
export function goBack(reader: Reader, links: number, keepsCopy: boolean): boolean {
  const before = reader.kept.at(-1 - links)
  if (before === undefined) return false
  const copy = keepsCopy ? reader.copy : cloneView(before.copy)
  // What was kept with the older data cannot be gone back to from the newer ones.
  reader.kept = keepsCopy ? [] : reader.kept.slice(0, reader.kept.length - 1 - links)
  reader.copy = copy
  reader.round = null
  keep(reader, before.held)
  return true
}
