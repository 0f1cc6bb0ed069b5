import { foldKey, idByKey } from '../core/alternateKey.ts'
import type { DirectoryObject } from '../core/fact.ts'
import { foldText } from '../core/foldedText.ts'
import { isGuid, parseObjectId, type TenantId } from '../core/id.ts'
import { planList } from '../core/list.ts'
import type { Snapshot } from '../core/snapshot.ts'
import type { Store } from '../store/store.ts'
import { nearest } from './nearest.ts'
import { Refusal } from './refusal.ts'

/**
 * The user of an id, live or deleted, or the live one of a userPrincipalName. Throws a `Refusal` for one that is not
 * there, which names those that are called much like it.
 */
export function userNamed(text: string, tenant: TenantId, store: Store): Promise<DirectoryObject> {
  return store.read(tenant, async snapshot => {
    const key = isGuid(text) ? { id: parseObjectId(text) } : ({ property: 'userPrincipalName', value: text } as const)
    const id = await idByKey(snapshot, key)
    const user = id === null ? null : await snapshot.object(id)
    if (user?.type === 'user' && user.state !== 'purged') return user
    const near = isGuid(text) ? [] : nearest(text, await namesLike(text, snapshot))
    const next = near.length > 0 ? `nearest are ${near.join(', ')}` : 'name one by its id or userPrincipalName'
    throw new Refusal(`There is no user '${text}' in the tenant ${tenant}: ${next}.`)
  })
}

export function principalName({ properties }: DirectoryObject): string {
  return String(properties['userPrincipalName'] ?? '-')
}

/** Of so many users that begin as `text` does those most like it are found. */
const EXAMINED = 2_000

async function namesLike(text: string, snapshot: Snapshot): Promise<string[]> {
  const test = { kind: 'startsWith', text: foldText(foldKey(text).slice(0, 2)) } as const
  const query = planList('user', 'live', { kind: 'property', property: 'userPrincipalName', test }, null)
  const { objects } = await snapshot.list(query, null, { objects: EXAMINED, examined: EXAMINED, bytes: 4_000_000 })
  return objects.map(principalName)
}
