import assert from 'node:assert/strict'
import test from 'node:test'
import { methodClass, routeClass, UNKNOWN_ROUTE } from '../../src/server/monitor/routeClass.ts'
import { ROUTES } from '../../src/server/routes.ts'

const ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
const WILDCARD = '/v1.0/*'

test('a request is told by its route, and what it names is left out', () => {
  const classes: Record<string, string> = {
    '/v1.0/groups': '/groups',
    '/beta/GROUPS/?$top=5': '/groups',
    '/v1.0': '/',
    '/v1.0/groups/delta()?$deltatoken=secret': '/groups/delta',
    [`/v1.0/groups/${ID}/members/${ID}/$ref`]: '/groups/{id}/members/{target}/$ref',
    "/v1.0/groups('not-even-an-id')": '/groups/{id}',
    '/v1.0/users/ada@example.org?$select=id': '/users/{id}',
    '/v1.0/$batch': '/$batch',
  }
  for (const [target, expected] of Object.entries(classes)) assert.equal(routeClass(target, WILDCARD), expected, target)
})

test('what has no route has one class, however it is spelt', () => {
  for (const target of ['/v1.0/nowhere', '/v1.0/groups/a/b/c/d', '/v1.0//', '/v1.0/%zz', '/elsewhere', 'x', '*', '']) {
    assert.equal(routeClass(target, null), UNKNOWN_ROUTE, target)
    assert.equal(routeClass(target, WILDCARD), UNKNOWN_ROUTE, target)
  }
})

test('a route of the framework is told by its parameters', () => {
  assert.equal(routeClass(`/${ID}/oauth2/v2.0/token`, '/:tenant/oauth2/v2.0/token'), '/{tenant}/oauth2/v2.0/token')
})

test('every route of the table is a class of its own', () => {
  for (const path of Object.keys(ROUTES)) {
    const target = path.replaceAll('{type}', 'microsoft.graph.user').replaceAll(/\{\w+\}/g, ID)
    assert.equal(routeClass(`/v1.0/${target}`, WILDCARD), `/${path}`)
  }
})

test('methods that nobody uses are one', () => {
  assert.deepEqual(['GET', 'PATCH', 'BREW', 'get', ''].map(methodClass), ['GET', 'PATCH', 'other', 'other', 'other'])
})
