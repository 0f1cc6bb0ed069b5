import assert from 'node:assert/strict'
import type { ChangeCursor, KeyCursor } from '../../src/core/cursor.ts'
import {
  type DirectoryObject,
  type Edge,
  type Fact,
  NONCE_OF_NOTHING,
  type Nonce,
  type ObjectType,
  RELATIONS,
  type Relation,
} from '../../src/core/fact.ts'
import { matches } from '../../src/core/filter.ts'
import type { ObjectId } from '../../src/core/id.ts'
import { type ListCursor, type ListedPage, type ListLimit, type ListQuery, listKeysOf } from '../../src/core/list.ts'
import { isStandard } from '../../src/core/resource.ts'
import type {
  EdgeView,
  Memberships,
  PageLimit,
  Projection,
  ScannedPage,
  Scope,
  Snapshot,
  Transaction,
} from '../../src/core/snapshot.ts'
import type { Store } from '../../src/store/store.ts'

/** What was written, one after another: the last entry of a name says how that fact stands, null that it is gone. */
interface Entry {
  readonly name: string
  readonly fact: Fact | null
  readonly keys: readonly string[]
}

/** The part of a store that a directory is kept in. */
export type Oracle = Pick<Store, 'write' | 'read' | 'versionAt' | 'compact'>

/**
 * One tenant as a journal that is read from its beginning for every answer: nothing is kept sorted, replaced or
 * counted. It shares no code with the stores, and takes one call at a time.
 */
export function openOracle(nonce: () => Nonce): Oracle {
  let journal: Entry[] = []
  const commits: { at: number; nonce: Nonce }[] = []
  let horizon = 0

  const standing = (): Map<string, Entry> => {
    const last = new Map(journal.map(entry => [entry.name, entry]))
    for (const [name, { fact }] of last) if (fact === null) last.delete(name)
    return last
  }
  const facts = (): Fact[] => [...standing().values()].flatMap(({ fact }) => fact ?? [])
  const find = (name: string): Fact | null => standing().get(name)?.fact ?? null

  function snapshot(): Snapshot {
    return {
      head: commits.length,
      horizon,
      nonceOf: async version => {
        if (version < horizon) return null
        return version === 0 ? NONCE_OF_NOTHING : (commits[version - 1]?.nonce ?? null)
      },
      object: async id => {
        const fact = find(id)
        return fact?.kind === 'object' ? fact.object : null
      },
      idByKey: async (key, value) => {
        const entry = [...standing().values()].find(({ keys }) => keys.includes(`${key}=${value}`))
        return entry?.fact?.kind === 'object' ? entry.fact.object.id : null
      },
      objects: async (type, state, after, limit) =>
        objectsOf(facts())
          .filter(object => object.type === type && object.state === state && (after === null || object.id > after))
          .slice(0, limit),
      list: async (query, after, limit) => listed(objectsOf(facts()), query, after, limit),
      edge: async (source, relation, target) => {
        const fact = find(`${source}/${relation}/${target}`)
        return fact?.kind === 'edge' ? fact.edge : null
      },
      edges: async (source, relation, after, limit) =>
        edgesOf(facts(), source)
          .filter(edge => edge.relation === relation && edge.live && (after === null || edge.target > after))
          .slice(0, limit),
      countObjects: async (type, state) =>
        objectsOf(facts()).filter(object => object.type === type && object.state === state).length,
      ...membershipsAmong(facts),
      scan: async (scope, projection, after, limit) => scanned(facts(), scope, projection, after, limit),
      changes: async function* (scopes, after) {
        yield* changed(facts(), scopes, after)
      },
    }
  }

  return {
    async write(_tenant, by, work) {
      const before = [...journal]
      const version = commits.length + 1
      const add = (fact: Fact, keys: readonly string[] = []): void => {
        const stamped: Fact =
          fact.kind === 'object'
            ? { kind: 'object', object: { ...fact.object, version } }
            : { kind: 'edge', edge: { ...fact.edge, version } }
        journal.push({ name: nameOf(fact), fact: structuredClone(stamped), keys })
      }
      const edges = (): Edge[] => facts().flatMap(fact => (fact.kind === 'edge' ? fact.edge : []))
      const transaction: Transaction = {
        ...snapshot(),
        version,
        putObject: async (object, keys) => {
          const named = Object.entries(keys).map(([key, value]) => `${key}=${value}`)
          for (const entry of standing().values()) {
            const taken = entry.keys.some(key => named.includes(key)) && entry.name !== object.id
            if (taken) throw new Error(`A key of ${object.id} names ${entry.name}.`)
          }
          add({ kind: 'object', object }, named)
        },
        putEdge: async edge => add({ kind: 'edge', edge }),
        stampEdgesFrom: async source => {
          for (const edge of edges()) if (edge.source === source) add({ kind: 'edge', edge })
        },
        dropEdgesFrom: async source => {
          for (const edge of edges()) {
            if (edge.source === source) journal.push({ name: nameOf({ kind: 'edge', edge }), fact: null, keys: [] })
          }
        },
        removeEdgesTo: async target => {
          for (const edge of edges()) {
            if (edge.target === target && edge.live) add({ kind: 'edge', edge: { ...edge, live: false } })
          }
        },
      }
      try {
        const result = await work(transaction)
        if (journal.length > before.length) commits.push({ at: by.at, nonce: nonce() })
        return result
      } catch (error) {
        journal = before
        throw error
      }
    },
    read: async (_tenant, work) => work(snapshot()),
    versionAt: async (_tenant, at) => {
      const later = commits.findIndex((commit, index) => index + 1 >= horizon && commit.at > at)
      return later === -1 ? commits.length : Math.max(horizon, later)
    },
    compact: async (_tenant, wanted) => {
      const recordsBefore = Math.max(horizon, 1)
      while (horizon < wanted && horizon < commits.length) horizon += 1
      const gone = facts().filter(fact =>
        fact.kind === 'object'
          ? fact.object.state === 'purged' && fact.object.version <= horizon
          : !fact.edge.live && fact.edge.version <= horizon,
      )
      for (const fact of gone) journal.push({ name: nameOf(fact), fact: null, keys: [] })
      return { tombstones: gone.length, records: Math.max(horizon, 1) - recordsBefore }
    },
  }
}

function nameOf(fact: Fact): string {
  if (fact.kind === 'object') return fact.object.id
  return `${fact.edge.source}/${fact.edge.relation}/${fact.edge.target}`
}

/** Text that sorts as facts do within a version: an object before its edges, members before owners. */
function place(id: string, relation: Relation | null, target: string): string {
  return `${id}/${relation === null ? 0 : RELATIONS.indexOf(relation) + 1}/${target}`
}

function byText<T>(text: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (text(a) === text(b) ? 0 : text(a) < text(b) ? -1 : 1)
}

function objectsOf(facts: readonly Fact[]): DirectoryObject[] {
  return facts.flatMap(fact => (fact.kind === 'object' ? fact.object : [])).sort(byText(({ id }) => id))
}

function edgesOf(facts: readonly Fact[], source: ObjectId): Edge[] {
  return facts
    .flatMap(fact => (fact.kind === 'edge' && fact.edge.source === source ? fact.edge : []))
    .sort(byText(edge => place(source, edge.relation, edge.target)))
}

/** Closures by doubling: steps are added to what is known until nothing is new. */
function membershipsAmong(facts: () => Fact[]): Memberships {
  const pairs = ({ relation, showHiddenMembers }: EdgeView): Edge[] =>
    objectsOf(facts())
      .filter(
        ({ state, membersHidden }) =>
          state === 'live' && (showHiddenMembers || relation === 'owners' || !membersHidden),
      )
      .flatMap(({ id }) => edgesOf(facts(), id).filter(edge => edge.relation === relation && edge.live))
  const closure = (showHiddenMembers: boolean): Set<string> => {
    const known = new Set(
      pairs({ relation: 'members', showHiddenMembers }).map(edge => `${edge.source} ${edge.target}`),
    )
    for (let size = -1; size < known.size; ) {
      size = known.size
      for (const first of [...known]) {
        for (const second of [...known]) {
          if (first.split(' ')[1] === second.split(' ')[0]) known.add(`${first.split(' ')[0]} ${second.split(' ')[1]}`)
        }
      }
    }
    return known
  }
  const sorted = (ids: readonly string[]) => [...new Set(ids)].sort() as ObjectId[]
  const targets = (sources: readonly ObjectId[], view: EdgeView, type: ObjectType | null) =>
    sorted(
      pairs(view)
        .filter(edge => sources.includes(edge.source) && (type === null || edge.targetType === type))
        .map(({ target }) => target),
    )
  const sources = (target: ObjectId, view: EdgeView) =>
    sorted(
      pairs(view)
        .filter(edge => edge.target === target)
        .map(({ source }) => source),
    )
  const isGroup = (id: string) => objectsOf(facts()).some(object => object.id === id && object.type === 'group')
  return {
    targets: async (from, view, type, after, limit) =>
      targets(from, view, type)
        .filter(id => after === null || id > after)
        .slice(0, limit),
    eachTarget: (from, view, type, after) =>
      pairs(view)
        .filter(edge => from.includes(edge.source as ObjectId) && (type === null || edge.targetType === type))
        .map(({ target }) => target as ObjectId)
        .filter(id => after === null || id > after),
    countTargets: async (from, view, type) => targets([from], view, type).length,
    sources: async (target, view, after, limit) =>
      sources(target, view)
        .filter(id => after === null || id > after)
        .slice(0, limit),
    countSources: async (target, view) => sources(target, view).length,
    groupsWithin: (source, shown) => {
      const ends = [...closure(shown)].map(pair => pair.split(' ')).filter(([from]) => from === source)
      return sorted(ends.flatMap(([, to]) => (to !== undefined && to !== source && to.startsWith('a') ? to : [])))
    },
    groupsAround: (target, shown) => {
      const starts = [...closure(shown)].map(pair => pair.split(' ')).filter(([, to]) => to === target)
      return sorted(starts.flatMap(([from]) => (from !== undefined && from !== target && isGroup(from) ? from : [])))
    },
  }
}

/** All places of all walks in one line, as bytes: a page is what comes behind the cursor's. */
function listed(
  objects: readonly DirectoryObject[],
  { type, state, filter, walks }: ListQuery,
  after: ListCursor | null,
  limit: ListLimit,
): ListedPage {
  const fits = objects.filter(object => object.type === type && object.state === state)
  const keyOf = (object: DirectoryObject, walk: number) => {
    const { key = 'id', least = '', beyond = null, values = null } = walks[walk] ?? {}
    const value = key === 'id' ? object.id : listKeysOf(object).get(key)
    if (value !== undefined && values !== null && !values.includes(value)) return null
    if (value === undefined || Buffer.compare(Buffer.from(value), Buffer.from(least)) < 0) return null
    return beyond !== null && Buffer.compare(Buffer.from(value), Buffer.from(beyond)) >= 0 ? null : value
  }
  const line = walks.flatMap(({ key, descending }, walk) => {
    const places = fits.flatMap(object => {
      const value = keyOf(object, walk)
      return value === null ? [] : { object, walk, key: key === 'id' ? '' : value }
    })
    places.sort((a, b) => Buffer.from(a.key).compare(Buffer.from(b.key)) || (a.object.id < b.object.id ? -1 : 1))
    return descending ? places.reverse() : places
  })
  const isAt = (place: (typeof line)[number]) =>
    after !== null && place.walk === after.walk && place.key === after.key && place.object.id === after.id
  const rest = line.slice(line.findIndex(isAt) + 1)
  const first = rest.filter(
    ({ object, walk }) =>
      (filter === null || matches(object, filter)) &&
      walks.every((_, earlier) => earlier >= walk || keyOf(object, earlier) === null),
  )
  const next = first[limit.objects]
  const sizes = rest.map(({ object }) => Buffer.from(JSON.stringify(object.properties)).length)
  const sums = sizes.map((_, at) => sizes.slice(0, at + 1).reduce((sum, size) => sum + size, 0))
  const filling = sums.findIndex(sum => sum >= limit.bytes)
  const ends = [limit.examined, next === undefined ? rest.length : rest.indexOf(next)]
  const end = Math.min(...ends, filling < 0 ? rest.length : filling + 1)
  const last = rest[end - 1]
  const taken = first.filter(place => rest.indexOf(place) < end).map(({ object }) => object)
  const looked = { objects: taken, examined: end, bytes: sums[end - 1] ?? 0 }
  if (end === rest.length) return { ...looked, after: null }
  return { ...looked, after: last === undefined ? after : { walk: last.walk, key: last.key, id: last.object.id } }
}

function changed(facts: readonly Fact[], scopes: readonly Scope[], after: ChangeCursor): Fact[] {
  const order = (version: number, rest: string) => `${String(version).padStart(9, '0')}/${rest}`
  const orderOf = (fact: Fact): string => {
    if (fact.kind === 'object') return order(fact.object.version, place(fact.object.id, null, ''))
    const { version, source, relation, target } = fact.edge
    return order(version, place(source, relation, target))
  }
  const types = new Map(objectsOf(facts).map(object => [object.id, object.type]))
  const start = order(after.version, place(after.id, after.relation, after.target))
  return facts
    .flatMap((fact): Fact[] => {
      const source = fact.kind === 'object' ? fact.object.id : fact.edge.source
      const scope = scopes.find(({ type, ids }) => types.get(source) === type && (ids?.includes(source) ?? true))
      if (scope === undefined) return []
      if (fact.kind === 'object') return [{ kind: 'object', object: withRead(fact.object, scope) }]
      return scope.relations.length > 0 ? [fact] : []
    })
    .filter(fact => orderOf(fact) > start)
    .sort(byText(orderOf))
}

/** Only what the scope reads of an object. */
function withRead(object: DirectoryObject, scope: Scope): DirectoryObject {
  const [properties, stamps] = [{ ...object.properties }, { ...object.stamps }]
  for (const name of Object.keys(properties)) {
    if (scope.properties === 'all' || isStandard(object.type, name)) continue
    delete properties[name]
    delete stamps[name]
  }
  return { ...object, properties, stamps }
}

interface ScanRow {
  readonly object: DirectoryObject
  readonly edge: Edge | null
}

interface OpenItem {
  readonly object: DirectoryObject
  readonly resumed: boolean
  readonly live: Edge[]
}

/** All rows in one line, objects and edges; the page is what is taken until a row does not fit. */
function scanned(
  facts: readonly Fact[],
  scope: Scope,
  projection: Projection,
  after: KeyCursor | null,
  limit: PageLimit,
): ScannedPage {
  const rows: ScanRow[] = objectsOf(facts)
    .filter(({ type, state, id }) => type === scope.type && state === 'live' && (scope.ids?.includes(id) ?? true))
    .flatMap(object => [
      { object, edge: null },
      ...edgesOf(facts, object.id)
        .filter(({ relation }) => scope.relations.includes(relation))
        .filter(({ relation }) => relation !== 'members' || projection.showHiddenMembers || !object.membersHidden)
        .map(edge => ({ object, edge })),
    ])
  const items: OpenItem[] = []
  let edges = 0
  let examined = 0
  let bytes = 0
  let last: ScanRow | null = null
  const shown = () => items.filter(({ resumed, live }) => !resumed || live.length > 0)
  const page = (next: KeyCursor | null): ScannedPage => ({
    json: Buffer.from(
      shown()
        .map(item => textOf(item, projection))
        .join(','),
    ),
    objects: shown().length,
    edges,
    examined,
    bytes,
    after: next,
  })

  for (const row of rows) {
    const { object, edge } = row
    const resumed = after !== null && !after.whole && after.id === object.id
    if (after !== null && object.id <= after.id && !resumed) continue
    if (edge === null) {
      const left = [limit.objects - shown().length, limit.edges - edges, limit.examined - examined, limit.bytes - bytes]
      if (left.some(room => room <= 0)) {
        assert.ok(last !== null, 'A page takes at least one row.')
        return page({ id: last.object.id, relation: null, target: '', whole: true })
      }
      items.push({ object, resumed, live: [] })
      bytes += Buffer.from(JSON.stringify(withRead(object, scope).properties)).length
    } else {
      const isBehind =
        resumed && place(object.id, edge.relation, edge.target) <= place(object.id, after.relation, after.target)
      if (isBehind) continue
      if (edges >= limit.edges || examined >= limit.examined) {
        assert.ok(last !== null, 'A page takes at least one row.')
        const { relation = null, target = '' } = last.edge ?? {}
        return page({ id: object.id, relation, target, whole: false })
      }
      if (edge.live) {
        edges += 1
        items.at(-1)?.live.push(edge)
      }
    }
    examined += 1
    last = row
  }
  return page(null)
}

/** Puts the words of the projection and JSON together by parsing and writing, not by gluing. */
function textOf({ object, live }: OpenItem, projection: Projection): string {
  const item: Record<string, unknown> = JSON.parse(`${projection.open}${object.id}"}`)
  const names =
    projection.properties === 'standard'
      ? Object.keys(object.properties).filter(name => isStandard(object.type, name))
      : projection.properties
  for (const name of names) item[name] = object.properties[name]
  for (const { relation, open } of projection.relations) {
    const [name] = Object.keys(JSON.parse(`{${open.slice(1)}]}`))
    const entries = live.filter(edge => edge.relation === relation)
    const written = entries.map(edge => JSON.parse(`${projection.entry[edge.targetType]}${edge.target}"}`))
    if (name !== undefined && written.length > 0) item[name] = written
  }
  return JSON.stringify(item)
}
