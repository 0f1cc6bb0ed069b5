import { isDeepStrictEqual } from 'node:util'

/** A group that a writer made, by the names that it gave. */
export interface HeldGroup {
  id: string
  deleted: boolean
  displayName: string
  description: string | null
  members: Set<string>
}

/**
 * The part of a directory that one writer alone writes: what it has been promised is there. Objects go by the names that
 * the writer gave them, since nobody has told it the id of one whose creation was cut off.
 */
export interface Holding {
  readonly users: Map<string, { id: string; deleted: boolean }>
  readonly groups: Map<string, HeldGroup>
  /** Which of its users are in the group that all writers share. */
  readonly commons: Set<string>
}

export function emptyHolding(): Holding {
  return { users: new Map(), groups: new Map(), commons: new Set() }
}

/** What can be compared of a holding: the ids are left out, and the members of deleted groups, which nobody can read. */
export function comparable({ users, groups, commons }: Holding): unknown {
  const sorted = (names: ReadonlySet<string>): string[] => [...names].sort()
  return {
    users: Object.fromEntries([...users].map(([name, { deleted }]) => [name, deleted]).sort()),
    groups: Object.fromEntries(
      [...groups]
        .map(([name, { id, members, ...group }]) => [
          name,
          { ...group, members: group.deleted ? null : sorted(members) },
        ])
        .sort(),
    ),
    commons: sorted(commons),
  }
}

export function isSame(here: Holding, there: Holding): boolean {
  return isDeepStrictEqual(comparable(here), comparable(there))
}

/** In what the second differs from the first, in words. */
export function tellDifferences(expected: Holding, found: Holding): string {
  const [here, there] = [linesOf(expected), linesOf(found)]
  const lost = [...here].filter(line => !there.has(line)).map(line => `lost ${line}`)
  const extra = [...there].filter(line => !here.has(line)).map(line => `found ${line}`)
  return [...lost, ...extra].slice(0, 12).join('; ')
}

function linesOf({ users, groups, commons }: Holding): Set<string> {
  const lines = [...users].map(([name, { deleted }]) => `user ${name}${deleted ? ' deleted' : ''}`)
  for (const [name, { deleted, displayName, description, members }] of groups) {
    lines.push(`group ${name}${deleted ? ' deleted' : ''} "${displayName}" "${description}"`)
    if (!deleted) lines.push(...[...members].map(member => `member ${name}/${member}`))
  }
  return new Set([...lines, ...[...commons].map(member => `member of the commons ${member}`)])
}
