import type { TestContext } from 'node:test'
import type { DirectoryObject, JsonValue, Nonce, ObjectType, Relation } from '../../src/core/fact.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import type { AlternateKey, Snapshot, Transaction } from '../../src/core/snapshot.ts'
import type { Store, Tenant } from '../../src/store/store.ts'

/** Opens an empty store that takes the nonces of its commits from `nonce`, one for each. */
export type StoreFactory = (options: { readonly nonce: () => Nonce }) => Store | Promise<Store>

/** A tenant in a store of its own, which is closed when its test ends. */
export interface TestTenant {
  readonly id: TenantId
  readonly store: Store
  /** Writes as somebody, at `at` milliseconds. */
  commit<T>(work: (transaction: Transaction) => Promise<T>, at?: number): Promise<T>
  look<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>
}

export async function aTenant(t: TestContext, open: StoreFactory): Promise<TestTenant> {
  const store = await open({ nonce: countedNonces() })
  t.after(() => store.close())
  return tenantOf(store, 1)
}

/** The `number`th tenant of a store. */
export async function tenantOf(store: Store, number: number): Promise<TestTenant> {
  const tenant = aTenantNamed(number)
  await store.putTenant(tenant)
  return {
    id: tenant.id,
    store,
    commit: (work, at = 0) => store.write(tenant.id, { at, app: null, user: null, requestId: null }, work),
    look: work => store.read(tenant.id, work),
  }
}

export function aTenantNamed(number: number): Tenant {
  const name = `t${number}.example`
  return {
    id: guid('f', number) as TenantId,
    kind: 'workforce',
    displayName: name,
    defaultDomain: name,
    domains: [name],
  }
}

/** The nonces 1, 2, 3 …: the nth commit of the store has the nth. */
export function countedNonces(): () => Nonce {
  let count = 0
  return () => {
    count += 1
    return nonceNumbered(count)
  }
}

export function nonceNumbered(number: number): Nonce {
  return number.toString(16).padStart(16, '0') as Nonce
}

function guid(kind: string, number: number): string {
  return `${kind.repeat(8)}-0000-4000-8000-${number.toString(16).padStart(12, '0')}`
}

/** Ids that ascend with their numbers; all groups come before all people, and these before all devices. */
export function groupId(number: number): ObjectId {
  return guid('a', number) as ObjectId
}

export function personId(number: number): ObjectId {
  return guid('b', number) as ObjectId
}

export function deviceId(number: number): ObjectId {
  return guid('c', number) as ObjectId
}

/** The type of the objects whose ids the functions above give. */
export function typeOf(id: ObjectId): ObjectType {
  return id.startsWith('a') ? 'group' : id.startsWith('b') ? 'user' : 'device'
}

export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

interface Details {
  readonly type?: ObjectType
  readonly properties?: Readonly<Record<string, JsonValue>>
  readonly keys?: Readonly<Partial<Record<AlternateKey, string>>>
  readonly membersHidden?: boolean
}

/** A live object as the core would write it, every property of it set by this commit. */
export function anObject(transaction: Transaction, id: ObjectId, details: Details = {}): DirectoryObject {
  const { type = 'group', properties = {}, membersHidden = false } = details
  const { version } = transaction
  return {
    id,
    type,
    state: 'live',
    version,
    entered: version,
    deletedAt: null,
    membersHidden,
    properties,
    stamps: Object.fromEntries(Object.keys(properties).map(name => [name, version])),
  }
}

export async function putGroup(transaction: Transaction, id: ObjectId, details: Details = {}): Promise<void> {
  await transaction.putObject(anObject(transaction, id, details), details.keys ?? {})
}

export async function putPerson(transaction: Transaction, id: ObjectId, details: Details = {}): Promise<void> {
  await putGroup(transaction, id, { ...details, type: 'user' })
}

export async function putDeleted(transaction: Transaction, id: ObjectId, type: ObjectType = 'group'): Promise<void> {
  const object = anObject(transaction, id, { type })
  await transaction.putObject({ ...object, state: 'deleted', deletedAt: '2026-03-01T00:00:00Z' }, {})
}

/** Purges as the core does: the object's own edges go, the edges to it become tombstones. */
export async function purge(transaction: Transaction, id: ObjectId, type: ObjectType = 'group'): Promise<void> {
  await transaction.putObject({ ...anObject(transaction, id, { type }), state: 'purged' }, {})
  await transaction.dropEdgesFrom(id)
  await transaction.removeEdgesTo(id)
}

export async function link(
  transaction: Transaction,
  source: ObjectId,
  relation: Relation,
  ...targets: readonly ObjectId[]
): Promise<void> {
  for (const target of targets) await putEdge(transaction, source, relation, target, true)
}

export async function unlink(
  transaction: Transaction,
  source: ObjectId,
  relation: Relation,
  ...targets: readonly ObjectId[]
): Promise<void> {
  for (const target of targets) await putEdge(transaction, source, relation, target, false)
}

async function putEdge(
  transaction: Transaction,
  source: ObjectId,
  relation: Relation,
  target: ObjectId,
  live: boolean,
): Promise<void> {
  await transaction.putEdge({
    source,
    relation,
    target,
    targetType: typeOf(target),
    live,
    version: transaction.version,
  })
}
