import { isDeepStrictEqual } from 'node:util'
import type { Copy, GroupCopy, View } from './copy.ts'
import type { Relation } from './step.ts'

/** Something in which a client's copy is not what the server lists. */
export type Difference =
  | { readonly kind: 'group missing' | 'group left over'; readonly group: string }
  | {
      readonly kind: 'edge missing' | 'edge left over'
      readonly group: string
      readonly relation: Relation
      readonly id: string
    }
  | {
      readonly kind: 'property'
      readonly group: string
      readonly name: string
      readonly here: unknown
      readonly there: unknown
    }

/** How much was compared: groups on either side, members and owners of those on both. */
export interface Extent {
  readonly groups: number
  readonly edges: number
}

const RELATIONS: readonly Relation[] = ['members', 'owners']

/**
 * Compares what a client holds with what the server lists, group by group, member by member, property by property, and
 * hands each difference on. What the client did not ask for must not be in its copy.
 */
export function compare(copy: Copy, listing: Copy, view: View, report: (difference: Difference) => void): Extent {
  const ids = new Set([...copy.keys(), ...listing.keys()])
  let edges = 0
  for (const id of ids) {
    const here = copy.get(id)
    const there = listing.get(id)
    const group = `"${nameOf(there) ?? nameOf(here) ?? ''}" (${id})`
    if (here === undefined) report({ kind: 'group missing', group })
    else if (there === undefined) report({ kind: 'group left over', group })
    else {
      compareProperties(group, here, there, view, report)
      edges += compareEdges(group, here, there, view, report)
    }
  }
  return { groups: ids.size, edges }
}

/** A difference in words. */
export function tellDifference(difference: Difference): string {
  const { group } = difference
  switch (difference.kind) {
    case 'group missing':
      return `group ${group} is missing in the copy`
    case 'group left over':
      return `group ${group} is in the copy, but not on the server`
    case 'edge missing':
      return `group ${group} lacks ${difference.id} among its ${difference.relation} in the copy`
    case 'edge left over':
      return `group ${group} has ${difference.id} among its ${difference.relation} in the copy, but not on the server`
    case 'property':
      return `group ${group} has ${difference.name} ${tellValue(difference.here)} in the copy, ${tellValue(difference.there)} on the server`
  }
}

function compareProperties(
  group: string,
  { properties: here }: GroupCopy,
  { properties: there }: GroupCopy,
  view: View,
  report: (difference: Difference) => void,
): void {
  for (const name of new Set([...view.properties, ...here.keys()])) {
    const expected = view.properties.includes(name) ? there.get(name) : undefined
    if (!isSame(here.get(name), expected)) {
      report({ kind: 'property', group, name, here: here.get(name), there: expected })
    }
  }
}

/**
 * A property that was never set is not sent by delta and listed as null (a collection as empty); null in delta means that
 * it was set to null.
 */
function isSame(here: unknown, there: unknown): boolean {
  if (here === undefined) return there === undefined || there === null || isDeepStrictEqual(there, [])
  return isDeepStrictEqual(here, there)
}

function compareEdges(
  group: string,
  here: GroupCopy,
  there: GroupCopy,
  view: View,
  report: (difference: Difference) => void,
): number {
  let count = 0
  for (const relation of RELATIONS) {
    const expected: ReadonlySet<string> = view.relations.includes(relation) ? there[relation] : new Set()
    for (const id of new Set([...here[relation], ...expected])) {
      count += 1
      if (!here[relation].has(id)) report({ kind: 'edge missing', group, relation, id })
      else if (!expected.has(id)) report({ kind: 'edge left over', group, relation, id })
    }
  }
  return count
}

function nameOf(group: GroupCopy | undefined): string | undefined {
  const name = group?.properties.get('displayName')
  return typeof name === 'string' ? name : undefined
}

function tellValue(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value)
}
