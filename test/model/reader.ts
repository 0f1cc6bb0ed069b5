import type { Mark } from './reference.ts'
import { newRound, type Round } from './round.ts'
import { cloneView, type ReaderQuery, type View } from './view.ts'

/** A link as its reader holds it, with what the test knows of it. */
export interface Held {
  readonly url: string
  readonly kind: 'next' | 'delta'
  /** Of the round that it goes on with, or begins. */
  readonly base: number
  readonly first: boolean
  readonly scanning: boolean
  /** The next page may be larger: it reaches past the head that the first page of its round saw. */
  readonly mayBeLarger: boolean
  readonly firstHead: number
  /** The newest commit that its pages have seen. */
  readonly seen: Mark
  readonly issuedAt: number
  /** Which state key sealed it. */
  readonly key: number
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

/** The round that the next answer belongs to; one that was left and come back to is not followed from its beginning. */
export function roundOf({ round, held }: Reader, head: number): Round {
  if (held === null) return newRound({ base: head, first: true, whole: true, firstHead: head })
  const { kind, base, first, firstHead } = held
  if (kind === 'delta') return newRound({ base, first: false, whole: true, firstHead: head })
  return round ?? newRound({ base, first, whole: false, firstHead })
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
