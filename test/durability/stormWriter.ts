import { jsonOf } from '../replay/graph.ts'
import { defaultDomain } from '../replay/writer.ts'
import type { Chance } from './chance.ts'
import { type Directory, holdingIn } from './directory.ts'
import { emptyHolding, type Holding, isSame, tellDifferences } from './holding.ts'
import { createUser, nextOperation, type Operation, type Place, userBody } from './operation.ts'
import type { Running } from './running.ts'

/** A client that writes its own part of a directory, one request after the other, and knows what it was promised. */
export interface StormWriter {
  readonly place: Place
  holding: Holding
  /** The write whose outcome is not known; null when that of every write is. */
  unsure: Operation | null
  acknowledged: number
}

/** What came of a write: done, refused without anything done, or nobody knows. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused' | 'unknown'; readonly status: number | null; readonly told: string }

/** Writers with their first users, and the group that all of them write. */
export async function newStormWriters(
  running: Running,
  { writers: count, users }: { readonly writers: number; readonly users: number },
): Promise<StormWriter[]> {
  const { graph, tenantId } = running
  const body = { displayName: 'Commons', mailNickname: 'commons', mailEnabled: false, securityEnabled: true }
  const commons = (await graph.call('POST', '/groups', 201, { body })) as { readonly id: string }
  const domain = defaultDomain(tenantId)
  const administrator = (await graph.call('POST', '/users', 201, { body: userBody('administrator', domain) })) as {
    readonly id: string
  }
  const writers = Array.from({ length: count }, (_, index): StormWriter => {
    let number = 0
    const nextNumber = (): number => {
      number += 1
      return number
    }
    const names = { prefix: `w${index}`, root: graph.root, domain }
    const place = { ...names, commonsId: commons.id, administratorId: administrator.id, nextNumber }
    return { place, holding: emptyHolding(), unsure: null, acknowledged: 0 }
  })
  await Promise.all(writers.map(writer => makeUsers(writer, running, users)))
  return writers
}

async function makeUsers(writer: StormWriter, running: Running, count: number): Promise<void> {
  while (writer.holding.users.size < count) {
    const operation = createUser(writer.holding, writer.place)
    const outcome = operation === null ? null : await write(writer, running, operation)
    if (outcome?.kind !== 'done') throw new Error(`The first users cannot be made: ${outcome?.told}`)
  }
}

/** Does the next write. Throws for an answer that no server should give to it. */
export function writeNext(writer: StormWriter, running: Running, chance: Chance): Promise<Outcome> {
  return write(writer, running, nextOperation(writer.holding, writer.place, chance))
}

async function write(writer: StormWriter, { graph, tokensFor }: Running, operation: Operation): Promise<Outcome> {
  const { method, path, body, byAdministrator, status } = operation
  writer.unsure = operation
  const options = {
    ...(body !== undefined && { body }),
    ...(byAdministrator && { token: tokensFor(writer.place.administratorId) }),
  }
  const answer = await graph.ask(method, path, options).catch(String)
  if (typeof answer === 'string') return { kind: 'unknown', status: null, told: answer }
  const told = `${method} ${path} was answered ${answer.status}: ${answer.text}`
  if (answer.status === 500) return { kind: 'unknown', status: 500, told }
  if (answer.status === 503) {
    writer.unsure = null
    return { kind: 'refused', status: 503, told }
  }
  if (answer.status !== status) throw new Error(told)
  writer.unsure = null
  writer.acknowledged += 1
  const created = answer.text === '' ? {} : jsonOf(answer, path)
  operation.apply(writer.holding, String((created as { readonly id?: string }).id))
  return { kind: 'done' }
}

/** Of the writes whose outcome was not known, how many there were, and how many of them are there, whole. */
export interface Settled {
  readonly unsure: number
  readonly whole: number
}

/**
 * Compares what writers were promised with what a server lists, and lets them go on from there. Throws where an
 * acknowledged write is gone, where a refused one is there, or where one that nobody knew of is there in part.
 */
export function settle(writers: readonly StormWriter[], directory: Directory): Settled {
  const fates = writers.map(writer => {
    const { prefix, commonsId } = writer.place
    return settleOne(writer, holdingIn(directory, prefix, commonsId))
  })
  return {
    unsure: fates.filter(fate => fate !== 'none').length,
    whole: fates.filter(fate => fate === 'whole').length,
  }
}

function settleOne(writer: StormWriter, found: Holding): 'none' | 'absent' | 'whole' {
  const { holding, unsure } = writer
  const whole = structuredClone(holding)
  unsure?.apply(whole, '')
  const isAbsent = isSame(holding, found)
  const isWhole = unsure !== null && isSame(whole, found)
  if (!isAbsent && !isWhole) throw new Error(tellLoss(writer, whole, found))
  writer.holding = withHiddenMembers(found, isAbsent ? holding : whole)
  writer.unsure = null
  if (unsure === null) return 'none'
  return isAbsent ? 'absent' : 'whole'
}

/** Nobody can read the members of a deleted group: they are known until it is restored, and compared then. */
function withHiddenMembers(found: Holding, known: Holding): Holding {
  for (const [name, group] of found.groups) {
    if (group.deleted) group.members = known.groups.get(name)?.members ?? new Set()
  }
  return found
}

function tellLoss({ place, holding, unsure }: StormWriter, whole: Holding, found: Holding): string {
  const lost = `${place.prefix}, against what was acknowledged: ${tellDifferences(holding, found)}`
  if (unsure === null) return lost
  const { method, path, body } = unsure
  return `${lost}; with ${method} ${path} ${JSON.stringify(body)?.slice(0, 200)}: ${tellDifferences(whole, found)}`
}

export function acknowledgedBy(writers: readonly StormWriter[]): number {
  return writers.reduce((sum, { acknowledged }) => sum + acknowledged, 0)
}
