import { compareChanges, cursorAt } from '../../core/cursor.ts'
import { type Fact, NONCE_OF_NOTHING } from '../../core/fact.ts'
import type { Scope, Snapshot } from '../../core/snapshot.ts'
import { listPage } from './list.ts'
import { membershipsOf } from './memberships.ts'
import { scan } from './scan.ts'
import { asRead, compareEdges, edgeKey, objectsOf, type State } from './state.ts'

export function snapshotOf(state: State): Snapshot {
  const { head, horizon, objects, edges, names, commits } = state
  return {
    head,
    horizon,
    async nonceOf(version) {
      if (version === 0) return horizon === 0 ? NONCE_OF_NOTHING : null
      return commits.get(version)?.nonce ?? null
    },
    async object(id) {
      return objects.get(id) ?? null
    },
    async idByKey(key, value) {
      return names.get(`${key} ${value}`) ?? null
    },
    async objects(type, wanted, after, limit) {
      const found = objectsOf(state, type, null).filter(object => object.state === wanted && object.id > (after ?? ''))
      return found.slice(0, limit)
    },
    async countObjects(type, wanted) {
      return objectsOf(state, type, null).filter(object => object.state === wanted).length
    },
    async list(query, after, limit) {
      return listPage(state, query, after, limit)
    },
    async edge(source, relation, target) {
      return edges.get(edgeKey(source, relation, target)) ?? null
    },
    async edges(source, relation, after, limit) {
      const found = [...edges.values()].filter(
        edge => edge.source === source && edge.relation === relation && edge.live && edge.target > (after ?? ''),
      )
      return found.sort(compareEdges).slice(0, limit)
    },
    ...membershipsOf(state),
    async scan(scope, projection, after, limit) {
      return scan(state, scope, projection, after, limit)
    },
    async *changes(scopes, after) {
      const beyond = scopes
        .flatMap(scope => factsOf(state, scope))
        .filter(fact => compareChanges(cursorAt(fact), after) > 0)
      yield* beyond.sort((a, b) => compareChanges(cursorAt(a), cursorAt(b)))
    },
  }
}

function factsOf(state: State, scope: Scope): Fact[] {
  const objects = objectsOf(state, scope.type, scope.ids)
  const sources = new Set(scope.relations.length === 0 ? [] : objects.map(({ id }) => id))
  const edges = [...state.edges.values()].filter(edge => sources.has(edge.source))
  return [
    ...objects.map((object): Fact => ({ kind: 'object', object: asRead(object, scope) })),
    ...edges.map((edge): Fact => ({ kind: 'edge', edge })),
  ]
}
