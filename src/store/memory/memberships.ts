import type { Edge } from '../../core/fact.ts'
import type { ObjectId } from '../../core/id.ts'
import type { EdgeView, Memberships } from '../../core/snapshot.ts'
import type { State } from './state.ts'

export function membershipsOf({ objects, edges }: State): Memberships {
  const viewed = ({ relation, showHiddenMembers }: EdgeView): Edge[] =>
    [...edges.values()].filter(edge => {
      const group = objects.get(edge.source)
      const isHidden = relation === 'members' && group?.membersHidden && !showHiddenMembers
      return edge.relation === relation && edge.live && group?.state === 'live' && !isHidden
    })
  const targets: Memberships['targets'] = async (sources, view, type, after, limit) => {
    const found = viewed(view).filter(
      edge => sources.includes(edge.source) && (type ?? edge.targetType) === edge.targetType,
    )
    return page(
      found.map(({ target }) => target),
      after,
      limit,
    )
  }
  const sources: Memberships['sources'] = async (target, view, after, limit) => {
    const found = viewed(view).filter(edge => edge.target === target)
    return page(
      found.map(({ source }) => source),
      after,
      limit,
    )
  }
  return {
    targets,
    *eachTarget(of, view, type, after) {
      for (const { source, target, targetType } of viewed(view)) {
        if (of.includes(source) && (type ?? targetType) === targetType && target > (after ?? '')) yield target
      }
    },
    async countTargets(source, view, type) {
      return (await targets([source], view, type, null, Number.POSITIVE_INFINITY)).length
    },
    sources,
    async countSources(target, view) {
      return (await sources(target, view, null, Number.POSITIVE_INFINITY)).length
    },
    groupsWithin(source, showHiddenMembers) {
      const nested = viewed({ relation: 'members', showHiddenMembers }).filter(edge => edge.targetType === 'group')
      return reached(source, id => nested.filter(edge => edge.source === id).map(({ target }) => target))
    },
    groupsAround(target, showHiddenMembers) {
      const held = viewed({ relation: 'members', showHiddenMembers })
      return reached(target, id => held.filter(edge => edge.target === id).map(({ source }) => source))
    },
  }
}

function page(ids: readonly ObjectId[], after: ObjectId | null, limit: number): ObjectId[] {
  return [...new Set(ids)]
    .filter(id => id > (after ?? ''))
    .sort()
    .slice(0, limit)
}

/** All that is reached from `start` in any number of steps, but not itself. */
function reached(start: ObjectId, step: (id: ObjectId) => readonly ObjectId[]): Iterable<ObjectId> {
  const found = new Set([start])
  // A set that grows is walked to its new end.
  for (const id of found) for (const next of step(id)) found.add(next)
  found.delete(start)
  return found
}
