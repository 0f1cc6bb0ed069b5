import assert from 'node:assert/strict'
import test from 'node:test'
import { ClientSecretCredential } from '@azure/identity'
import { GRAPH_RESOURCE } from '../../src/auth/issuer/issuer.ts'
import { aServer } from '../server/aServer.ts'
import { aSecureEndpoint, type SecureEndpoint } from './aSecureEndpoint.ts'

function credential({ url, tenantId, clientId, clientSecret }: SecureEndpoint): ClientSecretCredential {
  const options = { authorityHost: url, disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } }
  return new ClientSecretCredential(tenantId, clientId, clientSecret, options)
}

test('@azure/identity fetches tokens for Graph and for the server itself, and keeps them (DELTA-180)', async t => {
  const server = await aServer(t)
  const endpoint = await aSecureEndpoint(t, server)
  const asked = credential(endpoint)
  for (const scope of [`${GRAPH_RESOURCE}/.default`, `${endpoint.url}/.default`]) {
    const { token, expiresOnTimestamp } = await asked.getToken(scope)
    const answer = await fetch(`${endpoint.url}/v1.0/groups`, { headers: { authorization: `Bearer ${token}` } })
    assert.equal(answer.status, 200)
    assert.ok(expiresOnTimestamp > Date.now())
    assert.equal((await asked.getToken(scope)).token, token)
  }
})

test('@azure/identity is told of a wrong secret, an unknown app and an unknown tenant', async t => {
  const endpoint = await aSecureEndpoint(t, await aServer(t))
  const nobody = '3f1c0000-0000-4000-8000-000000000000'
  const refused = (wrong: Partial<SecureEndpoint>, message: RegExp) =>
    assert.rejects(credential({ ...endpoint, ...wrong }).getToken(`${GRAPH_RESOURCE}/.default`), message)
  await refused({ clientSecret: 'wrong' }, /invalid_client/)
  await refused({ clientId: nobody }, /invalid_client|unauthorized_client/)
  await refused({ tenantId: nobody }, /endpoints_resolution_error|invalid_tenant|tenant/i)
})
