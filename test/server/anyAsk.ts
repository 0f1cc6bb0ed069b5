import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Chance } from '../durability/chance.ts'
import { reference } from './aDirectory.ts'
import { ALMIGHTY, aGroupOf, type Place } from './anyCaller.ts'
import type { Call, Reply } from './aServer.ts'
import { userBody } from './bodies.ts'
import {
  type AnyCaller,
  type GroupChange,
  hasGrant,
  mayAddAll,
  mayChange,
  mayCreate,
  mayList,
  mayRead,
  mayTell,
  mayWrite,
  OF_LIST,
  OF_ONE,
  type Related,
  seesAll,
  seesHidden,
  type Thing,
} from './callerRules.ts'
import { type Granted, READ, WRITE } from './granted.ts'
import { OF_APPLICATION, OF_DEVICE, OF_USER } from './people.ts'

/** A request, and what is due to whoever sends it. */
export interface Asked extends Pick<Call, 'method' | 'body' | 'headers'> {
  readonly path: string
  readonly may: boolean
  /** Of an answer that is not a refusal. */
  readonly check?: (body: Reply['body']) => void
  /** Takes away what was made for it. */
  readonly after?: () => Promise<unknown>
}

/** Makes up a request for a caller. */
export type Ask = (chance: Chance, place: Place, caller: AnyCaller) => Asked | Promise<Asked>

const EVENTUAL = { consistencylevel: 'eventual' }
const TYPES: Readonly<Record<Thing['collection'], string>> = {
  groups: 'group',
  users: 'user',
  devices: 'device',
  servicePrincipals: 'servicePrincipal',
  contacts: 'orgContact',
}

function relatedOf(chance: Chance, { collection }: Thing): Related {
  if (collection === 'groups')
    return chance.pick(['members', 'owners', 'transitiveMembers', 'memberOf', 'transitiveMemberOf'])
  if (collection === 'users' || collection === 'servicePrincipals')
    return chance.pick(['memberOf', 'transitiveMemberOf', 'ownedObjects'])
  return chance.pick(['memberOf', 'transitiveMemberOf'])
}

/** What a relationship leads to, as the caller is shown it. */
function targetsOf(place: Place, caller: AnyCaller, { id, members, owners }: Thing, related: Related): string[] {
  const shown = place.groups.filter(group => !group.isHidden || seesHidden(caller, null))
  const up = (of: string): string[] => shown.filter(group => group.members.includes(of)).map(group => group.id)
  const down = (of: string): readonly string[] => place.groups.find(group => group.id === of)?.members ?? []
  switch (related) {
    case 'members':
      return [...members]
    case 'owners':
      return [...owners]
    case 'transitiveMembers':
      return [...new Set([...members, ...members.flatMap(down)])]
    case 'memberOf':
      return up(id)
    case 'transitiveMemberOf':
      return [...new Set([...up(id), ...up(id).flatMap(up)])]
    case 'ownedObjects':
      return place.groups.filter(group => group.owners.includes(id)).map(group => group.id)
  }
}

interface Shown {
  readonly id: string
  readonly displayName: string | null
}

/** Just these, and of those that the caller may not read no more than the id. */
function assertShown(place: Place, caller: AnyCaller, shown: readonly Shown[], ids: readonly string[]): void {
  const told = (id: string): [string, string | null] => {
    const object = place.live.find(known => known.id === id)
    return [id, object !== undefined && mayRead(caller, object) ? object.name : null]
  }
  assert.deepEqual(new Map(shown.map(({ id, displayName }) => [id, displayName])), new Map([...ids].sort().map(told)))
}

const one: Ask = (chance, { live, server }, caller) => {
  const object = chance.pick(live)
  const key =
    object.collection === 'users' && chance.happens(0.3) ? `${object.name.toLowerCase()}@${server.domain}` : object.id
  return {
    path: `${object.collection}/${key}`,
    may: mayRead(caller, object),
    check: body => assert.equal(body.displayName, object.name),
  }
}

const expanded: Ask = (chance, place, caller) => {
  const object = chance.pick(place.live)
  const name = object.collection === 'groups' ? chance.pick(['members', 'owners', 'memberOf'] as const) : 'memberOf'
  const ids = targetsOf(place, caller, object, name)
  const isHidden = name === 'members' && object.isHidden && !seesHidden(caller, object)
  return {
    path: `${object.collection}/${object.id}?$expand=${name}($select=id,displayName)`,
    may: mayRead(caller, object) && mayList(caller, { ...object, isHidden: false }, name),
    check: body => {
      if (isHidden) assert.equal(body[name], undefined)
      else assertShown(place, caller, body[name], ids)
    },
  }
}

const expandedList: Ask = (chance, place, caller) => {
  const name = chance.pick(['members', 'owners', 'memberOf'] as const)
  const may = hasGrant(caller, READ.memberships) && seesAll(caller)
  return {
    path: `groups?$top=100&$expand=${name}($select=id,displayName)`,
    may,
    check: body => {
      for (const group of place.groups) {
        const found = body.value.find(({ id }: Shown) => id === group.id)
        if (name === 'members' && group.isHidden && !seesHidden(caller, group)) assert.equal(found[name], undefined)
        else assertShown(place, caller, found[name], targetsOf(place, caller, group, name))
      }
    },
  }
}

/** What is not there is told to those who may read all there is. */
const absent: Ask = (chance, { live }, caller) => {
  const { collection } = chance.pick(live)
  const names: Partial<Record<Thing['collection'], string>> = {
    users: 'users/nobody@tidemark.example',
    groups: "groups(uniqueName='nothing')",
  }
  const may = hasGrant(caller, OF_ONE[collection]) && seesAll(caller)
  return { path: names[collection] ?? `${collection}/${randomUUID()}`, may }
}

const list: Ask = (chance, { live }, caller) => {
  const { collection, name } = chance.pick(live)
  const end = chance.pick([
    '?$top=999',
    '/$count',
    `?$filter=displayName eq '${name}'`,
    collection === 'groups' || collection === 'users' ? '?$orderby=displayName' : '?$top=1',
    `?$search="displayName:${name}"`,
    '?$count=true&$top=1',
  ])
  return {
    path: `${collection}${end}`,
    headers: EVENTUAL,
    may: hasGrant(caller, OF_LIST[collection]) && seesAll(caller),
  }
}

const emptyGroups: Ask = (chance, { groups }, caller) => {
  const count = chance.pick(['members', 'owners'])
  return {
    path: `groups?$count=true&$top=999&$filter=${count}/$count eq 0`,
    headers: EVENTUAL,
    may: hasGrant(caller, READ.memberships) && seesAll(caller),
    check: body => {
      const found = body.value.map(({ id }: Shown) => id)
      for (const { id, isHidden } of groups) {
        assert.equal(found.includes(id), count === 'members' && isHidden && !seesHidden(caller, null))
      }
    },
  }
}

const related: Ask = (chance, place, caller) => {
  const object = chance.pick(place.live)
  const name = relatedOf(chance, object)
  const may = mayList(caller, object, name)
  const ids = targetsOf(place, caller, object, name)
  const path = `${object.collection}/${object.id}/${name}`
  const cast =
    chance.happens(0.5) && (name.endsWith('emberOf') || name === 'ownedObjects') ? '/microsoft.graph.group' : ''
  if (chance.happens(0.2)) {
    return {
      path: `${path}${cast}/$count`,
      headers: EVENTUAL,
      may,
      check: body => assert.equal(Number(body), ids.length),
    }
  }
  if (chance.happens(0.5)) {
    return {
      path: `${path}${cast}?$top=999&$select=id,displayName`,
      may,
      check: body => assertShown(place, caller, body.value, ids),
    }
  }
  const wanted = ids[chance.below(ids.length)]
  const target = place.live.find(({ id }) => id === wanted) ?? chance.pick(place.live)
  const asks = chance.pick([
    `$filter=displayName eq '${target.name}'`,
    `$filter=startswith(displayName,'${target.name}')`,
    `$search="displayName:${target.name}"`,
  ])
  const isFound = ids.includes(target.id) && mayRead(caller, target)
  return {
    path: `${path}?$select=id,displayName&$count=true&${asks}`,
    headers: EVENTUAL,
    may,
    check: body => {
      assertShown(place, caller, body.value, isFound ? [target.id] : [])
      assert.equal(body['@odata.count'], isFound ? 1 : 0)
    },
  }
}

const told: Ask = (chance, place, caller) => {
  const object = chance.pick(place.live)
  const door = chance.happens(0.3) ? 'directoryObjects' : object.collection
  const what = chance.pick(['Groups', 'Objects'] as const)
  const ids = targetsOf(place, caller, object, 'transitiveMemberOf')
  const asked = place.groups.map(({ id }) => id)
  const isGet = chance.happens(0.5)
  return {
    path: `${door}/${object.id}/${isGet ? 'get' : 'check'}Member${what}`,
    method: 'POST',
    body: isGet ? { securityEnabledOnly: false } : { [what === 'Groups' ? 'groupIds' : 'ids']: asked },
    may: mayTell(caller, object, door, what),
    check: body => assert.deepEqual(body.value.sort(), [...ids].sort()),
  }
}

const anything: Ask = (chance, place, caller) => {
  const may = hasGrant(caller, READ.directory) && seesAll(caller)
  const object = chance.pick(place.live)
  if (chance.happens(0.5)) return { path: `directoryObjects/${object.id}`, may }
  const ids = place.live.map(({ id }) => id)
  return {
    path: 'directoryObjects/getByIds?$select=id,displayName',
    method: 'POST',
    body: { ids },
    may,
    check: body => assertShown(place, caller, body.value, ids),
  }
}

const READ_DELETED: Partial<Record<Thing['collection'], Granted>> = {
  groups: READ.groups,
  users: READ.deletedUsers,
  servicePrincipals: READ.applications,
}

const inBin: Ask = (chance, { deleted }, caller) => {
  const { id, collection } = chance.pick(deleted)
  const may = hasGrant(caller, READ_DELETED[collection] ?? READ.directory) && seesAll(caller)
  const end = chance.pick([
    id,
    `microsoft.graph.${TYPES[collection]}`,
    `microsoft.graph.${TYPES[collection]}?$filter=id eq '${id}'`,
  ])
  return { path: `directory/deletedItems/${end}`, may }
}

const me: Ask = (chance, place, caller) => {
  const { person } = caller
  const user = place.people.find(({ id }) => id === person?.id)
  if (user === undefined) return { path: 'me', may: true }
  if (chance.happens(0.5))
    return { path: 'me', may: mayRead(caller, user), check: body => assert.equal(body.id, user.id) }
  const ids = targetsOf(place, caller, user, 'memberOf')
  return {
    path: 'me/memberOf?$select=id,displayName',
    may: mayList(caller, user, 'memberOf'),
    check: body => assertShown(place, caller, body.value, ids),
  }
}

const delta: Ask = (chance, place, caller) => {
  const collection = chance.pick(['groups', 'users'])
  const granted = collection === 'groups' ? READ.memberships : READ.users
  return {
    path: `${collection}/delta`,
    may: hasGrant(caller, granted) && seesAll(caller),
    check: body => {
      for (const group of collection === 'groups' ? place.groups : []) {
        const found = body.value.find(({ id }: Shown) => id === group.id)
        const members = found['members@delta']?.map(({ id }: Shown) => id).sort()
        const isShown = !group.isHidden || seesHidden(caller, null)
        assert.deepEqual(members, isShown ? [...group.members].sort() : undefined)
      }
    },
  }
}

const OF_OBJECTS: Readonly<Record<Thing['collection'], Granted>> = {
  groups: READ.groups,
  users: READ.users,
  devices: READ.devices,
  servicePrincipals: READ.applications,
  contacts: READ.contacts,
}

const objectsDelta: Ask = (chance, { live }, caller) => {
  const asked = [chance.pick(live).collection, chance.pick(live).collection]
  const filter = asked.map(collection => `isof('microsoft.graph.${TYPES[collection]}')`).join(' or ')
  const may = asked.every(collection => hasGrant(caller, OF_OBJECTS[collection])) && seesAll(caller)
  return { path: `directoryObjects/delta?$filter=${filter}`, may }
}

const change: Ask = (chance, place, caller) => {
  const group = chance.pick(place.groups)
  const { path, method, body, change, added = [], granted } = aChange(chance, place, group)
  const may = mayChange(caller, group, change, granted) && mayAddAll(caller, added)
  return { path, method, ...(body !== undefined && { body }), may }
}

interface Change extends Pick<Asked, 'path' | 'body'> {
  readonly method: 'PATCH' | 'POST' | 'DELETE'
  readonly change: GroupChange
  readonly added?: readonly Thing[]
  readonly granted?: Granted
}

/** A change of a group that has no effect: it is as it is already, or refused for its values. */
function aChange(chance: Chance, { live, people }: Place, group: Thing): Change {
  const path = `groups/${group.id}`
  const target = chance.pick(live)
  const place = chance.below(group.members.length)
  const member = live.find(({ id }) => id === group.members[place]) ?? target
  const nobody = people.find(({ id }) => !group.members.includes(id) && !group.owners.includes(id)) ?? group
  const owner = group.owners[0] ?? ''
  return chance.pick<Change>([
    { path, method: 'PATCH', body: { description: group.name }, change: 'update' },
    { path, method: 'PATCH', body: {}, change: 'members' },
    { path, method: 'PATCH', body: { 'members@odata.bind': [reference(member)] }, change: 'members', added: [member] },
    { path, method: 'PATCH', body: { 'owners@odata.bind': [reference({ id: owner })] }, change: 'update' },
    {
      path,
      method: 'PATCH',
      body: { description: group.name, 'members@odata.bind': [reference(member)] },
      change: 'update',
      added: [member],
    },
    {
      path: `${path}/members/$ref`,
      method: 'POST',
      body: { '@odata.id': reference(member) },
      change: 'members',
      added: [member],
    },
    { path: `${path}/owners/$ref`, method: 'POST', body: { '@odata.id': reference({ id: owner }) }, change: 'update' },
    { path: `${path}/members/${nobody.id}/$ref`, method: 'DELETE', change: 'members' },
    { path: `${path}/owners/${nobody.id}/$ref`, method: 'DELETE', change: 'update' },
    { path, method: 'PATCH', body: { hideFromAddressLists: 'no' }, change: 'update', granted: WRITE.wholeGroup },
  ])
}

/** Where the caller may, a group of its own goes: the others stay for those who come after. */
const end: Ask = async (chance, place, caller) => {
  const { directory, server, people } = place
  const kind = chance.pick(['security', 'team', 'hidden', 'roles'] as const)
  const change = chance.pick(['delete', 'restore', 'purge'] as const)
  const group = await aGroupOf({ directory }, kind, `ended${chance.below(1e9)}`, people.slice(0, 1), people.slice(1, 5))
  const isInBin = change !== 'delete'
  if (isInBin) await server.call(`/v1.0/groups/${group.id}`, { method: 'DELETE' })
  const may = mayChange(caller, group, change)
  const after = async () => {
    await server.call(`/v1.0/groups/${group.id}`, { method: 'DELETE' })
    await server.call(`/v1.0/directory/deletedItems/${group.id}`, {
      method: 'DELETE',
      as: await server.administrator(),
    })
  }
  const path = `${isInBin ? 'directory/deletedItems' : chance.pick(['groups', 'directoryObjects'])}/${group.id}`
  if (change === 'restore') return { path: `${path}/restore`, method: 'POST', may, after }
  return { path, method: 'DELETE', may, after }
}

/** With a nickname that no group has: whoever may make groups is told so. */
const creation: Ask = (chance, place, caller) => {
  const links = chance.happens(0.5) ? [] : [chance.pick(place.live)]
  const owners = chance.happens(0.7) ? [] : [place.live.find(({ name }) => name === 'Bot') ?? chance.pick(place.people)]
  const isOfRoles = chance.happens(0.3)
  const body = {
    displayName: 'New',
    mailEnabled: false,
    mailNickname: 'no nickname',
    securityEnabled: true,
    isAssignableToRole: isOfRoles,
    'members@odata.bind': links.map(reference),
    'owners@odata.bind': owners.map(reference),
  }
  const may = mayCreate(caller, { isOfRoles, members: links, owners })
  if (chance.happens(0.6)) return { path: 'groups', method: 'POST', body, may }
  const path = `groups(uniqueName='new${chance.below(1e9)}')`
  return {
    path,
    method: 'PATCH',
    headers: { prefer: 'create-if-missing' },
    body,
    may: may && hasGrant(caller, WRITE.group),
  }
}

const others: Ask = (chance, { server, live, people }, caller) => {
  const user = chance.pick(people)
  const device = live.find(({ name }) => name === 'Box') ?? user
  const bot = live.find(({ name }) => name === 'Bot') ?? user
  const { user: ofUser, userValues, device: ofDevice, application } = WRITE
  return chance.pick<Asked>([
    {
      path: `users/${user.id}`,
      method: 'PATCH',
      body: { jobTitle: user.name },
      may: mayWrite(caller, userValues, OF_USER.update),
    },
    {
      path: 'users',
      method: 'POST',
      body: { ...userBody(server, 'x'), mailNickname: 'no nickname' },
      may: mayWrite(caller, ofUser, OF_USER.create),
    },
    {
      path: `devices/${device.id}`,
      method: 'PATCH',
      body: { displayName: 'Box' },
      may: mayWrite(caller, ofDevice, OF_DEVICE.write),
    },
    {
      path: `servicePrincipals/${bot.id}`,
      method: 'PATCH',
      body: { displayName: 'Bot' },
      may: mayWrite(caller, application, OF_APPLICATION),
    },
  ])
}

const endOfOthers: Ask = async (chance, { server, directory }, caller) => {
  const kind = chance.pick(['users', 'devices', 'servicePrincipals', 'contacts'] as const)
  const name = `gone${chance.below(1e9)}`
  const make = {
    users: directory.user,
    devices: directory.device,
    servicePrincipals: directory.servicePrincipal,
    contacts: directory.contact,
  }
  const { id } = await make[kind](name)
  const change =
    kind === 'devices' || kind === 'contacts' ? 'delete' : chance.pick(['delete', 'restore', 'purge'] as const)
  const rights = {
    users: {
      delete: mayWrite(caller, WRITE.deletionOfUser, OF_USER.delete),
      later: mayWrite(caller, WRITE.deletedUser, OF_USER.delete),
    },
    devices: { delete: mayWrite(caller, WRITE.deletionOfDevice, OF_DEVICE.delete), later: false },
    servicePrincipals: {
      delete: mayWrite(caller, WRITE.wholeApplication, OF_APPLICATION),
      later: mayWrite(caller, WRITE.wholeApplication, OF_APPLICATION),
    },
    contacts: { delete: false, later: false },
  }[kind]
  if (change !== 'delete') await server.call(`/v1.0/${kind}/${id}`, { method: 'DELETE' })
  if (change === 'restore') return { path: `directory/deletedItems/${id}/restore`, method: 'POST', may: rights.later }
  if (change === 'purge') return { path: `directory/deletedItems/${id}`, method: 'DELETE', may: rights.later }
  const door = kind === 'contacts' ? 'directoryObjects' : chance.pick([kind, 'directoryObjects'])
  return { path: `${door}/${id}`, method: 'DELETE', may: rights.delete }
}

const organization: Ask = (_, { server }, caller) => ({
  path: `organization/${server.tenant}`,
  may: hasGrant(caller, READ.organization),
})

/** Links that were handed to an app with every right, or one more that it lacks. */
const foreignLink: Ask = async (chance, { server }, caller) => {
  const collection = chance.pick(['groups', 'users', 'devices'] as const)
  const isHidden = chance.happens(0.5)
  const roles = isHidden ? ALMIGHTY.granted : ALMIGHTY.granted.filter(role => role !== 'Member.Read.Hidden')
  const isDelta = collection !== 'devices' && chance.happens(0.7)
  if (!isDelta) {
    const { body } = await server.call(`/v1.0/${collection}?$top=1`, { roles })
    const link: string = body['@odata.nextLink'] ?? `/v1.0/${collection}`
    return {
      path: link.slice(link.indexOf('/v1.0/') + 6),
      may: hasGrant(caller, OF_LIST[collection]) && seesAll(caller),
    }
  }
  const { body } = await server.call(`/v1.0/${collection}/delta?$deltatoken=latest`, { roles })
  const link: string = body['@odata.deltaLink']
  const granted = collection === 'groups' ? READ.memberships : READ.users
  const may = hasGrant(caller, granted) && seesAll(caller)
  const isSame = isHidden === seesHidden(caller, null)
  return {
    path: link.slice(link.indexOf('/v1.0/') + 6),
    may,
    check: answer => assert.equal(answer.error === undefined, isSame),
  }
}

/** Every sort of request that rights decide about. */
export const ASKS: readonly [Ask, ...Ask[]] = [
  one,
  expanded,
  expandedList,
  absent,
  list,
  emptyGroups,
  related,
  related,
  told,
  anything,
  inBin,
  me,
  delta,
  objectsDelta,
  change,
  change,
  end,
  creation,
  others,
  endOfOthers,
  organization,
  foreignLink,
]
