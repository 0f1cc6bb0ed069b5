import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { forEachAtMost } from '../replay/worker.ts'
import { type Ask, shown } from './client.ts'
import { type Group, groupOf, LINKS_PER_REQUEST, type User, userOf, type Write } from './handle.ts'
import type { Named } from './round.ts'
import { PAUSE_MS, type Target } from './target.ts'

/** Properties of a new group, and whom it links first. */
export interface NewGroup {
  readonly members?: readonly Named[]
  readonly owners?: readonly Named[]
  readonly [property: string]: unknown
}

/** Where objects of a kind are made and deleted. */
export type Collection = 'groups' | 'users' | 'devices' | 'servicePrincipals'

/** Makes what a case looks at. */
export interface Directory {
  /** Another name every time, which nothing else in the tenant has; good for nicknames too. */
  readonly newName: () => string
  /** A security group with a name of its own. */
  readonly group: (more?: NewGroup) => Promise<Group>
  readonly groups: (count: number) => Promise<readonly Group[]>
  /** A Microsoft 365 group. */
  readonly team: (more?: NewGroup) => Promise<Group>
  readonly user: (more?: object) => Promise<User>
  readonly users: (count: number) => Promise<readonly User[]>
  readonly device: () => Promise<Named>
  readonly servicePrincipal: () => Promise<Named>
  /** A contact, which the control API alone can make. */
  readonly contact: () => Promise<Named>
  /** What was made by a request of the case's own is removed too. */
  readonly adopt: (collection: Collection, object: Named) => void
}

/** A directory, and how to remove all that it made: for good where the writer may. */
export interface OpenDirectory {
  readonly directory: Directory
  readonly clear: () => Promise<void>
}

/** How many requests are under way at once. */
const AT_ONCE = 16

const SECURITY = { mailEnabled: false, securityEnabled: true }
const TEAM = { mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] }

/** Makes objects on a target by `ask`. */
export function openDirectory(target: Target, ask: Ask): OpenDirectory {
  const made: (() => Promise<unknown>)[] = []
  const write = writeTo(target, ask)
  const newName = newNames()
  const adopt: Directory['adopt'] = (collection, { id }) => {
    made.push(async () => {
      await ask('DELETE', `/v1.0/${collection}/${id}`)
      const token = collection === 'groups' && target.tokens.purger !== undefined ? 'purger' : 'writer'
      await ask('DELETE', `/v1.0/directory/deletedItems/${id}`, { token })
    })
  }
  const create = async <T extends object>(collection: Collection, body: T): Promise<T & Named> => {
    const created: Named = await write('POST', `/v1.0/${collection}`, body)
    adopt(collection, created)
    return { ...body, id: created.id }
  }
  const createGroup = async (kind: object, { members = [], owners = [], ...more }: NewGroup): Promise<Group> => {
    const displayName = newName()
    const first = members.slice(0, LINKS_PER_REQUEST - owners.length)
    const reference = ({ id }: Named): string => `${target.url}/v1.0/directoryObjects/${id}`
    const body = {
      displayName,
      mailNickname: displayName,
      ...kind,
      ...more,
      ...(first.length > 0 && { 'members@odata.bind': first.map(reference) }),
      ...(owners.length > 0 && { 'owners@odata.bind': owners.map(reference) }),
    }
    const group = groupOf(await create('groups', body), target.url, write)
    await group.add(...members.slice(first.length))
    return group
  }
  const group: Directory['group'] = (more = {}) => createGroup(SECURITY, more)
  const user: Directory['user'] = async (more = {}) =>
    userOf(await create('users', { ...userBody(newName(), target.domain), ...more }), write)
  const directory: Directory = {
    newName,
    group,
    groups: count => several(count, () => group()),
    team: (more = {}) => createGroup(TEAM, more),
    user,
    users: count => several(count, () => user()),
    device: () => create('devices', deviceBody(newName())),
    servicePrincipal: () => create('servicePrincipals', { appId: randomUUID() }),
    contact: async () => {
      const { control, tenant } = target
      assert.ok(control !== null, 'a contact was asked for without the control API')
      const contact = await control.createContact(tenant, newName())
      made.push(() => control.deleteContact(tenant, contact.id))
      return contact
    },
    adopt,
  }
  const clear = (): Promise<void> =>
    forEachAtMost(AT_ONCE, made, async remove => {
      await remove()
    })
  return { directory, clear }
}

/** Sends writes that must succeed. What was made a moment ago may not be there yet for a server that lags. */
function writeTo({ patienceMs, wait }: Target, ask: Ask): Write {
  return async (method, path, body, how) => {
    for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
      const reply = await ask(method, path, { ...how, body })
      if (reply.status === 404 && waitedMs < patienceMs) {
        await wait(PAUSE_MS)
        continue
      }
      assert.ok(reply.status < 300, `${method} ${path} was answered ${shown(reply)}`)
      return reply.body
    }
  }
}

function newNames(): () => string {
  const run = randomBytes(4).toString('hex')
  let count = 0
  return () => {
    count += 1
    return `conformance-${run}-${count}`
  }
}

function userBody(name: string, domain: string) {
  return {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${domain}`,
    passwordProfile: { password: `Aa1-${randomBytes(12).toString('base64url')}` },
  }
}

function deviceBody(displayName: string) {
  return {
    accountEnabled: true,
    alternativeSecurityIds: [{ type: 2, key: randomBytes(12).toString('base64') }],
    deviceId: randomUUID(),
    displayName,
    operatingSystem: 'Linux',
    operatingSystemVersion: '6',
  }
}

async function several<T>(count: number, make: () => Promise<T>): Promise<readonly T[]> {
  const made: T[] = []
  await forEachAtMost(AT_ONCE, Array.from({ length: count }), async () => {
    made.push(await make())
  })
  return made
}
