import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../../src/core/fact.ts'
import { type ReferenceCollection, readReference } from '../../src/odata/reference.ts'
import { refusal, unlessRefused } from './refusal.ts'

const ID = '02bd9fd6-8f93-4758-87c3-1fb73740a315'
const ANY: readonly ReferenceCollection[] = [
  'directoryObjects',
  'users',
  'groups',
  'devices',
  'servicePrincipals',
  'contacts',
]

test('an object is named by its collection and its id, and by its type where the collection has one', () => {
  const types = ANY.map(collection => {
    const { type, ...named } = readReference(`https://graph.example/v1.0/${collection}/${ID}`, ANY)
    assert.deepEqual(named, { collection, id: ID })
    return type
  })
  assert.deepEqual(types, [null, 'user', null, 'device', 'servicePrincipal', 'orgContact'])
})

test('the host does not matter, nor its scheme and port (DELTA-82)', () => {
  for (const root of [
    'https://graph.microsoft.com',
    'http://localhost:3000',
    'HTTPS://dod-graph.microsoft.us',
    'http://[::1]:80',
  ]) {
    assert.equal(readReference(`${root}/v1.0/directoryObjects/${ID}`, ANY).id, ID, root)
  }
})

test('a version may stand before the collection, and anything before the version', () => {
  for (const root of [
    '',
    'v1.0/',
    'beta/',
    '/',
    '/V1.0/',
    'https://host/',
    'https://host/Beta/',
    'https://host/directory/v1.0/',
  ]) {
    assert.deepEqual(readReference(`${root}users/${ID}`, ANY), { collection: 'users', id: ID, type: 'user' }, root)
  }
})

test('keys may stand in parentheses, names in any case, characters percent-encoded', () => {
  for (const path of [
    `directoryObjects('${ID}')`,
    `DirectoryObjects/${ID.toUpperCase()}`,
    `directoryObjects%28%27${ID}%27%29`,
    `%64irectoryObjects/%30${ID.slice(1)}`,
  ]) {
    const { collection, id } = readReference(`https://host/v1.0/${path}`, ANY)
    assert.deepEqual([collection, id], ['directoryObjects', ID], path)
  }
})

test('two collections are also known by the spelling of the documents', () => {
  assert.equal(readReference(`https://host/v1.0/servicePrincipal/${ID}`, ANY).collection, 'servicePrincipals')
  assert.equal(readReference(`https://host/v1.0/orgContact/${ID}`, ANY).collection, 'contacts')
})

test('a collection that is not allowed here is refused, with those that are', () => {
  const url = `https://host/v1.0/groups/${ID}`
  const expected = `Invalid reference '${url}': give a URL that ends in one of directoryObjects/{id}, users/{id}.`
  assert.throws(() => readReference(url, ['directoryObjects', 'users']), refusal('Request_BadRequest', expected))
})

test('anything else is refused by its value', () => {
  for (const url of [
    '',
    ID,
    `/${ID}`,
    'https://host',
    `https://host${ID}`,
    `https:///users/${ID}`,
    `//host/v1.0/users/${ID}`,
    `ftp://host/v1.0/users/${ID}`,
    `javascript:users/${ID}`,
    `https://host/v1.0/users/${ID}/`,
    `https://host/v1.0/users/${ID}?a=b`,
    `https://host/v1.0/users/${ID}#a`,
    `https://host/v1.0//users/${ID}`,
    `https://host/v1.0/users/${ID}/$ref`,
    `https://host/v1.0/users/${ID}%2F`,
    `https://host/v1.0/users/%zz${ID}`,
    `https://host/v1.0/users/x`,
    'https://host/v1.0/users/someone@x.example',
    `https://host/v1.0/users(id='${ID}')`,
    `https://host/v1.0/users('${ID}`,
    `https://host/v1.0/applications/${ID}`,
    `https://host/v1.0/user/${ID}`,
    `https://host/v2.0/users/${ID}`,
    `https://host/v1.0/groups/${ID}/members/${ID}`,
    `https://host/v1.0/groups/${ID}/users/${ID}`,
    ` https://host/v1.0/users/${ID}`,
    `https://host/v1.0/__proto__/${ID}`,
  ]) {
    assert.throws(() => readReference(url, ANY), refusal('Request_BadRequest', `Invalid reference '${url}'`), url)
  }
})

test('what is no text is refused', () => {
  for (const value of [null, 1, true, [`users/${ID}`], { '@odata.id': `users/${ID}` }]) {
    assert.throws(
      () => readReference(value, ANY),
      refusal('Request_BadRequest', `Invalid reference '${JSON.stringify(value)}'`),
    )
  }
})

test('whatever the value, a reference is read or refused', () => {
  const part = fc.constantFrom('https://', 'host', '/', 'v1.0', 'users', ID, "('", "')", '%', '?')
  const value = fc.oneof(
    fc.array(part).map(parts => parts.join('')),
    fc
      .tuple(
        fc.constantFrom('', '/', 'https://host/', 'https://host/v1.0/', 'v1.0/'),
        fc.constantFrom(`users/${ID}`, `users('${ID}')`),
        fc.constantFrom('', '/', '?', '%'),
      )
      .map(parts => parts.join('')),
    fc.jsonValue(),
  )
  let read = 0
  fc.assert(
    fc.property(value, anything => {
      const reference = unlessRefused(() => readReference(anything as JsonValue, ANY))
      if (reference === null) return
      read += 1
      assert.deepEqual(reference, { collection: 'users', id: ID, type: 'user' })
    }),
    { numRuns: 2000 },
  )
  assert.ok(read > 20, `only ${read} of 2000 values were references`)
})
