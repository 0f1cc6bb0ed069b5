import type { Address } from '../../odata/address.ts'
import type { Segment } from '../../odata/segment.ts'

/** What a request counts for: resource units, and writes. */
export interface Cost {
  readonly units: number
  readonly writes: 0 | 1
}

/**
 * Reads that cost more than one unit, by their path (learn.microsoft.com, graph/throttling-limits, «Identity and access
 * service limits»). The casts and counts below a list cost what it costs: the same rows are looked at.
 */
export const READS: ReadonlyMap<string, number> = new Map([
  ['users', 2],
  ['groups/{id}/members', 3],
  ['groups/{id}/transitivemembers', 5],
  ['users/{id}/memberof', 2],
  ['users/{id}/transitivememberof', 2],
  ['users/{id}/ownedobjects', 2],
  ['me/memberof', 2],
])

/** Actions that read (the same page). What it does not list of them costs a unit and, since nothing is changed, no write. */
const READING_ACTIONS: ReadonlyMap<string, number> = new Map([
  ['getbyids', 3],
  ['checkmembergroups', 4],
  ['checkmemberobjects', 4],
  ['getmembergroups', 2],
  ['getmemberobjects', 2],
  ['validateproperties', 1],
])

/** Pages shorter than this cost a unit less. */
const SHORT_PAGE = 20

/**
 * The cost of a request, whatever becomes of it; null for a batch, each of whose items has its own. An option counts
 * where it is written as clients write it: `$select=`, with or without its `$`.
 */
export function costOf(method: string, { segments, query }: Pick<Address, 'segments' | 'query'>): Cost | null {
  const last = nameOf(segments.at(-1))
  if (method === 'POST' && segments.length === 1 && last === '$batch') return null
  const action = method === 'POST' ? READING_ACTIONS.get(last) : undefined
  const isRead = method === 'GET' || method === 'HEAD' || action !== undefined
  const base = action ?? (isRead ? (READS.get(pathOf(segments)) ?? 1) : 1)
  return { units: Math.max(1, base + modifierOf(query)), writes: isRead ? 0 : 1 }
}

/** The first steps of a path, with `{id}` for what stands between two names. */
function pathOf(segments: readonly Segment[]): string {
  const steps = segments.slice(0, 3)
  return steps.map((step, place) => (place === 1 && steps.length > 2 ? '{id}' : nameOf(step))).join('/')
}

function nameOf(segment: Segment | undefined): string {
  return segment?.kind === 'name' ? segment.name : ''
}

const SELECT = /(?:^|&)(?:\$|%24)?select=/i
const EXPAND = /(?:^|&)(?:\$|%24)?expand=/i
const TOP = /(?:^|&)(?:\$|%24)?top=(\d{1,4})(?:&|$)/i

function modifierOf(query: string): number {
  if (query === '') return 0
  const top = TOP.exec(query)?.[1]
  const isShort = top !== undefined && Number(top) < SHORT_PAGE
  return (EXPAND.test(query) ? 1 : 0) - (SELECT.test(query) ? 1 : 0) - (isShort ? 1 : 0)
}
