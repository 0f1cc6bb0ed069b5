import type { ChangeCursor, KeyCursor } from '../core/cursor.ts'
import { type Nonce, OBJECT_TYPES, type ObjectType, RELATIONS, type Relation } from '../core/fact.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import { propertiesOf } from '../core/resource.ts'
import {
  type Link,
  type Position,
  type Query,
  queryOf,
  type Round,
  type Sighting,
  type TrackedType,
} from '../core/round.ts'
import { ByteReader, ByteWriter } from './bytes.ts'
import type { DeltaResource } from './resourceNames.ts'

/** A link with what binds it, as a state token carries it. */
export interface SealedLink {
  readonly link: Link
  readonly tenant: TenantId
  readonly apiVersion: 'v1.0' | 'beta'
  readonly resource: DeltaResource
  /** Milliseconds since 1970 UTC. */
  readonly issuedAt: number
}

const API_VERSIONS = ['v1.0', 'beta'] as const
const KINDS = ['next', 'delta'] as const
const PHASES = ['scan', 'catch-up'] as const
const FLAG_FIRST = 1
const FLAG_HIDDEN_MEMBERS = 2
const FLAG_FILTERED = 4

/** Stands for directory objects where the code of a type can: beyond all of those. */
const SEVERAL = 0xff

/**
 * The canonical bytes of a link: one value, one spelling. Numbers are varints, ids their 16 bytes. A link of directory
 * objects names its types, and that of the place where a scan stands; one of a single type has it as its resource.
 */
export function writeLink({ link, tenant, apiVersion, resource, issuedAt }: SealedLink): Uint8Array {
  const out = new ByteWriter()
  const query = queryOf(link)
  out.id(tenant)
  out.byte(API_VERSIONS.indexOf(apiVersion))
  out.byte(resource === 'directoryObject' ? SEVERAL : OBJECT_TYPES.indexOf(resource))
  out.byte(KINDS.indexOf(link.kind))
  const first = link.kind === 'next' && link.round.first ? FLAG_FIRST : 0
  const filtered = query.ids === null ? 0 : FLAG_FILTERED
  out.byte(first | filtered | (query.seesHiddenMembers ? FLAG_HIDDEN_MEMBERS : 0))
  if (resource === 'directoryObject') out.byte(query.types.length)
  for (const tracked of query.types) {
    if (resource === 'directoryObject') out.byte(OBJECT_TYPES.indexOf(tracked.type))
    writeTracked(out, tracked)
  }
  if (query.ids !== null) {
    out.byte(query.ids.length)
    for (const id of query.ids) out.id(id)
  }
  writeSighting(out, link.seen)
  if (link.kind === 'delta') out.number(link.base)
  else writeRound(out, link.round, resource)
  out.number(issuedAt)
  return out.done()
}

/** Reads what `writeLink` wrote. Its bytes have been verified: anything that does not fit is a bug, and throws an Error. */
export function readLink(bytes: Uint8Array): SealedLink {
  const input = new ByteReader(bytes)
  const tenant = input.id() as TenantId
  const apiVersion = nth(API_VERSIONS, input.byte())
  const resource = readResource(input)
  const kind = nth(KINDS, input.byte())
  const flags = input.byte()
  const query: Query = {
    types: readTypes(input, resource),
    ids: flags & FLAG_FILTERED ? Array.from({ length: input.byte() }, () => input.id() as ObjectId) : null,
    seesHiddenMembers: (flags & FLAG_HIDDEN_MEMBERS) !== 0,
  }
  const seen = readSighting(input)
  const link: Link =
    kind === 'delta'
      ? { kind, query, base: input.number(), seen }
      : { kind, round: readRound(input, query, resource, (flags & FLAG_FIRST) !== 0), seen }
  const issuedAt = input.number()
  input.end()
  return { link, tenant, apiVersion, resource, issuedAt }
}

function readResource(input: ByteReader): DeltaResource {
  const code = input.byte()
  return code === SEVERAL ? 'directoryObject' : nth(OBJECT_TYPES, code)
}

function readTypes(input: ByteReader, resource: DeltaResource): Query['types'] {
  if (resource !== 'directoryObject') return [readTracked(input, resource)]
  const [first, ...others] = Array.from({ length: input.byte() }, () =>
    readTracked(input, nth(OBJECT_TYPES, input.byte())),
  )
  if (first === undefined) throw new Error('A state token holds no type of object.')
  return [first, ...others]
}

function writeTracked(out: ByteWriter, tracked: TrackedType): void {
  out.bytes(propertyBits(tracked))
  out.byte(tracked.relations.reduce((bits, relation) => bits | (1 << RELATIONS.indexOf(relation)), 0))
}

function readTracked(input: ByteReader, type: ObjectType): TrackedType {
  const bits = input.bytes()
  const relationBits = input.byte()
  return {
    type,
    properties: [...propertiesOf(type)].filter(([, { number }]) => hasBit(bits, number)).map(([name]) => name),
    relations: RELATIONS.filter((_, index) => relationBits & (1 << index)),
  }
}

function writeSighting(out: ByteWriter, seen: Sighting): void {
  out.number(seen.version)
  out.raw(Buffer.from(seen.nonce, 'hex'))
}

function readSighting(input: ByteReader): Sighting {
  return { version: input.number(), nonce: Buffer.from(input.raw(8)).toString('hex') as Nonce }
}

function writeRound(out: ByteWriter, { base, firstHead, position }: Round, resource: DeltaResource): void {
  out.number(base)
  out.number(firstHead)
  out.byte(PHASES.indexOf(position.phase))
  if (position.phase === 'catch-up') {
    out.number(position.after.version)
    writePlace(out, position.after)
  } else {
    if (resource === 'directoryObject') out.byte(OBJECT_TYPES.indexOf(position.type))
    out.byte(position.after === null ? 0 : position.after.whole ? 2 : 1)
    if (position.after !== null) writePlace(out, position.after)
  }
}

function readRound(input: ByteReader, query: Query, resource: DeltaResource, first: boolean): Round {
  return { query, first, base: input.number(), firstHead: input.number(), position: readPosition(input, resource) }
}

function readPosition(input: ByteReader, resource: DeltaResource): Position {
  const phase = nth(PHASES, input.byte())
  if (phase === 'catch-up') {
    const version = input.number()
    const after: ChangeCursor = { version, ...readPlace(input) }
    return { phase, after }
  }
  const type = resource === 'directoryObject' ? nth(OBJECT_TYPES, input.byte()) : resource
  const shape = input.byte()
  const after: KeyCursor | null = shape === 0 ? null : { ...readPlace(input), whole: shape === 2 }
  return { phase, type, after }
}

interface Place {
  readonly id: string
  readonly relation: Relation | null
  readonly target: string
}

/** A place in the order of objects and edges: an empty id stands before all, an empty target at the object itself. */
function writePlace(out: ByteWriter, { id, relation, target }: Place): void {
  out.byte(relation === null ? 0 : RELATIONS.indexOf(relation) + 1)
  out.byte((id === '' ? 0 : 1) | (target === '' ? 0 : 2))
  if (id !== '') out.id(id)
  if (target !== '') out.id(target)
}

function readPlace(input: ByteReader): Place {
  const rank = input.byte()
  const parts = input.byte()
  return {
    relation: rank === 0 ? null : nth(RELATIONS, rank - 1),
    id: parts & 1 ? input.id() : '',
    target: parts & 2 ? input.id() : '',
  }
}

function propertyBits({ type, properties }: TrackedType): Uint8Array {
  const table = propertiesOf(type)
  const bits: number[] = []
  for (const name of properties) {
    const rule = table.get(name)
    if (rule === undefined) throw new Error(`'${name}' is not a property of '${type}'.`)
    const at = rule.number >> 3
    while (bits.length <= at) bits.push(0)
    bits[at] = (bits[at] ?? 0) | (1 << (rule.number & 7))
  }
  return Uint8Array.from(bits)
}

function hasBit(bits: Uint8Array, number: number): boolean {
  return ((bits[number >> 3] ?? 0) & (1 << (number & 7))) !== 0
}

function nth<T>(values: readonly T[], index: number): T {
  const value = values[index]
  if (value === undefined) throw new Error(`A state token holds the unknown code ${index}.`)
  return value
}
