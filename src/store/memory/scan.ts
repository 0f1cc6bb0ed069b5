import { type KeyCursor, relationRank } from '../../core/cursor.ts'
import type { DirectoryObject, Edge } from '../../core/fact.ts'
import { isStandard } from '../../core/resource.ts'
import { sizeOf } from '../../core/size.ts'
import type { PageLimit, Projection, ScannedPage, Scope } from '../../core/snapshot.ts'
import { asRead, compareEdges, compareText, objectsOf, type State } from './state.ts'

/**
 * Takes row after row, removed edges too, until a bound is reached. An object that the page before left unfinished is
 * looked at again, and is written again only where this page has a live edge of it.
 */
export function scan(
  state: State,
  scope: Scope,
  projection: Projection,
  after: KeyCursor | null,
  limit: PageLimit,
): ScannedPage {
  const edgesBySource = Map.groupBy(state.edges.values(), edge => edge.source)
  const items: string[] = []
  let edges = 0
  let examined = 0
  let bytes = 0
  let reached = after
  const page = (next: KeyCursor | null): ScannedPage => ({
    json: new TextEncoder().encode(items.join(',')),
    objects: items.length,
    edges,
    examined,
    bytes,
    after: next,
  })

  for (const object of objectsOf(state, scope.type, scope.ids)) {
    if (object.state !== 'live' || isPassed(object, after)) continue
    if (items.length >= limit.objects || edges >= limit.edges) return page(reached)
    if (examined >= limit.examined || bytes >= limit.bytes) return page(reached)
    const resumed = after?.id === object.id
    const hidden = object.membersHidden && !projection.showHiddenMembers
    let position: KeyCursor = resumed ? after : { id: object.id, relation: null, target: '', whole: false }
    const rows = (edgesBySource.get(object.id) ?? [])
      .filter(edge => scope.relations.includes(edge.relation) && !(hidden && edge.relation === 'members'))
      .filter(edge => isBeyond(edge, position))
      .sort(compareEdges)
    const live: Edge[] = []
    examined += 1
    bytes += sizeOf(asRead(object, scope))
    for (const edge of rows) {
      if (edges >= limit.edges || examined >= limit.examined) break
      position = { id: object.id, relation: edge.relation, target: edge.target, whole: false }
      examined += 1
      if (!edge.live) continue
      live.push(edge)
      edges += 1
    }
    if (!resumed || live.length > 0) items.push(itemText(object, live, projection))
    if (rows.some(edge => isBeyond(edge, position))) return page(position)
    reached = { id: object.id, relation: null, target: '', whole: true }
  }
  return page(null)
}

function isPassed({ id }: DirectoryObject, after: KeyCursor | null): boolean {
  return after !== null && (id < after.id || (id === after.id && after.whole))
}

function isBeyond(edge: Edge, { relation, target }: KeyCursor): boolean {
  return (relationRank(edge.relation) - relationRank(relation) || compareText(edge.target, target)) > 0
}

function itemText(object: DirectoryObject, live: readonly Edge[], projection: Projection): string {
  const names =
    projection.properties === 'standard'
      ? Object.keys(object.properties).filter(name => isStandard(object.type, name))
      : projection.properties
  const properties = names
    .filter(name => object.properties[name] !== undefined)
    .map(name => `,${JSON.stringify(name)}:${JSON.stringify(object.properties[name])}`)
  const relations = projection.relations.map(({ relation, open }) => {
    const edges = live.filter(edge => edge.relation === relation)
    const entries = edges.map(({ target, targetType }) => `${projection.entry[targetType]}${target}"}`)
    return edges.length === 0 ? '' : `${open}${entries.join(',')}]`
  })
  return `${projection.open}${object.id}"${properties.join('')}${relations.join('')}}`
}
