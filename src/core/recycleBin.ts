import { freeKeys } from './alternateKey.ts'
import { type CommandContext, purge, recycle } from './change.ts'
import type { DirectoryObject, JsonValue, ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import { isUnified } from './membership.ts'
import { notFound } from './problem.ts'
import type { Snapshot, Transaction } from './snapshot.ts'
import { checkPrincipalName } from './user.ts'
import { dateTime } from './value.ts'

/** The types whose objects the bin keeps (learn.microsoft.com, graph/api/directory-deleteditems-list); others end at once. */
export const RECYCLED_TYPES = ['group', 'user', 'servicePrincipal'] as const satisfies readonly ObjectType[]
export type RecycledType = (typeof RECYCLED_TYPES)[number]

/** Takes a live object out of its collection: into the bin, where it keeps its memberships, or for good. */
export async function deleteObject(
  transaction: Transaction,
  object: DirectoryObject,
  context: CommandContext,
): Promise<void> {
  if (isRecycled(object, context)) await recycle(transaction, object, dateTime(context.now))
  else await purge(transaction, object)
}

function isRecycled(object: DirectoryObject, { recycleSecurityGroups }: CommandContext): boolean {
  if (object.type === 'group') return isUnified(object) || recycleSecurityGroups
  return RECYCLED_TYPES.some(type => type === object.type)
}

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
  await transaction.putObject(restored, await freeKeys(transaction, restored))
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
