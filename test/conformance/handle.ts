import type { How } from './client.ts'
import type { Named } from './round.ts'

/** Sends a write, which must be answered 2xx. Gives its body. */
// biome-ignore lint/suspicious/noExplicitAny: cases look at bodies as their readers do
export type Write = (method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, how?: How) => Promise<any>

/** What can be done to an object; each is one request and must succeed. */
interface Life extends Named {
  readonly name: string
  readonly set: (values: object) => Promise<void>
  readonly delete: () => Promise<void>
  readonly restore: () => Promise<void>
  readonly purge: () => Promise<void>
}

export type User = Life

export interface Group extends Life {
  /** Adds members, 20 a request. */
  readonly add: (...members: readonly Named[]) => Promise<void>
  readonly remove: (member: Named) => Promise<void>
  readonly addOwner: (owner: Named) => Promise<void>
  readonly removeOwner: (owner: Named) => Promise<void>
}

/** learn.microsoft.com, graph/api/group-post-members. */
export const LINKS_PER_REQUEST = 20

interface Created extends Named {
  readonly displayName: string
}

/** A group that a service at `url` holds. */
export function groupOf({ id, displayName }: Created, url: string, write: Write): Group {
  const path = `/v1.0/groups/${id}`
  const reference = (object: Named): string => `${url}/v1.0/directoryObjects/${object.id}`
  return {
    ...lifeOf(path, id, displayName, write),
    // No app may by itself.
    purge: () => write('DELETE', inBin(id), undefined, { token: 'purger' }),
    add: async (...members) => {
      for (let at = 0; at < members.length; at += LINKS_PER_REQUEST) {
        const part = members.slice(at, at + LINKS_PER_REQUEST)
        await write('PATCH', path, { 'members@odata.bind': part.map(reference) })
      }
    },
    remove: member => write('DELETE', `${path}/members/${member.id}/$ref`),
    addOwner: owner => write('POST', `${path}/owners/$ref`, { '@odata.id': reference(owner) }),
    removeOwner: owner => write('DELETE', `${path}/owners/${owner.id}/$ref`),
  }
}

export function userOf({ id, displayName }: Created, write: Write): User {
  return lifeOf(`/v1.0/users/${id}`, id, displayName, write)
}

function lifeOf(path: string, id: string, name: string, write: Write): Life {
  const bin = inBin(id)
  return {
    id,
    name,
    set: values => write('PATCH', path, values),
    delete: () => write('DELETE', path),
    restore: () => write('POST', `${bin}/restore`),
    purge: () => write('DELETE', bin),
  }
}

function inBin(id: string): string {
  return `/v1.0/directory/deletedItems/${id}`
}
