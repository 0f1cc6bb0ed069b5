import type { ObjectId } from './id.ts'
import { notFound, Problem } from './problem.ts'
import type { AlternateKey, Snapshot } from './snapshot.ts'

/** What a caller names an object by: its id, or the value of an alternate key, which is compared without regard to case. */
export type ObjectKey = { readonly id: ObjectId } | { readonly property: AlternateKey; readonly value: string }

/** The id that a key stands for: any id for itself, be it given out or not, and null where nothing live has the value. */
export async function idByKey(snapshot: Snapshot, key: ObjectKey): Promise<ObjectId | null> {
  return 'id' in key ? key.id : snapshot.idByKey(key.property, foldKey(key.value))
}

/** The same. Throws `Request_ResourceNotFound` where nothing has the value. */
export async function namedId(snapshot: Snapshot, key: ObjectKey): Promise<ObjectId> {
  const id = await idByKey(snapshot, key)
  if (id === null) throw notFound('id' in key ? key.id : key.value)
  return id
}

/** An alternate key's value as it is kept and compared. */
export function foldKey(value: string): string {
  return value.toLowerCase()
}

/** Throws `Request_BadRequest` when an alternate key names another object (learn.microsoft.com, graph/api/resources/group). */
export async function checkFree(
  snapshot: Snapshot,
  id: ObjectId,
  keys: Readonly<Partial<Record<AlternateKey, string>>>,
): Promise<void> {
  for (const [key, value] of Object.entries(keys)) {
    const holder = await snapshot.idByKey(key as AlternateKey, value)
    if (holder === null || holder === id) continue
    throw new Problem('Request_BadRequest', `Another object with the same value for property ${key} already exists.`)
  }
}
