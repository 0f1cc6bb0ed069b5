import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import test, { type TestContext } from 'node:test'
import { ROLES, SCOPES } from '../../src/auth/permission/permissionTable.ts'
import { aDirectory } from './aDirectory.ts'
import { aServer, type Call, copyStore, pagesOf, type TestServer } from './aServer.ts'
import { namingRequests } from './crossing.ts'
import { EVENTUAL, OPERATIONS, type Request, type Scene } from './operations.ts'

/** What is looked up by itself: a tenant by its id, its domain or the client id of an app. */
const OF_NO_TENANT = /^(tenants|t|apps|tenant_domains|d|deleted_tenants|housekeeping)$/

/** Walks along keys, which neither names an object. */
const LISTS = [
  "groups?$filter=startswith(displayName,'g')",
  "groups?$filter=displayName eq 'group1' or mailNickname in ('a','b')",
  "groups?$filter=displayName ge 'g'&$count=true",
  'groups?$orderby=displayName desc',
  'groups?$search="displayName:group"',
  'groups/$count?$search="displayName:group"',
  'groups?$filter=owners/$count eq 0&$count=true',
  'users?$orderby=userPrincipalName',
  "users?$filter=mail eq 'a@b.example'",
  'directory/deletedItems/microsoft.graph.group?$orderby=deletedDateTime&$count=true',
].map((path): Request => ({ path: `/v1.0/${path}`, headers: EVENTUAL }))

/** Every request of the table of operations, and those that name objects elsewhere, by callers who may do all. */
async function askEverything(server: TestServer): Promise<void> {
  const directory = aDirectory(server)
  let number = 0
  const scene = (): Scene => {
    number += 1
    return { server, directory, number }
  }
  const { user } = await server.administrator()
  const callers: Call[] = [{ roles: ROLES }, { as: { user, scopes: SCOPES, directoryRoles: ['Global Administrator'] } }]
  for (const how of callers) {
    const requests: Request[] = [...LISTS, ...(await namingRequests(scene()))]
    for (const { request } of OPERATIONS) requests.push(await request(scene()))
    for (const { path, owner: _, ...sent } of requests) {
      const { body, status } = await server.call(path, { ...sent, ...how })
      assert.ok(status !== 500 && (status === 200 || !LISTS.some(list => list.path === path)), path)
      const link = body?.['@odata.nextLink'] ?? body?.['@odata.deltaLink']
      if (link !== undefined) await server.call(link, { ...sent, ...how })
    }
  }
}

/** The statements that a server prepares for them. */
async function statementsOf(
  t: TestContext,
): Promise<{ readonly statements: readonly string[]; readonly plan: DatabaseSync }> {
  const server = await aServer(t, pagesOf({ objects: 2, edges: 2 }))
  const prepare = t.mock.method(DatabaseSync.prototype, 'prepare')
  await askEverything(server)
  const statements = new Set(prepare.mock.calls.map(({ arguments: [sql] }) => String(sql)))
  prepare.mock.restore()
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const copy = join(folder, 'copy.db')
  await copyStore(server.store, copy)
  const plan = new DatabaseSync(copy)
  t.after(() => plan.close())
  return { statements: [...statements], plan }
}

test('every statement of a request searches within one tenant, and writes one', async t => {
  const { statements, plan } = await statementsOf(t)
  assert.ok(statements.length > 70, `${statements.length} statements`)
  let searches = 0
  for (const sql of statements) {
    if (!/^\s*(WITH|SELECT|INSERT|UPDATE|DELETE|REPLACE)\b/i.test(sql)) continue
    for (const [, table, columns] of sql.matchAll(/\bINTO (objects|edges|object_keys|commits) \((\w+)/g)) {
      assert.equal(columns, 'tenant', `${table}: ${sql}`)
    }
    // A walk through a whole table has no condition: it would go through every tenant.
    for (const { detail } of plan.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()) {
      assert.doesNotMatch(String(detail), /^SCAN (objects|o|edges|e|object_keys|k|commits)\b/, sql)
      const [, table = '', condition] = /^SEARCH (\w+) USING [^(]*\(([^)]*)/.exec(String(detail)) ?? []
      if (condition === undefined || OF_NO_TENANT.test(table)) continue
      assert.match(condition, /^tenant=\?/, `${detail}: ${sql}`)
      searches += 1
    }
  }
  assert.ok(searches > 70, `${searches} searches`)
})
