import { Fault } from './fault.ts'
import { badLine, type EdgeOperation, type HistoryLine, type Operation } from './history.ts'
import type { Entry, Roster } from './roster.ts'

/** A relation from a group to other objects that delta can track. */
export type Relation = 'members' | 'owners'

/** An operation whose names have been looked up: what it does is the same whoever bears them later. */
export type Step =
  | { readonly kind: 'createUser'; readonly user: Entry; readonly name: string }
  | {
      readonly kind: 'createGroup'
      readonly group: Entry
      readonly name: string
      readonly description: string
      /** The owner it is created with and keeps, so that no removal takes the last one. */
      readonly steward: Entry
    }
  | { readonly kind: 'describeGroup'; readonly group: Entry; readonly description: string }
  | { readonly kind: 'renameGroup'; readonly group: Entry; readonly name: string }
  | { readonly kind: 'deleteGroup'; readonly group: Entry }
  | {
      readonly kind: 'addEdge' | 'removeEdge'
      readonly relation: Relation
      readonly group: Entry
      readonly object: Entry
    }

/** The steps of a line; the roster then stands after it. Throws a `Fault` (exit 2) that names the line. */
export function stepsOf(line: HistoryLine, roster: Roster): Step[] {
  try {
    return line.operations.map(operation => stepOf(operation, roster))
  } catch (error) {
    throw error instanceof Fault ? badLine(line.number, error.message, error) : error
  }
}

/**
 * For each step the indexes of the steps before it that it must wait for: those that change what it uses, and those that
 * use or change what it changes. Steps that do not wait for each other may be sent in any order.
 */
export function predecessorsOf(steps: readonly Step[]): number[][] {
  const changer = new Map<string, number>()
  const users = new Map<string, number[]>()
  return steps.map((step, index) => {
    const before = new Set<number>()
    const { uses, changes } = footprint(step)
    for (const key of [...uses, ...changes]) {
      const last = changer.get(key)
      if (last !== undefined) before.add(last)
    }
    for (const key of uses) {
      const others = users.get(key)
      if (others === undefined) users.set(key, [index])
      else others.push(index)
    }
    for (const key of changes) {
      for (const user of users.get(key) ?? []) before.add(user)
      changer.set(key, index)
      users.delete(key)
    }
    return [...before]
  })
}

function stepOf(operation: Operation, roster: Roster): Step {
  switch (operation.op) {
    case 'user.create':
      return { kind: 'createUser', user: roster.addUser(operation.user), name: operation.user }
    case 'group.create': {
      const { group: name, description } = operation
      return { kind: 'createGroup', group: roster.addGroup(name), name, description, steward: roster.addSteward() }
    }
    case 'group.update':
      return { kind: 'describeGroup', group: roster.group(operation.group), description: operation.description }
    case 'group.rename':
      return { kind: 'renameGroup', group: roster.renameGroup(operation.group, operation.to), name: operation.to }
    case 'group.delete':
      return { kind: 'deleteGroup', group: roster.deleteGroup(operation.group) }
    default:
      return edgeStepOf(operation.op, roster.group(operation.group), operation.member, roster)
  }
}

function edgeStepOf(op: EdgeOperation, group: Entry, reference: string, roster: Roster): Step {
  const relation = op.startsWith('member.') ? 'members' : 'owners'
  return op.endsWith('.add')
    ? { kind: 'addEdge', relation, group, object: roster.member(reference) }
    : { kind: 'removeEdge', relation, group, object: roster.formerMember(reference) }
}

function footprint(step: Step): { readonly uses: readonly string[]; readonly changes: readonly string[] } {
  switch (step.kind) {
    case 'createUser':
      return { uses: [], changes: [step.user.key] }
    case 'addEdge':
    case 'removeEdge': {
      const { relation, group, object } = step
      return { uses: [group.key, object.key], changes: [`${group.key} ${relation} ${object.key}`] }
    }
    default:
      return { uses: [], changes: [step.group.key] }
  }
}
