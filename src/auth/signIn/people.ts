import type { DirectoryObject } from '../../core/fact.ts'
import type { Filter } from '../../core/filter.ts'
import { compareCodePoints, foldText } from '../../core/foldedText.ts'
import type { ObjectId, TenantId } from '../../core/id.ts'
import { planList } from '../../core/list.ts'
import type { Snapshot } from '../../core/snapshot.ts'
import type { Store } from '../../store/store.ts'
import { directoryRolesNamed } from '../directoryRoles.ts'
import { isSignable } from '../person.ts'

/** Somebody to be chosen from the list. */
export interface Choice {
  readonly user: ObjectId
  readonly displayName: string
  readonly userPrincipalName: string
  readonly roles: readonly string[]
}

const CHOICES_MAX = 20
const HOLDERS_MAX = 200
const EXAMINED_MAX = 1_000
const BYTES_MAX = 4_000_000

/**
 * Whom a person can choose to be: those whose names begin with a text, without one first those who have directory roles.
 * A few of them, by name.
 */
export async function choices(
  tenant: TenantId,
  beginning: string,
  store: Pick<Store, 'read' | 'roleHolders'>,
): Promise<readonly Choice[]> {
  const holders = new Map((await store.roleHolders(tenant)).map(({ user, roles }) => [user, roles]))
  const found = await store.read(tenant, async snapshot => [
    ...(beginning === '' ? byName(await objectsOf([...holders.keys()].slice(0, HOLDERS_MAX), snapshot)) : []),
    ...(await named(beginning, snapshot)),
  ])
  const people = new Map(found.filter(isSignable).map(user => [user.id, user]))
  return [...people.values()].slice(0, CHOICES_MAX).map(({ id, properties }) => ({
    user: id,
    displayName: String(properties.displayName),
    userPrincipalName: String(properties.userPrincipalName),
    roles: directoryRolesNamed(holders.get(id) ?? []),
  }))
}

async function objectsOf(ids: readonly ObjectId[], snapshot: Snapshot): Promise<readonly DirectoryObject[]> {
  const objects = await Promise.all(ids.map(id => snapshot.object(id)))
  return objects.filter(object => object !== null)
}

function byName(users: readonly DirectoryObject[]): readonly DirectoryObject[] {
  const nameOf = ({ properties }: DirectoryObject): string => foldText(String(properties.displayName))
  return [...users].sort((a, b) => compareCodePoints(nameOf(a), nameOf(b)))
}

async function named(beginning: string, snapshot: Snapshot): Promise<readonly DirectoryObject[]> {
  const text = foldText(beginning)
  const begins = (property: string): Filter => ({ kind: 'property', property, test: { kind: 'startsWith', text } })
  const filter: Filter = { kind: 'or', terms: [begins('displayName'), begins('userPrincipalName')] }
  const order = { key: 'displayName', descending: false } as const
  const query = planList('user', 'live', text === '' ? null : filter, text === '' ? order : null)
  const limit = { objects: 2 * CHOICES_MAX, examined: EXAMINED_MAX, bytes: BYTES_MAX }
  return (await snapshot.list(query, null, limit)).objects
}
