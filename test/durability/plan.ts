import type { Nonce, Version } from '../../src/core/fact.ts'
import type { ObjectId } from '../../src/core/id.ts'
import type { Snapshot, Transaction } from '../../src/core/snapshot.ts'
import { groupId, link, numbers, personId, putGroup, unlink } from '../store/tenant.ts'

/**
 * What commits write where power is lost: a function of their version alone, so that the one state that belongs to a
 * version is known. Each sets the same text in two groups, and adds or removes members of the first; every tenth does so
 * with many.
 */
const PAIRS = 23
const PEOPLE = 24
const TEXT_LENGTH_MAX = 6_000

interface PlannedCommit {
  readonly groups: readonly [ObjectId, ObjectId]
  readonly text: string
  readonly people: readonly ObjectId[]
  readonly adds: boolean
}

function commitNumbered(version: Version): PlannedCommit {
  const pair = version % PAIRS
  const round = Math.floor(version / PAIRS)
  return {
    groups: [groupId(2 * pair + 1), groupId(2 * pair + 2)],
    text: `${version}:`.padEnd((version * 389) % TEXT_LENGTH_MAX, `${version}`),
    people: version % 10 === 0 ? numbers(PEOPLE).map(personId) : [personId((round % 3) + 1)],
    adds: Math.floor(round / 3) % 2 === 0,
  }
}

/** Does what the plan has for the version that this commit becomes. */
export async function writePlanned(transaction: Transaction): Promise<Version> {
  const { groups, text, people, adds } = commitNumbered(transaction.version)
  for (const group of groups) await putGroup(transaction, group, { properties: { displayName: text } })
  const change = adds ? link : unlink
  await change(transaction, groups[0], 'members', ...people)
  return transaction.version
}

/** The nonce of a planned commit. */
export function nonceOfPlanned(version: Version): Nonce {
  return version.toString(16).padStart(16, '0') as Nonce
}

/** Groups by id: the version of each, its text and its members in order. */
export type PlannedState = Readonly<Record<string, { version: Version; text: string; members: readonly string[] }>>

/** The state at a version, worked out from the plan. */
export function plannedState(head: Version): PlannedState {
  const state: Record<string, { version: Version; text: string; members: Set<string> }> = {}
  for (let version = 1; version <= head; version += 1) {
    const { groups, text, people, adds } = commitNumbered(version)
    for (const group of groups) {
      state[group] = { version, text, members: state[group]?.members ?? new Set() }
    }
    const members = state[groups[0]]?.members
    for (const person of people) {
      if (adds) members?.add(person)
      else members?.delete(person)
    }
  }
  return Object.fromEntries(
    Object.entries(state).map(([id, group]) => [id, { ...group, members: [...group.members].sort() }]),
  )
}

/** The state that a store holds. */
export async function heldState(snapshot: Snapshot): Promise<PlannedState> {
  const groups = await snapshot.objects('group', 'live', null, 2 * PAIRS + 1)
  const state: Record<string, PlannedState[string]> = {}
  for (const { id, version, properties } of groups) {
    const edges = await snapshot.edges(id, 'members', null, PEOPLE + 1)
    state[id] = { version, text: String(properties.displayName), members: edges.map(({ target }) => target) }
  }
  return state
}
