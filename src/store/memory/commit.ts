import type { Edge } from '../../core/fact.ts'
import type { Transaction } from '../../core/snapshot.ts'
import { snapshotOf } from './snapshot.ts'
import { type Commit, edgeKey, kept, type State } from './state.ts'

/** A commit under way: `end` gives the state that it leaves, the old one where nothing was written. */
export interface OpenCommit {
  readonly transaction: Transaction
  /** `record` is asked only where there is a commit to record. */
  readonly end: (record: () => Commit) => State
}

/** Works on a copy: what becomes of the commit, `state` stays as it is. */
export function openCommit(state: State): OpenCommit {
  const objects = new Map(state.objects)
  const edges = new Map(state.edges)
  const names = new Map(state.names)
  const roles = new Map(state.roles)
  const version = state.head + 1
  let written = false

  function write(edge: Edge): void {
    edges.set(edgeKey(edge.source, edge.relation, edge.target), kept(edge))
    written = true
  }

  const transaction: Transaction = {
    ...snapshotOf({ ...state, objects, edges, names }),
    version,
    async putObject(object, keys) {
      const named = Object.entries(keys).map(([key, value]) => `${key} ${value}`)
      const taken = named.find(name => (names.get(name) ?? object.id) !== object.id)
      if (taken !== undefined) throw new Error(`The key '${taken}' names another object: '${names.get(taken)}'.`)
      for (const [name, id] of names) if (id === object.id) names.delete(name)
      for (const name of named) names.set(name, object.id)
      objects.set(object.id, kept(object))
      if (object.type === 'user' && object.state === 'purged') roles.delete(object.id)
      written = true
    },
    async putEdge(edge) {
      write(edge)
    },
    async stampEdgesFrom(source) {
      for (const edge of edges.values()) if (edge.source === source) write({ ...edge, version })
    },
    async dropEdgesFrom(source) {
      for (const [key, edge] of edges) {
        if (edge.source !== source) continue
        edges.delete(key)
        written = true
      }
    },
    async removeEdgesTo(target) {
      for (const edge of edges.values())
        if (edge.target === target && edge.live) write({ ...edge, live: false, version })
    },
  }

  return {
    transaction,
    end(record) {
      if (!written) return state
      const commits = new Map(state.commits).set(version, record())
      return { ...state, head: version, objects, edges, names, roles, commits }
    },
  }
}
