import assert from 'node:assert/strict'
import type { TenantId } from '../../src/core/id.ts'
import { propertiesOf } from '../../src/core/resource.ts'
import type { Call, Reply, TestServer } from './aServer.ts'

/** What a refused request is told. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message?: string | RegExp
  readonly details?: readonly object[]
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** That an answer is an error in the one envelope, with the marks by which it is found again, and without a link. */
export function assertEnvelope({ status, headers, body }: Reply, refusal: Refusal, clientRequestId?: string): void {
  const shown = JSON.stringify(body)
  assert.equal(status, refusal.status, shown)
  assert.equal(headers['content-type'], 'application/json')
  assert.equal(headers['odata-version'], undefined)
  assert.equal(headers['cache-control'], 'no-store')
  assert.deepEqual(Object.keys(body), ['error'], shown)
  const { code, message, innerError, ...rest } = body.error
  assert.deepEqual(rest, refusal.details === undefined ? {} : { details: refusal.details }, shown)
  assert.equal(code, refusal.code, shown)
  assert.ok(typeof message === 'string' && message !== '', shown)
  if (typeof refusal.message === 'string') assert.equal(message, refusal.message)
  else if (refusal.message !== undefined) assert.match(message, refusal.message)
  assert.match(innerError.date, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  const requestId = headers['request-id']
  assert.match(String(requestId), GUID)
  const marks = { 'request-id': requestId, 'client-request-id': clientRequestId ?? requestId }
  assert.deepEqual(innerError, { date: innerError.date, ...marks })
  assert.equal(headers['client-request-id'], marks['client-request-id'])
}

/** A tenant's state as others see it: its head, and links from which anything new would be told. */
export interface Standing {
  readonly tenant: TenantId
  readonly head: number
  readonly links: readonly string[]
}

const FIRST_REQUESTS = (['group', 'user'] as const).map(type => {
  const tracked = [...propertiesOf(type)].filter(([, rule]) => !rule.outside).map(([name]) => name)
  const relations = type === 'group' ? ['members', 'owners'] : []
  return `/v1.0/${type}s/delta?$deltatoken=latest&$select=${[...tracked, ...relations].join(',')}`
})

export async function standingOf(server: TestServer, tenant: TenantId = server.tenant): Promise<Standing> {
  const links: string[] = []
  for (const path of FIRST_REQUESTS) {
    const { status, body } = await server.call(path, { tenant })
    assert.equal(status, 200, JSON.stringify(body))
    links.push(body['@odata.deltaLink'])
  }
  return { tenant, head: await headOf(server, tenant), links }
}

/** That nothing has happened since: no version was made, and those who follow are told no news. */
export async function assertStands(server: TestServer, { tenant, head, links }: Standing): Promise<void> {
  assert.equal(await headOf(server, tenant), head, 'a version was made')
  for (const link of links) {
    const { status, body } = await server.call(link, { tenant })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual(body.value, [])
    assert.ok('@odata.deltaLink' in body)
  }
}

export function headOf({ store, tenant: own }: TestServer, tenant: TenantId = own): Promise<number> {
  return store.read(tenant, async snapshot => snapshot.head)
}

/** Makes a request that must be refused so, and checks that it has changed nothing. */
export async function assertRefused(server: TestServer, path: string, call: Call, refusal: Refusal): Promise<Reply> {
  const standing = await standingOf(server, call.tenant)
  const reply = await server.call(path, call)
  assertEnvelope(reply, refusal)
  await assertStands(server, standing)
  return reply
}

/** The refusal of a write that its body's values earn. */
export function badRequest(message?: string | RegExp): Refusal {
  return { status: 400, code: 'Request_BadRequest', ...(message === undefined ? {} : { message }) }
}

/** In Graph's words. */
export function invalidValue(property: string, resource = 'Group'): Refusal {
  return badRequest(`Invalid value specified for property '${property}' of resource '${resource}'.`)
}

/** In Graph's words. */
export function notFound(id: string): Refusal {
  return {
    status: 404,
    code: 'Request_ResourceNotFound',
    message: `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  }
}
