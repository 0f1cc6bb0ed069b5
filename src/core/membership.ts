import type { DirectoryObject, ObjectType, Relation } from './fact.ts'
import type { ObjectId } from './id.ts'
import { notFound, Problem } from './problem.ts'
import type { Snapshot, Transaction } from './snapshot.ts'

/** learn.microsoft.com, graph/api/group-post-groups and group-post-members. */
const LINKS_PER_REQUEST_MAX = 20
/** learn.microsoft.com, graph/api/group-post-owners. */
export const OWNERS_MAX = 100

/** Throws `Request_BadRequest` for more members and owners than one request can add. */
export function checkLinkCount(count: number): void {
  if (count <= LINKS_PER_REQUEST_MAX) return
  throw new Problem(
    'Request_BadRequest',
    `A request can add at most ${LINKS_PER_REQUEST_MAX} relationships; this one has ${count}.`,
  )
}

/** A group in its collection. Throws `Request_ResourceNotFound` for anything else, whatever it is or was. */
export async function liveObject(snapshot: Snapshot, type: ObjectType, id: ObjectId): Promise<DirectoryObject> {
  const object = await snapshot.object(id)
  if (object === null || object.state !== 'live' || object.type !== type) throw notFound(id)
  return object
}

/** An object in its collection, whichever that is. Throws `Request_ResourceNotFound` for anything else. */
export async function liveObjectOfAnyType(snapshot: Snapshot, id: ObjectId): Promise<DirectoryObject> {
  const object = await snapshot.object(id)
  if (object === null || object.state !== 'live') throw notFound(id)
  return object
}

export function isUnified(group: DirectoryObject): boolean {
  return hasGroupType(group, 'Unified')
}

/** Whether it is assignable to roles. */
export function isOfRoles({ properties }: DirectoryObject): boolean {
  return properties.isAssignableToRole === true
}

export function isDynamic(group: DirectoryObject): boolean {
  return hasGroupType(group, 'DynamicMembership')
}

function hasGroupType(group: DirectoryObject, name: string): boolean {
  const types = group.properties.groupTypes
  return Array.isArray(types) && types.includes(name)
}

/** The types of objects that are named in the collection of a type: in no other they are. */
export type NamedTypes = ReadonlyMap<ObjectId, ObjectType>

/**
 * Adds edges from a group, all or none. Throws `Request_ResourceNotFound` for a target that is not there (in the
 * recycle bin neither, nor in a collection that is not its own), `Request_BadRequest` for one that is linked already or
 * of a kind that the group cannot hold.
 */
export async function addEdges(
  transaction: Transaction,
  group: DirectoryObject,
  relation: Relation,
  targets: readonly ObjectId[],
  named: NamedTypes = new Map(),
): Promise<void> {
  if (targets.length === 0) return
  if (relation === 'members' && isDynamic(group)) throw dynamicMembers(group)
  for (const id of targets) {
    const target = await transaction.object(id)
    if (target === null || target.state !== 'live' || (named.get(id) ?? target.type) !== target.type) throw notFound(id)
    checkTarget(group, relation, target)
    const edge = await transaction.edge(group.id, relation, id)
    if (edge?.live) throw alreadyLinked(relation)
    await transaction.putEdge({
      source: group.id,
      relation,
      target: id,
      targetType: target.type,
      live: true,
      version: transaction.version,
    })
  }
  if (relation !== 'owners') return
  const owners = await transaction.edges(group.id, 'owners', null, OWNERS_MAX + 1)
  if (owners.length > OWNERS_MAX) {
    throw new Problem('Request_BadRequest', `A group can have at most ${OWNERS_MAX} owners.`)
  }
}

/** Removes one edge. Throws `Request_ResourceNotFound` when there is none, `Request_BadRequest` for the last owner. */
export async function removeEdge(
  transaction: Transaction,
  groupId: ObjectId,
  relation: Relation,
  target: ObjectId,
): Promise<void> {
  const group = await liveObject(transaction, 'group', groupId)
  if (relation === 'members' && isDynamic(group)) throw dynamicMembers(group)
  const edge = await transaction.edge(groupId, relation, target)
  if (!edge?.live) throw notFound(target)
  if (relation === 'owners' && (await transaction.edges(groupId, 'owners', null, 2)).length < 2) {
    throw new Problem(
      'Request_BadRequest',
      'The group must have at least one owner, hence this owner cannot be removed.',
    )
  }
  await transaction.putEdge({ ...edge, live: false, version: transaction.version })
}

/**
 * Which objects a group can hold (learn.microsoft.com, graph/groups-overview). Those who write any group must not decide
 * who belongs to one that is assignable to roles: it holds none (entra/identity/role-based-access-control/groups-concept).
 */
function checkTarget(group: DirectoryObject, relation: Relation, target: DirectoryObject): void {
  const fits =
    relation === 'owners'
      ? target.type === 'user' || target.type === 'servicePrincipal'
      : isUnified(group)
        ? target.type === 'user'
        : target.type !== 'group' || (!isUnified(target) && target.id !== group.id && !isOfRoles(group))
  if (!fits) {
    throw new Problem(
      'Request_BadRequest',
      `Object '${target.id}' of type '${target.type}' cannot be added to the '${relation}' of group '${group.id}'.`,
    )
  }
}

function alreadyLinked(relation: Relation): Problem {
  return new Problem(
    'Request_BadRequest',
    `One or more added object references already exist for the following modified properties: '${relation}'.`,
  )
}

function dynamicMembers(group: DirectoryObject): Problem {
  return new Problem(
    'Request_BadRequest',
    `Group '${group.id}' has dynamic membership: its members follow its membershipRule and cannot be changed directly.`,
  )
}
