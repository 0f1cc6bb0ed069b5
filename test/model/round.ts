import { edgeName } from './reference.ts'
import type { Limit, Manner } from './step.ts'
import type { WirePage } from './wire.ts'

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
  /** Where its nextLinks stood. */
  readonly positions: Set<string>
  readonly told: Map<string, Told>
  /** The smallest page that was asked for. */
  smallest: Limit
}

type Beginning = Pick<Round, 'base' | 'first' | 'whole' | 'firstHead'>

export function newRound(beginning: Beginning): Round {
  return {
    ...beginning,
    minimal: true,
    requests: 0,
    positions: new Set(),
    told: new Map(),
    smallest: { objects: Infinity, edges: Infinity, examined: Infinity, bytes: Infinity },
  }
}

/** Adds an answered request to its round. */
export function takePage(round: Round, manner: Manner, { items }: WirePage): void {
  round.requests += 1
  round.minimal &&= manner.minimal
  round.smallest = smaller(round.smallest, manner.limit)
  for (const { id, removed, values, edges } of items) {
    const known = round.told.get(id)
    const told = known ?? { removed: null, bare: 0, names: new Set(), live: new Set(), edges: [] }
    if (known === undefined) round.told.set(id, told)
    told.removed = removed
    if (edges.length === 0) told.bare += 1
    for (const name of Object.keys(values)) told.names.add(name)
    for (const { relation, target, live } of edges) {
      const name = edgeName(relation, target)
      told.edges.push(name)
      if (live) told.live.add(name)
    }
  }
}

function smaller(a: Limit, b: Limit): Limit {
  return {
    objects: Math.min(a.objects, b.objects),
    edges: Math.min(a.edges, b.edges),
    examined: Math.min(a.examined, b.examined),
    bytes: Math.min(a.bytes, b.bytes),
  }
}
