import type { Relation, Value } from './operation.ts'
import { Violation } from './violation.ts'

export interface WireEdge {
  readonly relation: Relation
  readonly target: string
  readonly type: string
  readonly live: boolean
}

/** One element of a page's `value`. */
export interface WireItem {
  readonly id: string
  /** Where it says what it is. */
  readonly type: string | null
  readonly removed: 'changed' | 'deleted' | null
  readonly values: Readonly<Record<string, Value>>
  readonly edges: readonly WireEdge[]
}

export interface WirePage {
  readonly context: string
  readonly items: readonly WireItem[]
  readonly link: { readonly kind: 'next' | 'delta'; readonly url: string }
}

type Fields = Readonly<Record<string, unknown>>

function broken(what: string): never {
  throw new Violation('shape', what)
}

/** Reads a delta answer as a client gets it, and holds it to the shape that is promised. */
export function readWirePage(body: unknown): WirePage {
  const fields = asFields(body, 'the page')
  const { '@odata.context': context, '@odata.nextLink': next, '@odata.deltaLink': delta, value, ...rest } = fields
  const [extra] = Object.keys(rest)
  if (extra !== undefined) broken(`a page has the key '${extra}'`)
  if (typeof context !== 'string' || !Array.isArray(value)) return broken('a page lacks its context or its value')
  if ('@odata.nextLink' in fields === '@odata.deltaLink' in fields)
    throw new Violation('I10', 'a page has both links or none')
  const url = next ?? delta
  const kind = next === undefined ? 'delta' : 'next'
  const option = kind === 'next' ? '$skiptoken' : '$deltatoken'
  const form = new RegExp(`^https?://[^?]+/delta\\?\\${option}=[A-Za-z0-9_-]+$`)
  if (typeof url !== 'string' || !form.test(url)) throw new Violation('I10', `a ${kind}Link is ${url}`)
  return { context, items: value.map(readItem), link: { kind, url } }
}

function readItem(item: unknown): WireItem {
  const {
    id,
    '@odata.type': type = null,
    '@removed': removed,
    'members@delta': members,
    'owners@delta': owners,
    ...values
  } = asFields(item, 'an item')
  if (typeof id !== 'string') return broken('an item has no id')
  if (typeof type !== 'string' && type !== null) return broken(`an item's type is ${JSON.stringify(type)}`)
  const edges = [...readEdges('members', members), ...readEdges('owners', owners)]
  const reason = readReason(removed)
  if (reason !== null && (edges.length > 0 || Object.keys(values).length > 0))
    broken('a removed item tells more than that')
  return { id, type, removed: reason, values: values as Record<string, Value>, edges }
}

function readEdges(relation: Relation, entries: unknown): WireEdge[] {
  if (entries === undefined) return []
  if (!Array.isArray(entries) || entries.length === 0) return broken(`'${relation}@delta' is no list of entries`)
  return entries.map(entry => {
    const { '@odata.type': type, id, '@removed': removed, ...rest } = asFields(entry, 'an entry')
    if (typeof type !== 'string' || typeof id !== 'string' || Object.keys(rest).length > 0) {
      return broken(`an entry of '${relation}@delta' is ${JSON.stringify(entry)}`)
    }
    const reason = readReason(removed)
    if (reason === 'changed') broken('a removed member has the reason changed')
    return { relation, target: id, type, live: reason === null }
  })
}

function readReason(removed: unknown): WireItem['removed'] {
  if (removed === undefined) return null
  const { reason, ...rest } = asFields(removed, '@removed')
  if ((reason !== 'changed' && reason !== 'deleted') || Object.keys(rest).length > 0) {
    return broken(`'@removed' is ${JSON.stringify(removed)}`)
  }
  return reason
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken(`${what} is no JSON object`)
  return value as Fields
}
