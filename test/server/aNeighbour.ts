import assert from 'node:assert/strict'
import type { TenantId } from '../../src/core/id.ts'
import { aDirectory, type Named } from './aDirectory.ts'
import type { TestServer } from './aServer.ts'
import { userBody } from './bodies.ts'

/** Another tenant of the server, with objects that nobody else may see. */
export interface Neighbour {
  readonly tenant: TenantId
  readonly user: Named
  readonly group: Named
}

export async function aNeighbour(server: TestServer): Promise<Neighbour> {
  const tenant = await server.addTenant()
  const domain = (await server.store.tenant(tenant))?.defaultDomain
  assert.ok(domain)
  const body = userBody({ domain }, 'neighbour')
  const user = await server.call('/v1.0/users', { method: 'POST', body, tenant })
  assert.equal(user.status, 201, JSON.stringify(user.body))
  const group = await aDirectory(server, { tenant }).group('Neighbours', { members: [user.body] })
  return { tenant, user: user.body, group }
}
