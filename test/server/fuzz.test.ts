import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { aDirectory } from './aDirectory.ts'
import { aGround, anyRequest, type Ground } from './anyRequest.ts'
import { aReader } from './aReader.ts'
import type { Reply } from './aServer.ts'
import { assertEnvelope } from './refusal.ts'

const CASES = 5_000
/** Directories that share the cases: what is purged does not come back, and less and less would be found. */
const GROUNDS = 20
/** A case that takes longer, in milliseconds, hangs. */
const CASE_MS_MAX = 5_000
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const STATUSES = [200, 201, 204, 400, 401, 403, 404, 405, 410, 413, 415, 501]

/** What holds of every answer below a version, and outside: that it can be found again, and is no failure. */
function assertAnswer(reply: Reply, sent: string | undefined): void {
  const { status, headers, body } = reply
  assert.ok(STATUSES.includes(status), `${status} ${JSON.stringify(body)}`)
  assert.match(String(headers['request-id']), GUID)
  const echoed = headers['client-request-id']
  assert.ok(echoed === headers['request-id'] || echoed === sent, String(echoed))
  assert.ok(status !== 204 || body === null)
  if (body === null || typeof body === 'number') return
  const isOauth = typeof body.error === 'string'
  if (status < 400) assert.ok(!('error' in body), JSON.stringify(body))
  else if (!isOauth) assertEnvelope(reply, { status, code: body.error.code }, String(echoed))
}

test('whatever is asked, the answer is one that is promised: no failure, no hang, and no harm (DELTA-102, DELTA-103)', async t => {
  const seen = new Map<number, number>()
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647)
  t.diagnostic(`FUZZ_SEED=${seed}`)
  for (let ground = 0; ground < GROUNDS; ground += 1) await overrun(await aGround(t), seed + ground, seen)
  t.diagnostic(`answers by status: ${JSON.stringify(Object.fromEntries(seen))}`)
  for (const status of [200, 201, 204, 400, 401, 403, 404, 405, 415]) {
    assert.ok(seen.get(status), `no case was answered ${status}`)
  }
})

/** Sends one ground's share of the cases; then a reader that began before them must still come to the present state. */
async function overrun(ground: Ground, seed: number, seen: Map<number, number>): Promise<void> {
  const { server } = ground
  const own = `Bearer ${await server.token()}`
  const reader = aReader(server, '/v1.0/groups/delta?$select=displayName,description,members')
  await reader.round()
  const types = ['group', 'user', 'device', 'servicePrincipal', 'orgContact']
  const filter = types.map(type => `isof('microsoft.graph.${type}')`).join(' or ')
  const objects = aReader(server, `/v1.0/directoryObjects/delta?$filter=${encodeURIComponent(filter)}`)
  await objects.round()
  const property = fc.asyncProperty(anyRequest(ground, own), async request => {
    const { statusCode: status, headers, payload } = await server.app.inject(request)
    const sent = request.headers?.['client-request-id']
    assertAnswer({ status, headers, body: payload === '' ? null : JSON.parse(payload) }, sent?.toString())
    seen.set(status, (seen.get(status) ?? 0) + 1)
  })
  // Cases write to one directory, so a case alone may not fail again: it is shown as it was.
  await fc.assert(property, { seed, numRuns: CASES / GROUNDS, timeout: CASE_MS_MAX, endOnFailure: true })
  await reader.round()
  assert.deepEqual(reader.listing(), await aDirectory(server).listing())
  await objects.round()
  const live: string[] = []
  for (const set of ['groups', 'users', 'devices', 'servicePrincipals', 'contacts']) {
    const { body } = await server.call(`/v1.0/${set}?$select=id&$top=999`)
    live.push(...body.value.map(({ id }: { id: string }) => id))
  }
  assert.deepEqual([...objects.copy.keys()].sort(), live.sort())
}
