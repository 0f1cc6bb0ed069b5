import type { DirectoryObject } from '../core/fact.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import type { Store } from '../store/store.ts'

/** A user of the directory as somebody who can be signed in. */
export interface Person {
  /** The id of the user. */
  readonly user: ObjectId
  /** Whether it is at home in another directory: guests see less than members. */
  readonly isGuest: boolean
}

/** The person that a user is; null for one that is deleted, disabled or was never there: nobody signs in as it. */
export function livePerson(store: Pick<Store, 'read'>, tenant: TenantId, id: ObjectId): Promise<Person | null> {
  return store.read(tenant, async snapshot => {
    const user = await snapshot.object(id)
    return user !== null && isSignable(user) ? { user: id, isGuest: user.properties.userType === 'Guest' } : null
  })
}

/** Whether somebody can be signed in as an object: a live user that is enabled. */
export function isSignable({ type, state, properties }: DirectoryObject): boolean {
  return type === 'user' && state === 'live' && properties.accountEnabled === true
}
