import type { Chance } from './chance.ts'
import type { HeldGroup, Holding } from './holding.ts'

/** One write request, and what it changes in a writer's holding once it is done: all of it, or nothing. */
export interface Operation {
  readonly method: 'POST' | 'PATCH' | 'DELETE'
  /** Below the service root. */
  readonly path: string
  readonly body?: object
  /** What no app does by itself. */
  readonly byAdministrator?: true
  readonly status: number
  /** `id` is that of what was created; empty where nobody has told it. */
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
  /** A user whom no writer touches. */
  readonly administratorId: string
  /** Gives numbers that no name of this writer has had. */
  readonly nextNumber: () => number
}

type Maker = (holding: Holding, place: Place, chance: Chance) => Operation | null

/** As many references as one request may hold. */
const BINDS_MAX = 20
const USERS_MAX = 30
const GROUPS_MAX = 6
const WEIGHTS: readonly (readonly [weight: number, make: Maker])[] = [
  [3, createGroup],
  [4, patchGroup],
  [3, addMember],
  [4, removeMember],
  [2, changeGroupState],
  [2, createUser],
  [2, changeUserState],
  [3, addToCommons],
  [3, removeFromCommons],
]
const MAKERS = WEIGHTS.flatMap(([weight, make]) => Array.from({ length: weight }, () => make)) as [Maker, ...Maker[]]

/** A next write of a storm: one that will be accepted as the holding stands. */
export function nextOperation(holding: Holding, place: Place, chance: Chance): Operation {
  for (;;) {
    const operation = chance.pick(MAKERS)(holding, place, chance)
    if (operation !== null) return operation
  }
}

export function createUser({ users }: Holding, { prefix, domain, nextNumber }: Place): Operation | null {
  if (users.size >= USERS_MAX) return null
  const name = `${prefix}-u${nextNumber()}`
  return post('/users', userBody(name, domain), 201, (held, id) => held.users.set(name, { id, deleted: false }))
}

export function userBody(name: string, domain: string): object {
  return {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${domain}`,
    passwordProfile: { password: `Aa1-${name}` },
  }
}

/** Deletes, restores or purges one of the users; a purge takes it out of every group, deleted ones too. */
function changeUserState({ users }: Holding, _place: Place, chance: Chance): Operation | null {
  const chosen = oneOf([...users], chance)
  if (chosen === null) return null
  const [name, { id, deleted }] = chosen
  if (!deleted) return remove(`/users/${id}`, held => held.users.set(name, { id, deleted: true }))
  if (chance.happens(0.5)) return restore(id, held => held.users.set(name, { id, deleted: false }))
  return purge(id, held => {
    held.users.delete(name)
    held.commons.delete(name)
    for (const { members } of held.groups.values()) members.delete(name)
  })
}

function createGroup(holding: Holding, { prefix, root, nextNumber }: Place, chance: Chance): Operation | null {
  if (liveGroups(holding).length >= GROUPS_MAX) return null
  const name = `${prefix}-g${nextNumber()}`
  const members = someOf(liveUsers(holding), BINDS_MAX, chance)
  const isUnified = chance.happens(0.3)
  const values = { displayName: name, description: `${name} is new`, mailNickname: name }
  const kind = { mailEnabled: isUnified, securityEnabled: !isUnified, groupTypes: isUnified ? ['Unified'] : [] }
  const body = { ...values, ...kind, 'members@odata.bind': referencesTo(members, holding, root) }
  return post('/groups', body, 201, (held, id) => {
    const { displayName, description } = values
    held.groups.set(name, { id, deleted: false, displayName, description, members: new Set(members) })
  })
}

/** Changes two properties and adds members, as many as a request may hold: the write that must not be half there. */
function patchGroup(holding: Holding, { root, nextNumber }: Place, chance: Chance): Operation | null {
  const chosen = oneOf(liveGroups(holding), chance)
  if (chosen === null) return null
  const [name, { id, members }] = chosen
  const added = someOf(strangers(holding, members), BINDS_MAX, chance)
  const displayName = `${name} as of ${nextNumber()}`
  const description = chance.happens(0.3) ? null : `${displayName} ${'.'.repeat(chance.below(900))}`
  const binds = added.length === 0 ? {} : { 'members@odata.bind': referencesTo(added, holding, root) }
  const body = { displayName, description, ...binds }
  return {
    ...{ method: 'PATCH', path: `/groups/${id}`, body, status: 204 },
    apply: held => {
      const group = groupNamed(held, name)
      group.displayName = displayName
      group.description = description
      for (const user of added) group.members.add(user)
    },
  }
}

function addMember(holding: Holding, { root }: Place, chance: Chance): Operation | null {
  const chosen = oneOf(liveGroups(holding), chance)
  if (chosen === null) return null
  const [name, { id, members }] = chosen
  const user = oneOf(strangers(holding, members), chance)
  if (user === null) return null
  return addReference(id, user, { holding, root }, held => groupNamed(held, name).members.add(user))
}

function removeMember(holding: Holding, _place: Place, chance: Chance): Operation | null {
  const chosen = oneOf(liveGroups(holding), chance)
  if (chosen === null) return null
  const [name, { id, members }] = chosen
  const user = oneOf([...members], chance)
  if (user === null) return null
  return removeReference(id, user, holding, held => groupNamed(held, name).members.delete(user))
}

/** Deletes, restores or purges one of the groups. */
function changeGroupState(holding: Holding, _place: Place, chance: Chance): Operation | null {
  const chosen = oneOf([...holding.groups], chance)
  if (chosen === null) return null
  const [name, { id, deleted }] = chosen
  const mark = (held: Holding, isDeleted: boolean): void => {
    groupNamed(held, name).deleted = isDeleted
  }
  if (!deleted) return remove(`/groups/${id}`, held => mark(held, true))
  if (liveGroups(holding).length < GROUPS_MAX && chance.happens(0.5)) return restore(id, held => mark(held, false))
  return { ...purge(id, held => held.groups.delete(name)), byAdministrator: true }
}

function addToCommons(holding: Holding, { root, commonsId }: Place, chance: Chance): Operation | null {
  const added = someOf(strangers(holding, holding.commons), chance.pick([1, BINDS_MAX]), chance)
  const [first] = added
  if (first === undefined) return null
  const apply = (held: Holding): void => {
    for (const user of added) held.commons.add(user)
  }
  if (added.length === 1) return addReference(commonsId, first, { holding, root }, apply)
  const body = { 'members@odata.bind': referencesTo(added, holding, root) }
  return { method: 'PATCH', path: `/groups/${commonsId}`, body, status: 204, apply }
}

function removeFromCommons(holding: Holding, { commonsId }: Place, chance: Chance): Operation | null {
  const user = oneOf([...holding.commons], chance)
  return user === null ? null : removeReference(commonsId, user, holding, held => held.commons.delete(user))
}

function post(path: string, body: object, status: number, apply: Operation['apply']): Operation {
  return { method: 'POST', path, body, status, apply }
}

function remove(path: string, apply: Operation['apply']): Operation {
  return { method: 'DELETE', path, status: 204, apply }
}

function restore(id: string, apply: Operation['apply']): Operation {
  return { method: 'POST', path: `/directory/deletedItems/${id}/restore`, status: 200, apply }
}

function purge(id: string, apply: Operation['apply']): Operation {
  return remove(`/directory/deletedItems/${id}`, apply)
}

function addReference(
  groupId: string,
  user: string,
  { holding, root }: { readonly holding: Holding; readonly root: string },
  apply: Operation['apply'],
): Operation {
  const [reference] = referencesTo([user], holding, root)
  return post(`/groups/${groupId}/members/$ref`, { '@odata.id': reference }, 204, apply)
}

function removeReference(groupId: string, user: string, { users }: Holding, apply: Operation['apply']): Operation {
  return remove(`/groups/${groupId}/members/${users.get(user)?.id}/$ref`, apply)
}

function referencesTo(names: readonly string[], { users }: Holding, root: string): string[] {
  return names.map(name => `${root}/directoryObjects/${users.get(name)?.id}`)
}

function groupNamed({ groups }: Holding, name: string): HeldGroup {
  const group = groups.get(name)
  if (group === undefined) throw new Error(`The writer holds no group '${name}'.`)
  return group
}

function liveGroups({ groups }: Holding): [string, HeldGroup][] {
  return [...groups].filter(([, { deleted }]) => !deleted)
}

function liveUsers({ users }: Holding): string[] {
  return [...users].filter(([, { deleted }]) => !deleted).map(([name]) => name)
}

/** The users who can be added to a group. */
function strangers(holding: Holding, members: ReadonlySet<string>): string[] {
  return liveUsers(holding).filter(name => !members.has(name))
}

function oneOf<T>(items: readonly T[], chance: Chance): T | null {
  return items[chance.below(items.length)] ?? null
}

function someOf<T>(items: readonly T[], most: number, chance: Chance): T[] {
  const left = [...items]
  const count = Math.min(most, left.length)
  return Array.from({ length: count }, () => left.splice(chance.below(left.length), 1)).flat()
}
