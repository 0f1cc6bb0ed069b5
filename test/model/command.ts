import type { CommandContext } from '../../src/core/change.ts'
import { createGroup, updateGroup } from '../../src/core/group.ts'
import type { ObjectId } from '../../src/core/id.ts'
import { addEdges, liveObject, removeEdge } from '../../src/core/membership.ts'
import { createObject, updateObject } from '../../src/core/plainObject.ts'
import { deleteObject, purgeObject, restoreObject } from '../../src/core/recycleBin.ts'
import type { Transaction } from '../../src/core/snapshot.ts'
import type { NewGroup, NewOther, NewUser, Operation, SingleOperation, Values } from './operation.ts'

export interface CommandGround {
  readonly now: number
  readonly domain: string
  readonly recyclesSecurityGroups: boolean
}

/** Carries out an operation by the core's commands, all of it within one commit. */
export async function runCommand(transaction: Transaction, operation: Operation, ground: CommandGround): Promise<void> {
  const steps = operation.kind === 'batch' ? operation.operations : [operation]
  for (const step of steps) await runSingle(transaction, step, ground)
}

async function runSingle(transaction: Transaction, operation: SingleOperation, ground: CommandGround): Promise<void> {
  const context: CommandContext = {
    now: ground.now,
    domains: [ground.domain],
    recycleSecurityGroups: ground.recyclesSecurityGroups,
    newId: () => ('id' in operation ? operation.id : '') as ObjectId,
  }
  switch (operation.kind) {
    case 'createUser':
      await createObject(transaction, 'user', asMap(newUserBody(operation, ground.domain)), context)
      return
    case 'createOther':
      await createObject(transaction, operation.type, asMap(newOtherBody(operation)), context)
      return
    case 'createGroup': {
      const { members, owners } = operation
      const values = asMap(newGroupBody(operation))
      await createGroup(transaction, { values, members: asIds(members), owners: asIds(owners) }, context)
      return
    }
    case 'patchUser':
      return updateObject(transaction, 'user', operation.id as ObjectId, asMap(operation.values), context)
    case 'patchOther':
      return updateObject(transaction, operation.type, operation.id as ObjectId, asMap(operation.values), context)
    case 'patchGroup': {
      const { id, values, members, owners } = operation
      const input = { values: asMap(values), members: asIds(members), owners: asIds(owners) }
      await updateGroup(transaction, id as ObjectId, input, context)
      return
    }
    case 'link': {
      const group = await liveObject(transaction, 'group', operation.group as ObjectId)
      return addEdges(transaction, group, operation.relation, asIds([operation.target]))
    }
    case 'unlink': {
      const { group, relation, target } = operation
      return removeEdge(transaction, group as ObjectId, relation, target as ObjectId)
    }
    case 'delete': {
      const object = await liveObject(transaction, operation.type, operation.id as ObjectId)
      return deleteObject(transaction, object, context)
    }
    case 'restore':
      await restoreObject(transaction, operation.id as ObjectId, undefined, context)
      return
    case 'purge':
      return purgeObject(transaction, operation.id as ObjectId)
  }
}

/** The body of the request that creates a user. */
export function newUserBody({ alias }: NewUser, domain: string) {
  return {
    accountEnabled: true,
    displayName: alias,
    mailNickname: alias,
    passwordProfile: { password: 'correct-horse' },
    userPrincipalName: `${alias}@${domain}`,
  }
}

/** The body of the request that creates a device or a service principal. */
export function newOtherBody({ type, key, displayName }: NewOther): Values {
  if (type === 'servicePrincipal') return { appId: key, displayName }
  return {
    accountEnabled: true,
    alternativeSecurityIds: [{ type: 2, key: 'c2VjcmV0' }],
    deviceId: key,
    displayName,
    operatingSystem: 'linux',
    operatingSystemVersion: '6.12',
  }
}

/** The body of the request that creates a group, without its references. */
export function newGroupBody({ sort, nickname, values }: NewGroup): Values {
  const unified = sort !== 'security'
  return {
    mailEnabled: unified,
    securityEnabled: !unified,
    mailNickname: nickname,
    ...(unified ? { groupTypes: ['Unified'] } : {}),
    ...(sort === 'hidden' ? { visibility: 'HiddenMembership' } : {}),
    ...values,
  }
}

function asMap<T>(values: Readonly<Record<string, T>>): Map<string, T> {
  return new Map(Object.entries(values))
}

function asIds(ids: readonly string[]): ObjectId[] {
  return ids.map(id => id as ObjectId)
}
