import type { Chance } from './chance.ts'
import type { HeldGroup, Holding } from './holding.ts'

/** One write request, and what it changes in a writer's holding once it is done: all of it, or nothing. */
export interface Operation {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  /** Below the service root. */
  readonly path: string
  readonly body?: object
  readonly status: number
  /** `id` is that of what was created, empty where it is not known. */
  readonly apply: (holding: Holding, id: string) => void
}

/** What a writer knows besides its holding. */
export interface Place {
  /** Begins every name that the writer gives. */
  readonly prefix: string
  readonly root: string
  readonly domain: string
  /** The group that all writers share. */
  readonly commonsId: string
  /** Gives numbers that no name of this writer has had. */
  readonly nextNumber: () => number
}

const BINDS_MAX = 20
const USERS_MAX = 30
const GROUPS_MAX = 6

export function createUser({ prefix, domain, nextNumber }: Place): Operation {
  const name = `${prefix}-u${nextNumber()}`
  const body = {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${domain}`,
    passwordProfile: { password: `Aa1-${name}` },
  }
  return {
    ...{ method: 'POST', path: '/users', body, status: 201 },
    apply: ({ users }, id) => users.set(name, { id, deleted: false }),
  }
}

/** A next write of the storm, one that will be accepted as the holding stands. */
export function nextOperation(holding: Holding, place: Place, chance: Chance): Operation {
  const kinds: (readonly [weight: number, make: (holding: Holding, place: Place, chance: Chance) => Operation | null])[] =
    [
      [3, createGroup],
      [4, patchGroup],
      [3, addMember],
      [4, removeMember],
      [1, deleteGroup],
      [1, restoreGroup],
      [1, purgeGroup],
      [1, (_holding, its) => (holding.users.size < USERS_MAX ? createUser(its) : null)],
      [1, deleteUser],
      [1, restoreUser],
      [1, purgeUser],
      [3, addToCommons],
      [3, removeFromCommons],
    ]
  const [first, ...rest] = kinds.flatMap(([weight, make]) => {
    const operation = make(holding, place, chance)
    return operation === null ? [] : Array.from({ length: weight }, () => operation)
  })
  return first === undefined ? createUser(place) : chance.pick([first, ...rest])
}

function createGroup({ users, groups }: Holding, { prefix, root, nextNumber }: Place, chance: Chance): Operation | null {
  if (groupsThat(groups, false).length >= GROUPS_MAX) return null
  const name = `${prefix}-g${nextNumber()}`
  const members = someOf(liveUsers(users), BINDS_MAX, chance)
  const isUnified = chance.happens(0.3)
  const body = {
    displayName: name,
    description: null,
    mailNickname: name,
    mailEnabled: isUnified,
    securityEnabled: !isUnified,
    groupTypes: isUnified ? ['Unified'] : [],
    ...bindOf(root, members, users),
  }
  return {
    ...{ method: 'POST', path: '/groups', body, status: 201 },
    apply: held =>
      held.groups.set(name, {
        ...{ id: '', deleted: false, displayName: name, description: null },
        members: new Set(members),
      }),
  }
}
