import type { ObjectId } from './id.ts'
import { Problem } from './problem.ts'
import type { AlternateKey, Snapshot } from './snapshot.ts'

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
