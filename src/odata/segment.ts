import { hasControlCharacter } from '../core/controlCharacter.ts'
import { decodePercent } from './percent.ts'

/**
 * A step of a path. Keys in parentheses are steps of their own: `groups('a')` and `groups/a` both have two, and only
 * the first form says that the second is a key. A name where a key belongs is the key, by its `text`.
 */
export type Segment =
  | {
      readonly kind: 'name'
      /** For matching: in lower case and in one spelling (`delta`, `microsoft.graph.group`, `$ref`). */
      readonly name: string
      /** As sent, without percent-encoding. */
      readonly text: string
    }
  | {
      readonly kind: 'key'
      /** The alternate key in lower case, as in `groups(uniqueName='a')`; null for an object's id. */
      readonly property: string | null
      /** The key's value, without its quotes. */
      readonly text: string
    }

type KeySegment = Extract<Segment, { readonly kind: 'key' }>

/** What can be asked of a resource by name, bare or with its namespace. */
const OPERATIONS: ReadonlySet<string> = new Set([
  'checkmembergroups',
  'checkmemberobjects',
  'delta',
  'getbyids',
  'getmembergroups',
  'getmemberobjects',
  'restore',
  'validateproperties',
])

/** Those of them that are functions, which SDKs call with parentheses. */
const FUNCTIONS: ReadonlySet<string> = new Set(['delta'])

const NAMESPACES = ['microsoft.graph.', 'graph.']

/**
 * Reads what stands between two slashes of a raw path: a name, a name and its key, or an alternate key alone (as in
 * `groups/(uniqueName='a')`, which Graph's own page on upserts writes). Other parentheses are part of a name, which no
 * resource has. Null for nothing at all, a broken escape, and a slash or a control character in disguise.
 */
export function parseSegment(raw: string): readonly Segment[] | null {
  const text = decodePercent(raw)
  if (text === null || text === '' || text.includes('/') || hasControlCharacter(text)) return null
  const open = text.indexOf('(')
  const key = open >= 0 && text.endsWith(')') ? parseKey(text.slice(open + 1, -1)) : null
  if (key === null) return [nameSegment(text)]
  if (open > 0) return [nameSegment(text.slice(0, open)), key]
  return key.property === null ? [nameSegment(text)] : [key]
}

function nameSegment(text: string): Segment {
  return { kind: 'name', name: canonicalName(text), text }
}

/** Reads `'value'` or `property='value'`. */
function parseKey(text: string): KeySegment | null {
  if (text.startsWith("'")) return keySegment(null, text)
  const equals = text.indexOf('=')
  if (equals < 1) return null
  return keySegment(text.slice(0, equals).toLowerCase(), text.slice(equals + 1))
}

function keySegment(property: string | null, literal: string): KeySegment | null {
  if (literal.length < 2 || !literal.startsWith("'") || !literal.endsWith("'")) return null
  const inner = literal.slice(1, -1)
  // A quote inside is written twice; one that stands alone would have ended the literal.
  if (inner.replaceAll("''", '').includes("'")) return null
  return { kind: 'key', property, text: inner.replaceAll("''", "'") }
}

/** Operations lose their namespace and functions their empty parentheses; a type keeps the namespace, in its long form. */
function canonicalName(text: string): string {
  const name = text.toLowerCase()
  const namespace = NAMESPACES.find(prefix => name.startsWith(prefix))
  const local = namespace === undefined ? name : name.slice(namespace.length)
  const bare = local.endsWith('()') ? local.slice(0, -2) : local
  if (bare === local ? OPERATIONS.has(bare) : FUNCTIONS.has(bare)) return bare
  return namespace === undefined ? name : `microsoft.graph.${local}`
}
