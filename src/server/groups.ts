import type { Caller } from '../auth/caller.ts'
import { authorize, preauthorize } from '../auth/permission/permissions.ts'
import type { ObjectPermission } from '../auth/permission/permissionTable.ts'
import { administersGroups } from '../auth/permission/standing.ts'
import { foldKey, idByKey, type ObjectKey } from '../core/alternateKey.ts'
import type { CommandContext } from '../core/change.ts'
import type { DirectoryObject } from '../core/fact.ts'
import { createGroup, type GroupInput, isOutside, updateGroup } from '../core/group.ts'
import type { ObjectId } from '../core/id.ts'
import { addEdges, isUnified } from '../core/membership.ts'
import { invalidValue } from '../core/problem.ts'
import type { Transaction } from '../core/snapshot.ts'
import { readPrefer } from '../odata/prefer.ts'
import { type JsonObject, resourceBody } from '../odata/resourceBody.ts'
import { readGroupBody } from '../odata/writeBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { authorship, type GraphRequest, objectKey } from './graphRequest.ts'
import { authorizeBinding, authorizeMembers } from './linkPermissions.ts'
import { authorizeWrite, namedObject } from './objectPermissions.ts'
import { contextOf } from './resources.ts'
import { commandContext, type Services } from './services.ts'

/** POST /groups */
export async function postGroup(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { caller } = request
  const input = readGroupBody(request.body)
  authorizeCreation(caller, input)
  const context = await commandContext(services, caller.tenant)
  const group = await store.write(caller.tenant, authorship(request, clock), transaction =>
    create(transaction, caller, input, context),
  )
  return createdAnswer(request, group)
}

/** PATCH /groups/{id}; /groups(uniqueName='…') with `Prefer: create-if-missing` also makes a group that is not there. */
export async function patchGroup(request: GraphRequest, services: Services): Promise<Answer> {
  const { store, clock } = services
  const { caller } = request
  const key = objectKey(request, 'group')
  const input = readGroupBody(request.body)
  if ('property' in key && readPrefer(request.prefer).createIfMissing) {
    return upsertGroup(request, key, input, services)
  }
  for (const permission of permissionsOf(input)) preauthorize(caller, permission)
  const context = await commandContext(services, caller.tenant)
  const group = await store.write(caller.tenant, authorship(request, clock), transaction =>
    update(transaction, caller, key, input, context),
  )
  return updatedAnswer(request, input, group)
}

/** Whether the group is there is seen in the commit that changes or makes it: of two such requests one makes it. */
async function upsertGroup(
  request: GraphRequest,
  key: Exclude<ObjectKey, { readonly id: unknown }>,
  input: GroupInput,
  services: Services,
): Promise<Answer> {
  const { store, clock } = services
  const { caller } = request
  const context = await commandContext(services, caller.tenant)
  const answer = await store.write(caller.tenant, authorship(request, clock), async transaction => {
    const id = await idByKey(transaction, key)
    if (id === null) {
      authorize(caller, 'groups.upsert')
      authorizeCreation(caller, input)
      return createdAnswer(request, await create(transaction, caller, named(input, key.value), context))
    }
    return updatedAnswer(request, input, await update(transaction, caller, { id }, unnamed(input, key.value), context))
  })
  return { ...answer, headers: { ...answer.headers, 'preference-applied': 'create-if-missing' } }
}

/** A group that is made by its name has it as the path spells it. Throws `Request_BadRequest` where the body gives another. */
function named(input: GroupInput, uniqueName: string): GroupInput {
  return { ...input, values: new Map(unnamed(input, uniqueName).values).set('uniqueName', uniqueName) }
}

/** The input without the name that its path has told. Throws `Request_BadRequest` where the body gives another, or null. */
function unnamed(input: GroupInput, uniqueName: string): GroupInput {
  const { uniqueName: sent = uniqueName, ...others } = Object.fromEntries(input.values)
  if (typeof sent !== 'string' || foldKey(sent) !== foldKey(uniqueName)) throw invalidValue('uniqueName', 'Group')
  return { ...input, values: new Map(Object.entries(others)) }
}

function authorizeCreation(caller: Caller, { values }: GroupInput): void {
  authorize(caller, 'groups.create')
  if (values.get('isAssignableToRole') === true) authorize(caller, 'groups.roleAssignable.create')
}

/** Creates a group in a commit that tells what its links lead to. */
async function create(
  transaction: Transaction,
  caller: Caller,
  input: GroupInput,
  context: CommandContext,
): Promise<DirectoryObject> {
  await authorizeBinding(caller, transaction, [...input.owners, ...input.members])
  await authorizeMembers(caller, transaction, input.members)
  const group = await createGroup(transaction, input, context)
  await addEdges(transaction, group, 'owners', ownersBeside(caller, input.owners, group))
  return group
}

/**
 * People own the groups that they create, administrators only the Microsoft 365 groups among them, and may then name
 * themselves too (learn.microsoft.com, graph/api/group-post-groups).
 */
function ownersBeside(caller: Caller, named: readonly ObjectId[], group: DirectoryObject): ObjectId[] {
  if (caller.kind === 'app') return []
  if (!administersGroups(caller)) return [caller.user]
  return isUnified(group) && !named.includes(caller.user) ? [caller.user] : []
}

async function update(
  transaction: Transaction,
  caller: Caller,
  key: ObjectKey,
  input: GroupInput,
  context: CommandContext,
): Promise<DirectoryObject> {
  const group = await namedObject(caller, 'groups.update', { type: 'group', key }, transaction)
  for (const permission of permissionsOf(input)) await authorizeWrite(caller, permission, group, transaction)
  await authorizeMembers(caller, transaction, input.members)
  return updateGroup(transaction, group.id, input, context)
}

/** What an update changes decides what it asks; one that changes nothing asks the least that any asks. */
function permissionsOf({ values, members, owners }: GroupInput): ObjectPermission[] {
  const permissions: ObjectPermission[] = []
  if (values.size > 0) permissions.push(isOutside(values) ? 'groups.update.exchange' : 'groups.update')
  if (owners.length > 0) permissions.push('groups.owners.add')
  if (members.length > 0 || values.size + owners.length === 0) permissions.push('groups.members.add')
  return permissions
}

function createdAnswer(request: GraphRequest, group: DirectoryObject): Answer {
  const location = `${request.root}/directoryObjects/${group.id}/Microsoft.DirectoryServices.Group`
  return json(201, wholeBody(request, group), { location })
}

/** An update of what is kept outside the directory is answered with the group (learn.microsoft.com, graph/api/group-update). */
function updatedAnswer(request: GraphRequest, { values }: GroupInput, group: DirectoryObject): Answer {
  return isOutside(values) ? json(200, wholeBody(request, group)) : NO_CONTENT
}

function wholeBody(request: GraphRequest, group: DirectoryObject): JsonObject {
  return { '@odata.context': contextOf(request, 'group', null, 'entity'), ...resourceBody(group, null) }
}
