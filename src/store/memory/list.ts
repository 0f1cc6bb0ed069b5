import type { DirectoryObject } from '../../core/fact.ts'
import { type HasEdges, matches } from '../../core/filter.ts'
import { compareCodePoints } from '../../core/foldedText.ts'
import {
  isOn,
  type ListCursor,
  type ListedPage,
  type ListLimit,
  type ListQuery,
  listKeysOf,
  type Walk,
} from '../../core/list.ts'
import { sizeOf } from '../../core/size.ts'
import { objectsOf, type State } from './state.ts'

/** An object at its place on a walk. */
interface Place {
  readonly object: DirectoryObject
  readonly cursor: ListCursor
  /** Whether an earlier walk comes to it too. */
  readonly seen: boolean
}

/** Goes on behind the cursor until the page is full or its bound reached: then `after` is the last place looked at. */
export function listPage(state: State, query: ListQuery, after: ListCursor | null, limit: ListLimit): ListedPage {
  const found: DirectoryObject[] = []
  const hasEdges: HasEdges = (source, relation, atLeast) =>
    [...state.edges.values()].filter(edge => edge.live && edge.source === source && edge.relation === relation)
      .length >= atLeast
  let examined = 0
  let bytes = 0
  let reached = after
  const page = (next: ListCursor | null): ListedPage => ({ objects: found, examined, bytes, after: next })
  for (const { object, cursor, seen } of placesOf(state, query, after)) {
    if (examined >= limit.examined || bytes >= limit.bytes) return page(reached)
    if (!seen && (query.filter === null || matches(object, query.filter, hasEdges))) {
      if (found.length >= limit.objects) return page(reached)
      found.push(object)
    }
    examined += 1
    bytes += sizeOf(object)
    reached = cursor
  }
  return page(null)
}

function placesOf(state: State, query: ListQuery, after: ListCursor | null): Place[] {
  const objects = objectsOf(state, query.type, null).filter(object => object.state === query.state)
  return query.walks.flatMap((walk, index) => {
    if (index < (after?.walk ?? 0)) return []
    const earlier = query.walks.slice(0, index)
    return objects
      .flatMap((object): Place[] => {
        const keys = listKeysOf(object)
        if (!isOn(walk, object.id, keys)) return []
        const key = walk.key === 'id' ? '' : (keys.get(walk.key) ?? '')
        const seen = earlier.some(other => isOn(other, object.id, keys))
        return [{ object, cursor: { walk: index, key, id: object.id }, seen }]
      })
      .sort((a, b) => compareOn(walk, a.cursor, b.cursor))
      .filter(({ cursor }) => after?.walk !== index || compareOn(walk, cursor, after) > 0)
  })
}

function compareOn({ descending }: Walk, a: ListCursor, b: ListCursor): number {
  const order = compareCodePoints(a.key, b.key) || compareCodePoints(a.id, b.id)
  return descending ? -order : order
}
