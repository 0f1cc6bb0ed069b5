import assert from 'node:assert/strict'
import test from 'node:test'
import type { Organization } from '@microsoft/microsoft-graph-types'
import { aServer, BASE } from './aServer.ts'
import { assertRefused, badRequest, notFound } from './refusal.ts'

const roles = ['Organization.Read.All']
const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'

test('an app that asks for /me is told that it is no user, whatever its roles (DELTA-119)', async t => {
  const server = await aServer(t)
  const refusal = badRequest('/me request is only valid with delegated authentication flow.')
  for (const path of ['/v1.0/me', '/beta/me?$select=id', '/v1.0/ME/memberOf']) {
    await assertRefused(server, path, {}, refusal)
    await assertRefused(server, path, { roles: [] }, refusal)
  }
  await assertRefused(server, '/v1.0/me', { roles: null }, { status: 401, code: 'InvalidAuthenticationToken' })
})

test("/organization lists the caller's tenant with its name and domains, and no other (DELTA-120)", async t => {
  const server = await aServer(t)
  const other = await server.addTenant()
  const domain = { isDefault: true, isInitial: true, name: server.domain, type: 'Managed', capabilities: 'Email' }
  await server.store.putTenant({
    id: server.tenant,
    kind: 'workforce',
    displayName: 'Larkspur',
    defaultDomain: server.domain,
    domains: [server.domain, 'larkspur.example'],
  })
  const { status, body } = await server.call('/v1.0/organization', { roles })
  assert.equal(status, 200)
  assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#organization`)
  assert.equal(body.value.length, 1)
  const organization: Organization = body.value[0]
  assert.deepEqual([organization.id, organization.displayName], [server.tenant, 'Larkspur'])
  const second = { ...domain, isDefault: false, isInitial: false, name: 'larkspur.example' }
  assert.deepEqual(organization.verifiedDomains, [domain, second])
  const foreign = await server.call('/v1.0/organization?$select=id', { roles, tenant: other })
  assert.deepEqual(foreign.body.value, [{ id: other }])
})

test('/organization/{id} is the tenant for its own id, and for any other 404 (DELTA-120)', async t => {
  const server = await aServer(t)
  const other = await server.addTenant()
  const [own] = (await server.call('/v1.0/organization', { roles })).body.value
  const { body } = await server.call(`/v1.0/organization/${server.tenant.toUpperCase()}`, { roles })
  assert.deepEqual(body, { '@odata.context': `${BASE}/v1.0/$metadata#organization/$entity`, ...own })
  const selected = await server.call(`/v1.0/organization('${server.tenant}')?$select=displayName,ID`, { roles })
  const context = `${BASE}/v1.0/$metadata#organization(displayName,id)/$entity`
  assert.deepEqual(selected.body, { '@odata.context': context, id: server.tenant, displayName: 'Test' })
  for (const id of [SOME_ID, other]) await assertRefused(server, `/v1.0/organization/${id}`, { roles }, notFound(id))
  await assertRefused(server, '/v1.0/organization/x', { roles }, badRequest(/'x'/))
})

test('an option that a list of one cannot follow is refused, and so is an unknown property (DELTA-120)', async t => {
  const server = await aServer(t)
  for (const option of [
    '$filter=id eq null',
    '$orderby=displayName',
    '$skiptoken=x',
    '$expand=branding',
    '$search=x',
  ]) {
    const url = `/v1.0/organization?${option.replaceAll(' ', '%20')}`
    await assertRefused(server, url, { roles }, { status: 400, code: 'Request_UnsupportedQuery' })
  }
  await assertRefused(server, '/v1.0/organization?$select=x', { roles }, { status: 400, code: 'BadRequest' })
})
