import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { JsonValue } from '../../src/core/fact.ts'
import { createContact, deleteContact } from '../../src/server/contactControl.ts'
import { BASE, type Call, type TestServer } from './aServer.ts'
import { deviceBody } from './bodies.ts'

/** Whatever has an id. */
export interface Named {
  readonly id: string
}

/** A group and what can be done to it over HTTP: each call is one commit, and must succeed. */
export interface Group extends Named {
  readonly set: (values: object) => Promise<void>
  /** Adds up to 20 members in one commit. */
  readonly add: (...members: readonly Named[]) => Promise<void>
  readonly remove: (member: Named) => Promise<void>
  readonly addOwner: (owner: Named) => Promise<void>
  readonly removeOwner: (owner: Named) => Promise<void>
  readonly delete: () => Promise<void>
  readonly restore: () => Promise<void>
  readonly purge: () => Promise<void>
  /** The ids that `GET /groups/{id}/members` lists. */
  readonly members: () => Promise<string[]>
}

export interface User extends Named {
  readonly name: string
  readonly set: (values: object) => Promise<void>
  readonly delete: () => Promise<void>
  readonly restore: () => Promise<void>
  readonly purge: () => Promise<void>
}

/** What goes for good when it is deleted: a device or a contact. */
export interface Fleeting extends Named {
  readonly delete: () => Promise<void>
}

export interface Device extends Fleeting {
  readonly set: (values: object) => Promise<void>
}

/** Links of a new group, and any properties. */
export interface NewGroup {
  readonly members?: readonly Named[]
  readonly owners?: readonly Named[]
  readonly [property: string]: unknown
}

/** What the server's own lists show of a group, for comparison with a client's copy. */
export interface Listed {
  readonly displayName: unknown
  readonly description: unknown
  readonly members: readonly string[]
}

export interface Directory {
  /** A security group. */
  readonly group: (name: string, more?: NewGroup) => Promise<Group>
  readonly groups: (...names: readonly string[]) => Promise<Group[]>
  /** A Microsoft 365 group. */
  readonly team: (name: string, more?: NewGroup) => Promise<Group>
  readonly user: (name: string) => Promise<User>
  readonly users: (count: number) => Promise<User[]>
  readonly device: (name: string) => Promise<Device>
  readonly servicePrincipal: (name: string) => Promise<User>
  /** Made over the control API. */
  readonly contact: (name: string) => Promise<Fleeting>
  /** All live groups as the lists show them. */
  readonly listing: () => Promise<Record<string, Listed>>
}

const LINKS_PER_REQUEST = 20

/** Writes to a server's directory in a test's words. */
export function aDirectory(server: TestServer, how: Pick<Call, 'tenant'> = {}): Directory {
  const { call, domain, services, tenant } = server
  const send = async (
    method: NonNullable<Call['method']>,
    path: string,
    body?: unknown,
    more: Call = {},
  ): Promise<Named> => {
    const reply = await call(path, { ...how, ...more, method, ...(body === undefined ? {} : { body }) })
    assert.ok(reply.status < 300, `${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }
  const lifeOf = (path: string, id: string) => ({
    set: async (values: object) => void (await send('PATCH', path, values)),
    delete: async () => void (await send('DELETE', path)),
    restore: async () => void (await send('POST', `/v1.0/directory/deletedItems/${id}/restore`)),
    purge: async () => {
      const more = path.startsWith('/v1.0/groups/') ? { as: await server.administrator(how.tenant) } : {}
      await send('DELETE', `/v1.0/directory/deletedItems/${id}`, undefined, more)
    },
  })
  const membersOf = async (id: string): Promise<string[]> => {
    const reply = await call(`/v1.0/groups/${id}/members?$top=999`, how)
    return reply.body.value.map((member: Named) => member.id).sort()
  }
  const groupOf = ({ id }: Named): Group => {
    const path = `/v1.0/groups/${id}`
    return {
      id,
      ...lifeOf(path, id),
      add: async (...members) => void (await send('PATCH', path, { 'members@odata.bind': references(members) })),
      remove: async member => void (await send('DELETE', `${path}/members/${member.id}/$ref`)),
      addOwner: async owner => void (await send('POST', `${path}/owners/$ref`, { '@odata.id': reference(owner) })),
      removeOwner: async owner => void (await send('DELETE', `${path}/owners/${owner.id}/$ref`)),
      members: () => membersOf(id),
    }
  }
  const create = async (kind: object, name: string, { members = [], owners = [], ...more }: NewGroup) => {
    const first = members.slice(0, LINKS_PER_REQUEST - owners.length)
    const group = groupOf(
      await send('POST', '/v1.0/groups', {
        ...kind,
        displayName: name,
        mailNickname: nickname(name),
        ...more,
        'members@odata.bind': references(first),
        'owners@odata.bind': references(owners),
      }),
    )
    for (let at = first.length; at < members.length; at += LINKS_PER_REQUEST) {
      await group.add(...members.slice(at, at + LINKS_PER_REQUEST))
    }
    return group
  }
  const group: Directory['group'] = (name, more = {}) =>
    create({ mailEnabled: false, securityEnabled: true }, name, more)
  const user: Directory['user'] = async name => {
    const { id } = await send('POST', '/v1.0/users', {
      accountEnabled: true,
      displayName: name,
      mailNickname: nickname(name),
      userPrincipalName: `${nickname(name)}@${domain}`,
      passwordProfile: { password: 'not kept' },
    })
    return { id, name, ...lifeOf(`/v1.0/users/${id}`, id) }
  }
  return {
    group,
    groups: (...names) => Promise.all(names.map(name => group(name))),
    team: (name, more = {}) =>
      create({ mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] }, name, more),
    user,
    users: count => Promise.all(Array.from({ length: count }, (_, index) => user(`User ${index}`))),
    device: async name => {
      const { id } = await send('POST', '/v1.0/devices', deviceBody(name))
      const { set, delete: remove } = lifeOf(`/v1.0/devices/${id}`, id)
      return { id, set, delete: remove }
    },
    servicePrincipal: async name => {
      const { id } = await send('POST', '/v1.0/servicePrincipals', { appId: randomUUID(), displayName: name })
      return { id, name, ...lifeOf(`/v1.0/servicePrincipals/${id}`, id) }
    },
    contact: async name => {
      const fields = (more: Record<string, JsonValue>) =>
        new Map(Object.entries({ tenant: how.tenant ?? tenant, ...more }))
      const told = (await createContact(fields({ contact: { displayName: name } }), services)) as { contact: Named }
      const { id } = told.contact
      return { id, delete: async () => void (await deleteContact(fields({ id }), services)) }
    },
    listing: async () => {
      const { body } = await call('/v1.0/groups?$select=id,displayName,description&$top=999', how)
      const listed: Record<string, Listed> = {}
      for (const { id, displayName, description } of body.value) {
        listed[id] = { displayName, description, members: await membersOf(id) }
      }
      return listed
    },
  }
}

/** How a body names an object. */
export function reference({ id }: Named): string {
  return `${BASE}/v1.0/directoryObjects/${id}`
}

function references(objects: readonly Named[]): string[] {
  return objects.map(reference)
}

function nickname(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-')
}
