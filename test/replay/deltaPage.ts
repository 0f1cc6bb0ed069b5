import { Fault } from './fault.ts'
import type { Relation } from './step.ts'

/** A page of a round: its groups and the one link that goes on. */
export interface DeltaPage {
  readonly items: readonly DeltaItem[]
  readonly link: { readonly kind: 'next' | 'delta'; readonly href: string }
}

export interface DeltaItem {
  readonly id: string
  readonly removed: boolean
  /** What was sent, null values among it; the id and annotations are not. */
  readonly properties: readonly (readonly [name: string, value: unknown])[]
  readonly members: readonly DeltaEdge[]
  readonly owners: readonly DeltaEdge[]
}

export interface DeltaEdge {
  readonly id: string
  readonly removed: boolean
}

/** Reads the body of a delta page. Throws a `Fault` (exit 1) for one that is not of the protocol's shape. */
export function readDeltaPage(body: unknown): DeltaPage {
  const page = record(body, 'a delta page')
  const next = page['@odata.nextLink']
  const delta = page['@odata.deltaLink']
  const href = next ?? delta
  if (typeof href !== 'string' || (next !== undefined && delta !== undefined)) {
    throw new Fault(1, 'A delta page has not exactly one of nextLink and deltaLink.')
  }
  const items = list(page['value'], "a delta page's 'value'").map(readItem)
  return { items, link: { kind: next === undefined ? 'delta' : 'next', href } }
}

function readItem(value: unknown): DeltaItem {
  const item = record(value, 'a group of a delta page')
  return {
    id: text(item['id'], 'the id of a group of a delta page'),
    removed: item['@removed'] !== undefined,
    properties: Object.entries(item).filter(([name]) => name !== 'id' && !name.includes('@')),
    members: readEdges(item, 'members'),
    owners: readEdges(item, 'owners'),
  }
}

function readEdges(item: Readonly<Record<string, unknown>>, relation: Relation): DeltaEdge[] {
  const edges = item[`${relation}@delta`]
  if (edges === undefined) return []
  return list(edges, `${relation}@delta`).map(value => {
    const edge = record(value, `an entry of ${relation}@delta`)
    return { id: text(edge['id'], `the id of an entry of ${relation}@delta`), removed: edge['@removed'] !== undefined }
  })
}

/** A value that must be a JSON object; `what` names it in the fault. */
export function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Fault(1, `The server sent ${what} that is not an object.`)
  }
  return value as Record<string, unknown>
}

/** A value that must be a list. */
export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault(1, `The server sent ${what} that is not a list.`)
  return value
}

/** A value that must be text with something in it. */
export function text(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw new Fault(1, `The server sent ${what} that is not text.`)
  return value
}
