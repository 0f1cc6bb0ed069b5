import assert from 'node:assert/strict'
import test from 'node:test'
import { afterVersion, type KeyCursor } from '../../../src/core/cursor.ts'
import type { PageLimit, Projection, ScannedPage, Scope } from '../../../src/core/snapshot.ts'
import { changesAfter } from '../../../src/store/sqlite/changes.ts'
import type { Scan } from '../../../src/store/sqlite/extent.ts'
import { scanPage } from '../../../src/store/sqlite/scan.ts'
import { groupId, link, numbers, personId, putDeleted, putGroup, putPerson } from '../tenant.ts'
import { GROUPS, NO_LIMIT, SHORT } from '../walk.ts'
import { aCountedTenant, type CountingConnection } from './countingConnection.ts'

const IDS = [groupId(1), groupId(2)]

/** Every kind of round over groups and users. */
function scopesOf(ids: Scope['ids']): Scope[] {
  return (['standard', 'all'] as const).flatMap(properties => [
    { type: 'user', relations: [], properties, ids },
    ...RELATIONS_ASKED.map(relations => ({ ...GROUPS, relations, properties, ids })),
  ])
}

const RELATIONS_ASKED: readonly Scope['relations'][] = [[], ['members'], ['owners'], ['members', 'owners']]

const LIMITS: readonly Partial<PageLimit>[] = [{}, { objects: 1 }, { edges: 1 }, { examined: 2 }, { bytes: 1 }]

/** Reads all pages of a round in every way, so that every statement of it has run. */
function readInAllWays(connection: CountingConnection, scope: Scope): void {
  Array.from(changesAfter(connection, 1, [scope], afterVersion(0)))
  const relations = SHORT.relations.filter(({ relation }) => scope.relations.includes(relation))
  for (const showHiddenMembers of [true, false]) {
    for (const limit of LIMITS) {
      const projection: Projection = { ...SHORT, relations, showHiddenMembers }
      let after: KeyCursor | null = null
      do {
        const scan: Scan = { connection, tenant: 1, scope, projection, after, limit: { ...NO_LIMIT, ...limit } }
        after = scanPage(scan).after
      } while (after !== null)
    }
  }
}

/** What the database says of how it reads for a statement, step by step. */
function planOf(connection: CountingConnection, sql: string): string[] {
  return connection.all(`EXPLAIN QUERY PLAN ${sql}`).map(({ detail }) => String(detail))
}

async function aTenantOfEachKind(t: Parameters<typeof aCountedTenant>[0]): Promise<CountingConnection> {
  const { tenant, connection } = await aCountedTenant(t)
  await tenant.commit(async transaction => {
    for (const number of numbers(6)) await putGroup(transaction, groupId(number), { membersHidden: number === 2 })
    for (const number of numbers(6)) await putPerson(transaction, personId(number))
    await putDeleted(transaction, groupId(7))
    for (const number of [1, 2, 4]) {
      await link(transaction, groupId(number), 'members', ...numbers(4).map(personId))
      await link(transaction, groupId(number), 'owners', ...numbers(2).map(personId))
    }
  })
  return connection
}

test('no statement of a round sorts, and none goes through all objects or all edges', async t => {
  const connection = await aTenantOfEachKind(t)
  for (const scope of [...scopesOf(null), ...scopesOf(IDS)]) readInAllWays(connection, scope)
  const statements = [...connection.statements]
  assert.ok(statements.length > 30, `${statements.length} statements`)
  for (const sql of statements) {
    for (const step of planOf(connection, sql)) {
      assert.doesNotMatch(step, /TEMP B-TREE/, sql)
      assert.doesNotMatch(step, /^SCAN (o|objects|e|edges)\b/, sql)
    }
  }
})

test('every statement of a filtered round goes to its ids', async t => {
  const connection = await aTenantOfEachKind(t)
  for (const scope of scopesOf(IDS)) readInAllWays(connection, scope)
  for (const sql of [...connection.statements]) {
    for (const step of planOf(connection, sql)) {
      if (/^SEARCH (o|objects) /.test(step)) assert.match(step, /\bid=\?/, sql)
      if (/^SEARCH (e|edges) /.test(step)) assert.match(step, /\bsource=\?/, sql)
    }
  }
})

test('a page that goes on in a large group reads its edges, and none of those told before', async t => {
  const { tenant, connection } = await aCountedTenant(t)
  const people = numbers(2_000).map(personId)
  await tenant.commit(async transaction => {
    await putGroup(transaction, groupId(1))
    await link(transaction, groupId(1), 'members', ...people)
    await link(transaction, groupId(1), 'owners', ...people)
  })
  const limit = { ...NO_LIMIT, edges: 100 }
  let after: KeyCursor | null = null
  let edges = 0
  do {
    connection.rows = 0
    const scan: Scan = { connection, tenant: 1, scope: GROUPS, projection: SHORT, after, limit }
    const page: ScannedPage = scanPage(scan)
    assert.ok(connection.rows <= limit.edges + 10, `a page has read ${connection.rows} rows`)
    after = page.after
    edges += page.edges
  } while (after !== null)
  assert.equal(edges, 4_000)
  const seeks = [...connection.statements].filter(sql => /target > \?/.test(sql))
  assert.equal(seeks.length, 2)
  for (const sql of seeks) assert.match(planOf(connection, sql).join(), /relation=\? AND target>\?/)
})
