import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { newKeyRing, withNewStateKey } from '../../src/auth/keys/keyRing.ts'
import type { Nonce } from '../../src/core/fact.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import type { ListCursor } from '../../src/core/list.ts'
import type { Link, Position, Query, TrackedType } from '../../src/core/round.ts'
import type { StateKey } from '../../src/core/stateKey.ts'
import { sealListToken } from '../../src/odata/listToken.ts'
import { sealStateToken, type TokenBinding } from '../../src/odata/stateToken.ts'

/** When all of them are sealed, and read. */
export const NOW = Date.UTC(2026, 0, 15, 9)

/** What a token was sealed for: a link of a round with its binding, or a place in a list. */
export type Sealed =
  | { readonly form: 'round'; readonly link: Link; readonly binding: TokenBinding }
  | { readonly form: 'list'; readonly cursor: ListCursor; readonly list: readonly string[] }

/** A server's tokens, and what may be mistaken for them. */
export interface Mint {
  readonly keys: readonly [StateKey, ...StateKey[]]
  readonly tenants: readonly [TenantId, TenantId]
  /** By its text, each token that was sealed with the keys. */
  readonly own: ReadonlyMap<string, Sealed>
  /** Tokens of another server. */
  readonly others: readonly string[]
}

const id = (): ObjectId => randomUUID() as ObjectId
const GROUPS: TrackedType = { type: 'group', properties: ['description', 'displayName'], relations: ['members'] }
const USERS: TrackedType = { type: 'user', properties: ['displayName'], relations: [] }

export async function aMint(): Promise<Mint> {
  const ring = withNewStateKey(await newKeyRing(), true)
  const { state: foreign } = await newKeyRing()
  const tenants = [randomUUID() as TenantId, randomUUID() as TenantId] as const
  const own = new Map<string, Sealed>()
  const others: string[] = []
  for (const sealed of tenants.flatMap(sealedFor)) {
    for (const key of ring.state) own.set(textOf(sealed, [key]), sealed)
    others.push(textOf(sealed, foreign))
  }
  return { keys: ring.state, tenants, own, others }
}

function textOf(sealed: Sealed, keys: readonly StateKey[]): string {
  if (sealed.form === 'list') return sealListToken(sealed.cursor, sealed.list, keys)
  return sealStateToken(sealed.link, sealed.binding, NOW, keys)
}

/** A token of every phase, version and resource, and of two lists. */
function sealedFor(tenant: TenantId): Sealed[] {
  const place = { id: id(), relation: 'members', target: id() } as const
  const positions: readonly Position[] = [
    { phase: 'scan', type: 'group', after: null },
    { phase: 'scan', type: 'group', after: { ...place, whole: false } },
    { phase: 'catch-up', after: { version: 290, ...place } },
  ]
  const sealed: Sealed[] = []
  for (const apiVersion of ['v1.0', 'beta'] as const) {
    for (const resource of ['group', 'user', 'directoryObject'] as const) {
      const types: Query['types'] = resource === 'group' ? [GROUPS] : resource === 'user' ? [USERS] : [GROUPS, USERS]
      for (const ids of [null, [id(), id()]]) {
        const query: Query = { types, ids, seesHiddenMembers: ids === null }
        const seen = { version: 300, nonce: '0123456789abcdef' as Nonce }
        const binding = { tenant, apiVersion, resource }
        sealed.push({ form: 'round', binding, link: { kind: 'delta', query, base: 299, seen } })
        for (const position of positions) {
          const type = resource === 'user' ? 'user' : 'group'
          const at = position.phase === 'scan' ? ({ ...position, type } as const) : position
          const round = { query, first: position.phase === 'scan', base: 280, firstHead: 300, position: at }
          sealed.push({ form: 'round', binding, link: { kind: 'next', round, seen } })
        }
      }
    }
  }
  for (const path of ['groups', `groups/${id()}/members`]) {
    sealed.push({ form: 'list', cursor: { walk: 0, id: id(), key: 'staff' }, list: [tenant, path, '', '', ''] })
  }
  return sealed
}

/** Texts for a token's place: sealed ones as they are and altered in every way, and texts that never were one. */
export function anyToken({ own, others, keys }: Mint): fc.Arbitrary<string> {
  const sealed = fc.constantFrom(...own.keys())
  const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url')
  const spelled = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
  const flipped = fc.tuple(sealed, fc.array(fc.nat(4_000), { minLength: 1, maxLength: 4 })).map(([text, bits]) => {
    const bytes = bytesOf(text)
    for (const bit of bits) {
      const at = (bit >> 3) % bytes.length
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit & 7)), at)
    }
    return spelled(bytes)
  })
  const overwritten = fc
    .tuple(sealed, fc.nat(400), fc.uint8Array({ minLength: 1, maxLength: 16 }))
    .map(([text, at, part]) => {
      const bytes = bytesOf(text)
      bytes.set(part.subarray(0, bytes.length), Math.min(at, Math.max(0, bytes.length - part.length)))
      return spelled(bytes)
    })
  const cut = fc.tuple(sealed, fc.nat(300), fc.nat(300)).map(([text, from, to]) => text.slice(from, to))
  const longer = fc
    .tuple(sealed, fc.uint8Array({ maxLength: 64 }), fc.boolean())
    .map(([text, more, first]) => spelled(Buffer.concat(first ? [more, bytesOf(text)] : [bytesOf(text), more])))
  const spliced = fc
    .tuple(sealed, sealed, fc.nat(200))
    .map(([one, other, at]) => spelled(Buffer.concat([bytesOf(one).subarray(0, at), bytesOf(other).subarray(at)])))
  const respelled = fc
    .tuple(sealed, fc.constantFrom('=', '==', ' ', '\n', '.', '\0', 'A', '%3D', '\u{1f600}'), fc.nat(300))
    .map(([text, sign, at]) => text.slice(0, at) + sign + text.slice(at))
  const otherAlphabet = sealed.map(text => bytesOf(text).toString('base64'))
  const otherCase = fc.tuple(sealed, fc.nat(300)).map(([text, at]) => {
    const sign = text[at] ?? ''
    const turned = sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase()
    return text.slice(0, at) + turned + text.slice(at + 1)
  })
  const forged = fc
    .tuple(fc.constantFrom(1, 2, 0, 3, 255), fc.constantFrom(...keys), fc.uint8Array({ maxLength: 300 }))
    .map(([format, key, rest]) => spelled(Buffer.concat([Buffer.of(format), key.id, rest])))
  const noToken = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map(spelled),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('', 'latest', 'null', '__proto__', '../..', "' or 1=1 --", 'A'.repeat(8_000)),
  )
  return fc.oneof(
    { arbitrary: sealed, weight: 1 },
    { arbitrary: fc.constantFrom(...others), weight: 1 },
    { arbitrary: flipped, weight: 6 },
    ...[overwritten, cut, longer, spliced, respelled, otherAlphabet, otherCase, forged, noToken].map(arbitrary => ({
      arbitrary,
      weight: 2,
    })),
  )
}
