import assert from 'node:assert/strict'
import test from 'node:test'
import { ROUTES } from '../../src/server/routes.ts'
import { aDirectory } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { assertEnvelope, assertRefused, assertStands, standingOf } from './refusal.ts'

const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
const WRONG_METHOD = {
  status: 405,
  code: 'Request_BadRequest',
  message: 'Specified HTTP method is not allowed for the request target.',
}
const NO_PATH = { status: 404, code: 'ResourceNotFound' }

function unknownSegment(name: string) {
  return { status: 400, code: 'BadRequest', message: `Resource not found for the segment '${name}'.` }
}

test('an unknown segment below a version is 400 and named (DELTA-105)', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const paths: readonly (readonly [string, string])[] = [
    ['nowhere', 'nowhere'],
    ['nowhere/groups', 'nowhere'],
    ['Group', 'Group'],
    ['me/nowhere', 'nowhere'],
    ['$batch/nowhere', 'nowhere'],
    ['batch', 'batch'],
    ['$metadata/nowhere', 'nowhere'],
    ['metadata', 'metadata'],
    ['directoryObjects/x/y', 'y'],
    [`groups/${id}/nowhere`, 'nowhere'],
    [`groups/${id}/members/${SOME_ID}/nowhere`, 'nowhere'],
    [`groups/${id}/memberOf/nowhere`, 'nowhere'],
    ['groups/delta/nowhere', 'nowhere'],
    ['users/delta/delta', 'delta'],
    ['directory/nowhere', 'nowhere'],
    [`directory/deletedItems/${SOME_ID}/nowhere`, 'nowhere'],
    ["groups('x')/nowhere", 'nowhere'],
    ['groups(7)', 'groups(7)'],
    ['caf%C3%A9', 'café'],
    ['..%252fgroups', '..%2fgroups'],
  ]
  for (const version of ['v1.0', 'beta']) {
    for (const [path, segment] of paths) {
      await assertRefused(server, `/${version}/${path}`, {}, unknownSegment(segment))
    }
  }
  await assertRefused(server, '/v1.0/nowhere', { method: 'POST', body: {} }, unknownSegment('nowhere'))
})

test('a known path with a wrong method is 405 and names the right ones, whatever the method (DELTA-105, DELTA-183)', async t => {
  const server = await aServer(t)
  const standing = await standingOf(server)
  for (const [path, routes] of Object.entries(ROUTES)) {
    const url = `/v1.0/${path.replace('{id}', SOME_ID).replace('{target}', SOME_ID).replace('{type}', 'microsoft.graph.user')}`
    for (const method of ['GET', 'POST', 'PATCH', 'DELETE', 'PUT'] as const) {
      if (method in routes) continue
      const reply = await server.call(url, { method })
      assertEnvelope(reply, WRONG_METHOD)
      const known = Object.keys(routes).flatMap(name => (name === 'GET' ? ['GET', 'HEAD'] : name))
      assert.equal(reply.headers['allow'], known.join(', '))
    }
    for (const method of ['HEAD', 'TRACE', 'PROPFIND', 'MKCOL', 'REPORT', 'PURGE']) {
      if (method === 'HEAD' && 'GET' in routes) continue
      const headers = { host: 'localhost:3000', authorization: `Bearer ${await server.token()}` }
      const reply = await server.app.inject({ method: method as 'HEAD', url, headers })
      assert.equal(reply.statusCode, 405, `${method} ${url}`)
      if (method === 'HEAD') continue
      assertEnvelope({ status: 405, headers: reply.headers, body: reply.json() }, WRONG_METHOD)
    }
  }
  await assertStands(server, standing)
})

test('any other path is 404 (DELTA-105)', async t => {
  const server = await aServer(t)
  const paths = ['/', '/nowhere', '/v1.0/directoryObjects', '/v2.0/groups', '/v1/groups', '/groups']
  const identity = [`/${server.tenant}`, `/${server.tenant}/oauth2/token`, '/favicon.ico', '/.env', '/v1.0groups']
  for (const path of [...paths, ...identity]) {
    for (const method of ['GET', 'POST', 'DELETE'] as const) await assertRefused(server, path, { method }, NO_PATH)
  }
})

test('a path is known in any case, with its names encoded, and with a slash at its end', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  const spellings = [
    `/v1.0/Groups/${id}`,
    `/V1.0/GROUPS/${id}/`,
    `/v1.0/groups('${id}')`,
    `/v1.0/groups(%27${id}%27)`,
    `/v1.0/%67roups/${id}?`,
    `/BETA/groups/${id}`,
  ]
  for (const path of spellings) {
    const { status, body } = await server.call(path)
    assert.deepEqual([status, body.id], [200, id], path)
  }
  for (const path of [
    '/v1.0/directory/DeletedItems/Microsoft.Graph.Group',
    '/v1.0/directory/deleteditems/graph.group',
  ]) {
    assert.equal((await server.call(path)).status, 200)
  }
})

test('a segment that is empty, or hides a slash, a control character or broken text, is refused', async t => {
  const server = await aServer(t)
  const { id } = await aDirectory(server).group('Staff')
  for (const path of [
    `//groups/${id}`,
    `/groups//${id}`,
    `/groups%2f${id}`,
    `/groups/${id}%00`,
    '/groups/%ff',
    '/groups/%0a',
  ]) {
    await assertRefused(server, `/v1.0${path}`, {}, { status: 400, code: 'BadRequest' })
  }
})

test('a path with encoded steps upward is refused', async t => {
  const server = await aServer(t)
  await assertRefused(server, '/v1.0/groups/..%2f..%2fetc/passwd', {}, { status: 400, code: 'BadRequest' })
  await assertRefused(server, '/v1.0/..%5c..%5cetc', {}, { status: 400, code: 'BadRequest' })
})

test('DELETE of a member or owner without /$ref is 403 and deletes nothing (DELTA-87)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const inner = await directory.group('Inner')
  const staff = await directory.group('Staff', { members: [ada, inner], owners: [ada] })
  const denied = { status: 403, code: 'Authorization_RequestDenied', message: /\/\$ref/ }
  for (const link of [`members/${ada.id}`, `members/${inner.id}`, `owners/${ada.id}`, `members/${SOME_ID}`]) {
    for (const slash of ['', '/']) {
      await assertRefused(server, `/v1.0/groups/${staff.id}/${link}${slash}`, { method: 'DELETE' }, denied)
    }
  }
  assert.deepEqual(await staff.members(), [ada.id, inner.id].sort())
  assert.equal((await server.call(`/v1.0/users/${ada.id}`)).status, 200)
})
