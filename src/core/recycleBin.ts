import { type CommandContext, purge } from './change.ts'
import type { DirectoryObject, JsonValue } from './fact.ts'
import { freeKeys } from './group.ts'
import type { ObjectId } from './id.ts'
import { notFound } from './problem.ts'
import type { Snapshot, Transaction } from './snapshot.ts'
import { checkPrincipalName, freeUserKeys } from './user.ts'

/** An object in the recycle bin. Throws `Request_ResourceNotFound` for anything else. */
export async function deletedObject(snapshot: Snapshot, id: ObjectId): Promise<DirectoryObject> {
  const object = await snapshot.object(id)
  if (object === null || object.state !== 'deleted') throw notFound(id)
  return object
}

/**
 * Brings an object back as it was, with its edges: all of it becomes news again, what was removed from it too, since
 * a round may have passed that while the object was away. Throws `Request_BadRequest` when a name of it is taken now.
 */
export async function restoreObject(
  transaction: Transaction,
  id: ObjectId,
  newPrincipalName: JsonValue | undefined,
  context: CommandContext,
): Promise<DirectoryObject> {
  const deleted = await deletedObject(transaction, id)
  const { version } = transaction
  const restored = renamed(
    { ...deleted, state: 'live', version, entered: version, deletedAt: null },
    newPrincipalName,
    context,
  )
  const keys =
    restored.type === 'user' ? await freeUserKeys(transaction, restored) : await freeKeys(transaction, restored)
  await transaction.putObject(restored, keys)
  await transaction.stampEdgesFrom(id)
  return restored
}

function renamed(object: DirectoryObject, name: JsonValue | undefined, context: CommandContext): DirectoryObject {
  if (object.type !== 'user' || name === undefined || name === null) return object
  checkPrincipalName(name, context)
  return {
    ...object,
    properties: { ...object.properties, userPrincipalName: name },
    stamps: { ...object.stamps, userPrincipalName: object.version },
  }
}

/** Ends an object in the recycle bin for good. */
export async function purgeObject(transaction: Transaction, id: ObjectId): Promise<void> {
  await purge(transaction, await deletedObject(transaction, id))
}
