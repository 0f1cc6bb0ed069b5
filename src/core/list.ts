import type { DirectoryObject, ObjectType } from './fact.ts'
import { type Filter, type Operand, propertyOf, type Test } from './filter.ts'
import { afterPrefix, compareCodePoints, foldText, justAfter } from './foldedText.ts'
import type { ObjectId } from './id.ts'

/** The properties by which lists are found and ordered, in the order of their stored codes (from 1): append only. */
export const LIST_KEYS = ['displayName', 'mail', 'mailNickname', 'userPrincipalName', 'deletedDateTime'] as const
export type ListKey = (typeof LIST_KEYS)[number]

/** Those that order lists: every object that is listed by them has them. */
const ORDERS: Readonly<Record<ListKey, (object: DirectoryObject) => boolean>> = {
  displayName: () => true,
  mail: () => false,
  mailNickname: () => false,
  userPrincipalName: object => object.type === 'user',
  deletedDateTime: object => object.state === 'deleted',
}

/**
 * What an object is filed under: its value, folded. One that orders lists is there even where the value is not;
 * tombstones are filed under nothing.
 */
export function listKeysOf(object: DirectoryObject): ReadonlyMap<ListKey, string> {
  const keys = new Map<ListKey, string>()
  if (object.state === 'purged') return keys
  for (const key of LIST_KEYS) {
    const value = propertyOf(object, key)
    if (typeof value === 'string') keys.set(key, foldText(value))
    else if (ORDERS[key](object)) keys.set(key, '')
  }
  return keys
}

/** A walk along the objects whose key is at least `least` and before `beyond` (null: all of the rest). */
export interface Walk {
  readonly key: ListKey | 'id'
  readonly least: string
  readonly beyond: string | null
  /** Only these keys, all of them in the range and each there once; null for all of it. */
  readonly values: readonly string[] | null
  readonly descending: boolean
}

/** An order that a caller asks for. */
export interface ListOrder {
  readonly key: ListKey
  readonly descending: boolean
}

/**
 * What a list holds, and along which walks it is found, one after another. An object stands where the first walk comes
 * to it: what belongs to an earlier walk is passed over by a later one. Between them they come to all that match.
 */
export interface ListQuery {
  readonly type: ObjectType
  readonly state: 'live' | 'deleted'
  readonly filter: Filter | null
  readonly walks: readonly [Walk, ...Walk[]]
}

/** Where a list stands: at the last object examined. `key` is its place on a walk by another key than the id. */
export interface ListCursor {
  readonly walk: number
  readonly key: string
  readonly id: ObjectId
}

/** How much a page of a list may hold, and how much may be looked at for it. All are at least 1. */
export interface ListLimit {
  readonly objects: number
  readonly examined: number
  /** Of all properties of the objects looked at (`sizeOf`): the object that brings them to so many is the last. */
  readonly bytes: number
}

export interface ListedPage {
  readonly objects: readonly DirectoryObject[]
  /** How many were looked at, and how many bytes of properties they have. */
  readonly examined: number
  readonly bytes: number
  /** Where to go on; null at the end of the list. */
  readonly after: ListCursor | null
}

/** Plans a list: in the order asked for, else along the keys that the filter names most narrowly, else by id. */
export function planList(
  type: ObjectType,
  state: ListQuery['state'],
  filter: Filter | null,
  order: ListOrder | null,
): ListQuery {
  if (order !== null) {
    const all: Walk = { key: order.key, ...EVERYTHING, descending: order.descending }
    return { type, state, filter, walks: [filter === null ? all : { ...all, ...rangeWithin(filter, order.key) }] }
  }
  const [first = BY_ID, ...more] = (filter === null ? null : walksTo(filter)) ?? []
  return { type, state, filter, walks: [first, ...more] }
}

const BY_ID: Walk = { key: 'id', least: '', beyond: null, values: null, descending: false }

/** Whether an object, filed under these keys, is on a walk. */
export function isOn(walk: Walk, id: ObjectId, keys: ReadonlyMap<ListKey, string>): boolean {
  const key = walk.key === 'id' ? id : keys.get(walk.key)
  if (key === undefined) return false
  return walk.values === null ? isWithin(key, walk) : walk.values.includes(key)
}

function isWithin(key: string, { least, beyond }: Pick<Walk, 'least' | 'beyond'>): boolean {
  return compareCodePoints(key, least) >= 0 && (beyond === null || compareCodePoints(key, beyond) < 0)
}

/** Whether an object can be on both walks. */
export function mayMeet(a: Walk, b: Walk): boolean {
  if (a.key !== b.key) return true
  const { least, beyond } = overlap(a, b)
  return beyond === null || compareCodePoints(least, beyond) < 0
}

type Range = Pick<Walk, 'least' | 'beyond' | 'values'>

const EVERYTHING: Range = { least: '', beyond: null, values: null }

/** The walks that come to all that a filter lets pass; null where no key leads there. */
function walksTo(filter: Filter): readonly Walk[] | null {
  if (filter.kind === 'property') {
    const key = walkedKey(filter.property)
    const ranges = rangesOf(filter.test)
    return key === null || ranges === null ? null : ranges.map(range => ({ key, ...range, descending: false }))
  }
  if (filter.kind === 'and') {
    const ways = filter.terms.map(walksTo).filter(walks => walks !== null)
    return ways.sort((a, b) => breadth(a) - breadth(b))[0] ?? null
  }
  if (filter.kind === 'or') {
    const ways = filter.terms.map(walksTo).filter(walks => walks !== null)
    return ways.length === filter.terms.length ? ways.flat() : null
  }
  return null
}

function walkedKey(property: string): Walk['key'] | null {
  if (property === 'id') return 'id'
  return LIST_KEYS.find(key => key === property) ?? null
}

/** Where the values that pass a test lie; null where anywhere. */
function rangesOf(test: Test): readonly Range[] | null {
  if (test.kind === 'startsWith') return [{ ...EVERYTHING, least: test.text, beyond: afterPrefix(test.text) }]
  if (test.kind === 'in') return among(test.values)
  if (!('value' in test) || typeof test.value !== 'string') return null
  if (test.kind === 'eq') return [{ ...EVERYTHING, least: test.value, beyond: justAfter(test.value) }]
  if (test.kind === 'ge') return [{ ...EVERYTHING, least: test.value }]
  if (test.kind === 'le') return [{ ...EVERYTHING, beyond: justAfter(test.value) }]
  return null
}

/** The range that holds these values, and nothing else of it. */
function among(operands: readonly Operand[]): readonly Range[] | null {
  const texts = operands.filter(value => typeof value === 'string')
  if (texts.length < operands.length) return null
  const values = [...new Set(texts)].sort(compareCodePoints)
  const [least, last] = [values[0], values.at(-1)]
  return least === undefined || last === undefined ? null : [{ least, beyond: justAfter(last), values }]
}

/** How much a way is likely to look at: one value, some of them, half of them. */
function breadth(walks: readonly Walk[]): number {
  return walks.reduce((sum, { least, beyond, values }) => {
    if (values !== null) return sum + values.length
    if (beyond === justAfter(least)) return sum + 1
    return sum + (beyond === null || least === '' ? 1_000_000 : 1_000)
  }, 0)
}

/** Where the values of a key lie in what a filter lets pass, as far as its outermost terms tell. */
function rangeWithin(filter: Filter, key: ListKey): Range {
  if (filter.kind === 'and') return filter.terms.map(term => rangeWithin(term, key)).reduce(overlap, EVERYTHING)
  if (filter.kind !== 'property' || filter.property !== key) return EVERYTHING
  const [range, ...more] = rangesOf(filter.test) ?? []
  return range === undefined || more.length > 0 ? EVERYTHING : range
}

function overlap(a: Range, b: Range): Range {
  const least = compareCodePoints(a.least, b.least) > 0 ? a.least : b.least
  const beyond =
    a.beyond === null || b.beyond === null
      ? (a.beyond ?? b.beyond)
      : compareCodePoints(a.beyond, b.beyond) < 0
        ? a.beyond
        : b.beyond
  return { least, beyond, values: (a.values ?? b.values)?.filter(value => isWithin(value, { least, beyond })) ?? null }
}
