import { hash } from 'node:crypto'
import type { CommandContext } from '../src/core/change.ts'
import type { JsonValue } from '../src/core/fact.ts'
import { createGroup } from '../src/core/group.ts'
import type { ObjectId, TenantId } from '../src/core/id.ts'
import { createObject } from '../src/core/plainObject.ts'
import type { Store } from '../src/store/store.ts'

/** Who is in a directory: the same ids, names and members at every build. */
export interface Population {
  readonly name: string
  readonly users: number
  readonly groups: number
  readonly membersEach: number
}

export function groupsOfTen(groups: number): Population {
  return { name: `groups-${groups}`, users: groups, groups, membersEach: 10 }
}

export function oneGroupOf(members: number): Population {
  return { name: `members-${members}`, users: members, groups: 1, membersEach: members }
}

/** A version 4 UUID of these 32 hexadecimal digits. */
function uuid(hex: string): ObjectId {
  const variant = '89ab'.charAt(Number.parseInt(hex.charAt(16), 16) % 4)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}` as ObjectId
}

/** Groups have their ids in no order, as from a server: their rows and their edges lie anywhere in the file. */
export function groupId(index: number): ObjectId {
  return uuid(hash('sha256', `group/${index}`).slice(0, 32))
}

/** Users have theirs in the order in which they are made: nothing that is measured reads by them, and a file is filled much faster. */
function userId(index: number): ObjectId {
  return uuid(index.toString(16).padStart(8, '0') + hash('sha256', `user/${index}`).slice(0, 24))
}

/** The n-th user that a group can have; those from `membersEach` on are not its members at first. */
export function memberId({ users, membersEach }: Population, group: number, n: number): ObjectId {
  return userId((group * membersEach + n) % users)
}

const FIELDS = ['Payments', 'Logistics', 'Research', 'Warehouse', 'Customer Care', 'Compliance', 'Facilities', 'Press']
const PLACES = ['Lisbon', 'Tallinn', 'Nairobi', 'Osaka', 'Montevideo', 'Halifax', 'Leipzig']
const DUTIES = [
  'on-call rota',
  'release approvals',
  'shared mailbox',
  'building access',
  'contractors',
  'budget owners',
]

function pick(words: readonly string[], index: number): string {
  return words[index % words.length] ?? ''
}

/** What a caller sends to create a group; every second one is a Microsoft 365 group. */
export function groupValues(index: number): ReadonlyMap<string, JsonValue> {
  const unified = index % 2 === 0
  const field = pick(FIELDS, index)
  return new Map<string, JsonValue>([
    ['description', description(index, 0)],
    ['displayName', `${field} ${pick(PLACES, index)}: ${pick(DUTIES, index)} ${index}`],
    ['groupTypes', unified ? ['Unified'] : []],
    ['mailEnabled', unified],
    ['mailNickname', `${field.toLowerCase().replace(' ', '-')}-${index}`],
    ['securityEnabled', true],
  ])
}

/** A description that says at which turn it was written, so that each turn's differs. */
export function description(index: number, turn: number): string {
  return `Holds the ${pick(DUTIES, index)} of ${pick(FIELDS, index)} in ${pick(PLACES, index)}. Membership is reviewed every quarter by the owners; ask them before you add anybody from outside the team. Edition ${turn}.`
}

function userValues(index: number, domain: string): ReadonlyMap<string, JsonValue> {
  return new Map<string, JsonValue>([
    ['accountEnabled', true],
    ['displayName', `Robin ${pick(PLACES, index)} ${index}`],
    ['givenName', 'Robin'],
    ['surname', `${pick(PLACES, index)} ${index}`],
    ['jobTitle', 'Analyst'],
    ['officeLocation', pick(PLACES, index)],
    ['mailNickname', `robin.${index}`],
    ['passwordProfile', { password: 'not kept' }],
    ['userPrincipalName', `robin.${index}@${domain}`],
  ])
}

const OBJECTS_A_COMMIT = 5_000

export interface Place {
  readonly tenant: TenantId
  readonly domain: string
}

/**
 * Fills an empty directory by the commands of the core; only that a member is there is not looked up for each edge.
 * `tell` is given the share that is done, 0 to 1.
 */
export async function populate(
  store: Store,
  { tenant, domain }: Place,
  population: Population,
  tell: (share: number) => void,
): Promise<void> {
  const { users, groups, membersEach } = population
  const now = Date.now()
  const by = { at: now, app: null, user: null, requestId: null }
  const contextFor = (id: ObjectId): CommandContext => ({
    now,
    newId: () => id,
    domains: [domain],
    recycleSecurityGroups: true,
  })
  const inAll = users + groups * membersEach
  for (let from = 0; from < users; from += OBJECTS_A_COMMIT) {
    const to = Math.min(users, from + OBJECTS_A_COMMIT)
    await store.write(tenant, by, async transaction => {
      for (let user = from; user < to; user += 1) {
        await createObject(transaction, 'user', userValues(user, domain), contextFor(userId(user)))
      }
    })
    tell(to / inAll)
  }
  for (let from = 0; from < groups; from += OBJECTS_A_COMMIT) {
    const to = Math.min(groups, from + OBJECTS_A_COMMIT)
    await store.write(tenant, by, async transaction => {
      for (let group = from; group < to; group += 1) {
        const input = { values: groupValues(group), members: [], owners: [] }
        const { id: source } = await createGroup(transaction, input, contextFor(groupId(group)))
        for (let n = 0; n < membersEach; n += 1) {
          const target = memberId(population, group, n)
          const { version } = transaction
          await transaction.putEdge({ source, relation: 'members', target, targetType: 'user', live: true, version })
        }
      }
    })
    tell((users + to * membersEach) / inAll)
  }
}
