import assert from 'node:assert/strict'
import test from 'node:test'
import type { KeyCursor } from '../../src/core/cursor.ts'
import type { Nonce } from '../../src/core/fact.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import type { Link, Query, Round, TrackedType } from '../../src/core/round.ts'
import { readLink, type SealedLink, writeLink } from '../../src/odata/linkBytes.ts'

const A = 'a0000000-0000-4000-8000-00000000000a' as ObjectId
const B = 'b0000000-0000-4000-8000-00000000000b' as ObjectId
const SEEN = { version: 300, nonce: '0123456789abcdef' as Nonce }

const GROUPS: TrackedType = {
  type: 'group',
  properties: ['description', 'displayName', 'theme'],
  relations: ['members', 'owners'],
}
const USERS: TrackedType = { type: 'user', properties: ['displayName', 'surname'], relations: [] }
const DEVICES: TrackedType = { type: 'device', properties: [], relations: [] }

function query(types: Query['types'], more: Partial<Query> = {}): Query {
  return { types, ids: null, seesHiddenMembers: false, ...more }
}

function sealed(link: Link, more: Partial<SealedLink> = {}): SealedLink {
  const tenant = 'f0000000-0000-4000-8000-000000000001' as TenantId
  return { link, tenant, apiVersion: 'v1.0', resource: 'group', issuedAt: 1_768_467_600_000, ...more }
}

function next(round: Round): Link {
  return { kind: 'next', seen: SEEN, round }
}

function at(id: ObjectId): KeyCursor {
  return { id, relation: 'owners', target: B, whole: false }
}

const TENANT = 'f0000000000040008000000000000001'
const SEEN_BYTES = 'ac020123456789abcdef'
const TIME = '80a58887bc33'

/** What earlier servers have sealed, and clients still hold. */
const OF_ONE_TYPE: readonly (readonly [SealedLink, string])[] = [
  [
    sealed({ kind: 'delta', query: query([GROUPS]), base: 299, seen: SEEN }),
    `${TENANT}000001000430000020 03 ${SEEN_BYTES} ab02 ${TIME}`,
  ],
  [
    sealed(
      next({
        query: query([{ ...GROUPS, relations: ['owners'] }], { ids: [A, B], seesHiddenMembers: true }),
        first: true,
        base: 299,
        firstHead: 300,
        position: { phase: 'scan', type: 'group', after: at(A) },
      }),
    ),
    `${TENANT}000000070430000020 02 02${A}${B} ${SEEN_BYTES} ab02 ac02 00 01 02 03${A}${B} ${TIME}`,
  ],
  [
    sealed(
      next({
        query: query([USERS]),
        first: false,
        base: 10,
        firstHead: 20,
        position: { phase: 'catch-up', after: { version: 15, id: A, relation: null, target: '' } },
      }),
      { apiVersion: 'beta', resource: 'user' },
    ),
    `${TENANT}01010000020402 00 ${SEEN_BYTES} 0a 14 01 0f 00 01${A} ${TIME}`,
  ],
  [
    sealed(
      next({
        query: query([GROUPS]),
        first: true,
        base: 7,
        firstHead: 7,
        position: { phase: 'scan', type: 'group', after: null },
      }),
    ),
    `${TENANT}000000010430000020 03 ${SEEN_BYTES} 07 07 00 00 ${TIME}`,
  ],
]

/** The same of directory objects, which name their types. */
const OF_SEVERAL: readonly (readonly [SealedLink, string])[] = [
  [
    sealed(
      { kind: 'delta', query: query([GROUPS, USERS, DEVICES], { ids: [A] }), base: 299, seen: SEEN },
      { resource: 'directoryObject' },
    ),
    `${TENANT}00ff01 04 03 00 0430000020 03 01 020402 00 02 00 00 01${A} ${SEEN_BYTES} ab02 ${TIME}`,
  ],
  [
    sealed(
      next({
        query: query([USERS]),
        first: true,
        base: 7,
        firstHead: 8,
        position: { phase: 'scan', type: 'user', after: { id: A, relation: null, target: '', whole: true } },
      }),
      { resource: 'directoryObject' },
    ),
    `${TENANT}00ff00 01 01 01 020402 00 ${SEEN_BYTES} 07 08 00 01 02 00 01${A} ${TIME}`,
  ],
  [
    sealed(
      next({
        query: query([GROUPS, DEVICES]),
        first: true,
        base: 7,
        firstHead: 8,
        position: { phase: 'scan', type: 'device', after: null },
      }),
      { resource: 'directoryObject' },
    ),
    `${TENANT}00ff00 01 02 00 0430000020 03 02 00 00 ${SEEN_BYTES} 07 08 00 02 00 ${TIME}`,
  ],
]

test('links have these bytes, and mean the same when they are read', () => {
  for (const [link, bytes] of [...OF_ONE_TYPE, ...OF_SEVERAL]) {
    const hex = bytes.replaceAll(/[ -]/g, '')
    assert.equal(Buffer.from(writeLink(link)).toString('hex'), hex)
    assert.deepEqual(readLink(Buffer.from(hex, 'hex')), link)
  }
})

test('bytes that are no link are a bug', () => {
  for (const [, bytes] of [...OF_ONE_TYPE, ...OF_SEVERAL]) {
    const hex = bytes.replaceAll(/[ -]/g, '')
    assert.throws(() => readLink(Buffer.from(hex.slice(0, -2), 'hex')), /end too soon/)
    assert.throws(() => readLink(Buffer.from(`${hex}00`, 'hex')), /go on too long/)
  }
  const [, bytes] = OF_SEVERAL[1] ?? []
  const hex = String(bytes).replaceAll(/[ -]/g, '')
  assert.throws(() => readLink(Buffer.from(hex.replace('00ff00', '00fe00'), 'hex')), /unknown code 254/)
  assert.throws(() => readLink(Buffer.from(hex.replace('00ff000101', '00ff000100'), 'hex')), /no type/)
})
