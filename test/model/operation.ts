/** A property's value as the wire has it. */
export type Value = null | boolean | string | readonly string[] | readonly Readonly<Record<string, string | number>>[]
export type Values = Readonly<Record<string, Value>>

export type Relation = 'members' | 'owners'

/** The groups that there are here: security groups, Microsoft 365 groups, and those of them that hide their members. */
export type Sort = 'security' | 'unified' | 'hidden'

export interface NewUser {
  readonly kind: 'createUser'
  readonly id: string
  /** What stands before the `@` of its userPrincipalName; its display name too. */
  readonly alias: string
}

/** The kinds of member that are neither people nor groups. */
export const OTHERS = ['device', 'servicePrincipal'] as const
export type Other = (typeof OTHERS)[number]

export interface NewOther {
  readonly kind: 'createOther'
  readonly type: Other
  readonly id: string
  /** Its deviceId, or its appId. */
  readonly key: string
  readonly displayName: string
}

export interface NewGroup {
  readonly kind: 'createGroup'
  readonly id: string
  readonly sort: Sort
  readonly nickname: string
  readonly values: Values
  readonly members: readonly string[]
  readonly owners: readonly string[]
}

/** The types of object that there are here. */
export const TYPES = ['group', 'user', ...OTHERS] as const
export type Type = (typeof TYPES)[number]

/** What one write request asks. The ids of new objects are chosen by the test, which hands them to the directory. */
export type SingleOperation =
  | NewUser
  | NewGroup
  | NewOther
  | { readonly kind: 'patchUser'; readonly id: string; readonly values: Values }
  | { readonly kind: 'patchOther'; readonly type: Other; readonly id: string; readonly values: Values }
  | {
      readonly kind: 'patchGroup'
      readonly id: string
      readonly values: Values
      readonly members: readonly string[]
      readonly owners: readonly string[]
    }
  | {
      readonly kind: 'link' | 'unlink'
      readonly group: string
      readonly relation: Relation
      readonly target: string
    }
  | { readonly kind: 'delete'; readonly type: Type; readonly id: string }
  | { readonly kind: 'restore' | 'purge'; readonly id: string }

/** A batch is what an import does: several operations in one commit, all or none. */
export type Operation = SingleOperation | { readonly kind: 'batch'; readonly operations: readonly SingleOperation[] }

export type Refusal = 'Request_BadRequest' | 'Request_ResourceNotFound'

/** The operation in words, its objects by name. */
export function operationText(operation: Operation, nameOf: (id: string) => string): string {
  const list = (words: string, ids: readonly string[]): string =>
    ids.length === 0 ? '' : ` ${words} ${ids.map(nameOf).join(', ')}`
  switch (operation.kind) {
    case 'batch':
      return `in one commit: ${operation.operations.map(single => operationText(single, nameOf)).join('; ')}`
    case 'createUser':
      return `create user ${nameOf(operation.id)} as ${operation.alias}`
    case 'createGroup': {
      const { id, sort, nickname, values, members, owners } = operation
      const links = `${list('with members', members)}${list('with owners', owners)}`
      return `create ${sort} group ${nameOf(id)} (${nickname}) ${JSON.stringify(values)}${links}`
    }
    case 'createOther':
      return `create ${operation.type} ${nameOf(operation.id)} as ${operation.displayName}, ${operation.key}`
    case 'patchUser':
    case 'patchOther':
      return `set ${JSON.stringify(operation.values)} of ${nameOf(operation.id)}`
    case 'patchGroup': {
      const { id, values, members, owners } = operation
      return `set ${JSON.stringify(values)} of ${nameOf(id)}${list('and add members', members)}${list('and add owners', owners)}`
    }
    case 'link':
    case 'unlink': {
      const { kind, group, relation, target } = operation
      const verb = kind === 'link' ? 'add' : 'remove'
      return `${verb} ${nameOf(target)} among the ${relation} of ${nameOf(group)}`
    }
    default:
      return `${operation.kind} ${nameOf(operation.id)}`
  }
}
