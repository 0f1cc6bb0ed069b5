import type { DeltaItem } from './deltaPage.ts'
import type { Relation } from './step.ts'

/** What a client holds of a group: its properties as they were sent, and the ids of its members and owners. */
export interface GroupCopy {
  readonly properties: Map<string, unknown>
  readonly members: Set<string>
  readonly owners: Set<string>
}

/** Groups by id. */
export type Copy = Map<string, GroupCopy>

/** What a client asks for of each group. */
export interface View {
  readonly properties: readonly string[]
  readonly relations: readonly Relation[]
}

/** A group of which nothing is known but that it is there. */
export function emptyGroup(): GroupCopy {
  return { properties: new Map(), members: new Set(), owners: new Set() }
}

/**
 * Merges the items of a page, in order: a removed group goes with its members and owners; of any other what is sent is
 * set, and what is not sent stays.
 */
export function mergeItems(copy: Copy, items: readonly DeltaItem[]): void {
  for (const item of items) {
    if (item.removed) {
      copy.delete(item.id)
      continue
    }
    const group = copy.get(item.id) ?? emptyGroup()
    copy.set(item.id, group)
    for (const [name, value] of item.properties) group.properties.set(name, value)
    mergeEdges(group.members, item.members)
    mergeEdges(group.owners, item.owners)
  }
}

function mergeEdges(ids: Set<string>, edges: DeltaItem[Relation]): void {
  for (const { id, removed } of edges) {
    if (removed) ids.delete(id)
    else ids.add(id)
  }
}
