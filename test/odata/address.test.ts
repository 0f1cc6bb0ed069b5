import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { readAddress, versionOf } from '../../src/odata/address.ts'
import { refusal, unlessRefused } from './refusal.ts'

const ID = '02bd9fd6-8f93-4758-87c3-1fb73740a315'

/** A path in short: names as they are matched, keys in braces. */
function pathOf(target: string): string {
  const steps = readAddress(target).segments.map(segment => {
    if (segment.kind === 'name') return segment.name
    return segment.property === null ? `{${segment.text}}` : `{${segment.property}=${segment.text}}`
  })
  return steps.join('/')
}

test('a target is a version, a path and a query', () => {
  assert.deepEqual(readAddress(`/v1.0/groups('${ID}')/Members/%24ref?$select=a%2Cb?c`), {
    version: 'v1.0',
    segments: [
      { kind: 'name', name: 'groups', text: 'groups' },
      { kind: 'key', property: null, text: ID },
      { kind: 'name', name: 'members', text: 'Members' },
      { kind: 'name', name: '$ref', text: '$ref' },
    ],
    query: '$select=a%2Cb?c',
  })
})

test('versions are v1.0 and beta, in any case; other paths have none', () => {
  assert.equal(readAddress('/beta/groups').version, 'beta')
  assert.equal(readAddress('/V1%2E0/groups').version, 'v1.0')
  assert.equal(pathOf('/beta/groups'), 'groups')
  for (const target of ['/', '/v1/groups', '/v2.0/groups', '/groups', '/x/beta']) {
    assert.equal(readAddress(target).version, null, target)
  }
  assert.equal(pathOf(`/${ID}/oauth2/v2.0/token`), `${ID}/oauth2/v2.0/token`)
})

test('a key is no version', () => {
  assert.equal(readAddress("/x('beta')").version, null)
  assert.equal(versionOf({ kind: 'key', property: null, text: 'beta' }), null)
  assert.equal(versionOf(undefined), null)
})

test('delta is asked for in every spelling that clients use (DELTA-1)', () => {
  for (const delta of [
    'delta',
    'delta()',
    'delta/',
    'Delta',
    'microsoft.graph.delta',
    'microsoft.graph.delta()',
    'delta%28%29',
  ]) {
    assert.equal(pathOf(`/v1.0/groups/${delta}`), 'groups/delta', delta)
    assert.equal(pathOf(`/v1.0/Groups/${delta}?$select=id`), 'groups/delta', delta)
  }
})

test('a key is a step of the path, with parentheses or without', () => {
  assert.equal(pathOf(`/v1.0/groups/${ID}/owners/$count`), `groups/${ID}/owners/$count`)
  assert.equal(pathOf(`/v1.0/groups('${ID}')/owners/$count`), `groups/{${ID}}/owners/$count`)
  assert.equal(pathOf("/v1.0/groups(uniqueName='staff')"), 'groups/{uniquename=staff}')
  assert.equal(pathOf('/v1.0/directory/deletedItems/graph.group'), 'directory/deleteditems/microsoft.graph.group')
})

test('a name with parentheses that hold no key is left for the routes to refuse', () => {
  assert.equal(pathOf("/v1.0/groups('a"), "groups('a")
  assert.equal(pathOf('/v1.0/groups()/(x)'), 'groups()/(x)')
})

test('an object that bears a function as its key is not the function', () => {
  assert.equal(pathOf("/v1.0/groups('delta')"), 'groups/{delta}')
})

test('a slash at the end means nothing, an empty step elsewhere is refused', () => {
  assert.equal(pathOf('/v1.0/groups/delta/?$filter=x'), 'groups/delta')
  assert.equal(pathOf('/v1.0/'), '')
  assert.equal(pathOf('/v1.0'), '')
  assert.equal(pathOf('/'), '')
  for (const target of ['/v1.0//groups', '/v1.0/groups//', '//v1.0/groups', '/v1.0/http://host/v1.0/groups/delta']) {
    assert.throws(() => readAddress(target), refusal('BadRequest', "The path segment '' is not well formed."))
  }
})

test('a path is decoded once', () => {
  assert.equal(pathOf('/v1.0/users/a%2540x'), 'users/a%40x')
  assert.equal(pathOf('/v1.0/%2e%2e/groups'), '../groups')
  assert.equal(pathOf('/v1.0/users/a+b'), 'users/a+b')
})

test('a segment with a broken escape, a hidden slash or a control character is refused by name', () => {
  for (const part of ['%', '%f', 'a%2Fb', '%00', 'a%0D%0Ab', '%ff']) {
    assert.throws(
      () => readAddress(`/v1.0/${part}`),
      refusal('BadRequest', `The path segment '${part}' is not well formed.`),
    )
  }
})

test('only a percent-encoded path is a target', () => {
  for (const target of [
    'http://host/v1.0/groups',
    '*',
    'host:443',
    '',
    'v1.0/groups',
    '/v1.0/gröups',
    '/v1.0/a b',
    '/v1.0/#a',
    '/a\t',
  ]) {
    assert.throws(() => readAddress(target), refusal('BadRequest', 'is not a percent-encoded path'))
  }
})

test('the query is left as it was sent', () => {
  assert.equal(readAddress('/v1.0/groups').query, '')
  assert.equal(readAddress('/v1.0/groups?').query, '')
  assert.equal(readAddress('/v1.0/groups?%zz&a/b').query, '%zz&a/b')
})

test('whatever the target, an address is read or refused', () => {
  const part = fc.constantFrom(
    '/',
    'v1.0',
    'groups',
    "('",
    "')",
    '()',
    "''",
    '%',
    '2F',
    '%00',
    '?',
    'delta',
    'microsoft.graph.',
    'é',
  )
  const target = fc.oneof(
    fc.array(part).map(parts => `/${parts.join('')}`),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(
    fc.property(target, text => void unlessRefused(() => readAddress(text))),
    { numRuns: 1000 },
  )
})
