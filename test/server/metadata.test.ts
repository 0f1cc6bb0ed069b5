import assert from 'node:assert/strict'
import test from 'node:test'
import { propertiesOf } from '../../src/core/resource.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { aServer, BASE, type TestServer } from './aServer.ts'
import { badRequest } from './refusal.ts'
import { declaredType, lineage, type Operation, readSchema, type Schema } from './schema.ts'

const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'
/** Paths that are no part of the model: what describes it, batches, and what only people have. */
const BESIDE = ['', '$metadata', '$batch', 'me', 'me/memberof']

async function schemaOf({ call }: TestServer): Promise<Schema> {
  return readSchema((await call('/v1.0/$metadata', { roles: null })).body)
}

test('$metadata is XML of CSDL 4.0, told without a token and the same for both versions (DELTA-156)', async t => {
  const server = await aServer(t)
  const spellings = [
    '/v1.0/$metadata',
    '/beta/$metadata',
    '/v1.0/%24metadata',
    '/V1.0/$METADATA/',
    '/beta/$metadata?x=1',
  ]
  const first = await server.call('/v1.0/$metadata', { roles: null })
  assert.deepEqual(
    [first.status, first.headers['content-type'], first.headers['odata-version']],
    [200, 'application/xml', '4.0'],
  )
  for (const path of spellings) {
    for (const roles of [null, [], ['Group.Read.All']]) {
      assert.equal((await server.call(path, { roles })).body, first.body, path)
    }
  }
  const accepting = { accept: 'application/json' }
  assert.equal((await server.call('/v1.0/$metadata', { headers: accepting })).body, first.body)
  assert.ok(readSchema(first.body).types.has('group'))
  const head = await server.app.inject({ method: 'HEAD', url: '/v1.0/$metadata', headers: { host: 'localhost:3000' } })
  assert.deepEqual([head.statusCode, head.headers['content-type'], head.payload], [200, 'application/xml', ''])
})

test('$format names what is there, XML for $metadata and JSON for all else (DELTA-197)', async t => {
  const { call } = await aServer(t)
  const metadata = await call('/v1.0/$metadata', { roles: null })
  for (const [path, format, status] of [
    ['$metadata', 'xml', 200],
    ['$metadata', 'application/xml', 200],
    ['$metadata', 'json', 400],
    ['$metadata', 'application/json', 400],
    ['', 'json', 200],
    ['', 'xml', 400],
    ['groups', 'json', 200],
    ['groups', 'application/xml', 400],
    ['groups/delta', 'xml', 400],
  ] as const) {
    const reply = await call(`/v1.0/${path}?$format=${format}`)
    assert.equal(reply.status, status, `${path} ${format}`)
    if (status === 400) assert.equal(reply.body.error.code, 'BadRequest')
    else if (path === '$metadata') assert.equal(reply.body, metadata.body)
  }
})

test('nothing but reading the description is open without a token (DELTA-156)', async t => {
  const { call } = await aServer(t)
  for (const path of ['/v1.0/$metadata', '/v1.0', '/v1.0/']) {
    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      assert.equal((await call(path, { method, roles: null })).status, 401)
      assert.equal((await call(path, { method })).status, 405)
    }
  }
  for (const path of ['groups', '$metadata/x', '$metadatax', 'x/$metadata', '/$metadata', '$batch', 'directory']) {
    assert.equal((await call(`/v1.0/${path}`, { roles: null })).status, 401, path)
  }
})

test('the service document lists what can be read at the root, and each of it answers (DELTA-157)', async t => {
  const server = await aServer(t)
  const roles = ['Directory.Read.All']
  const schema = await schemaOf(server)
  for (const [path, version] of [
    ['/v1.0', 'v1.0'],
    ['/v1.0/', 'v1.0'],
    ['/beta', 'beta'],
  ]) {
    const { status, body } = await server.call(`${path}`, { roles: null })
    assert.equal(status, 200)
    assert.equal(body['@odata.context'], `${BASE}/${version}/$metadata`)
    assert.deepEqual(
      body.value,
      schema.roots
        .filter(({ inServiceDocument }) => inServiceDocument)
        .map(({ name, kind }) => ({ name, kind, url: name })),
    )
    assert.ok(body.value.some(({ name }: { name: string }) => name === 'groups'))
    for (const { url } of body.value) {
      const reply = await server.call(`/${version}/${url}`, { roles })
      assert.equal(reply.status, 200, url)
      assert.ok(reply.body['@odata.context'].startsWith(`${BASE}/${version}/$metadata#${url}`))
    }
  }
})

test('every property of the tables is declared, and no other (DELTA-156)', async t => {
  const schema = await schemaOf(await aServer(t))
  for (const type of ['group', 'user', 'device', 'servicePrincipal', 'orgContact'] as const) {
    const names = lineage(schema, type).flatMap(each => [...(schema.types.get(each)?.properties.keys() ?? [])])
    const table = ['id', 'deletedDateTime', ...propertiesOf(type).keys()]
    assert.deepEqual(names.sort(), [...new Set(table)].sort())
  }
  assert.equal(declaredType(schema, 'group', 'groupTypes'), 'Collection(Edm.String)')
  assert.equal(declaredType(schema, 'group', 'createdDateTime'), 'Edm.DateTimeOffset')
  assert.equal(declaredType(schema, 'group', 'assignedLicenses'), 'Collection(graph.assignedLicense)')
  assert.equal(declaredType(schema, 'user', 'passwordProfile'), 'graph.passwordProfile')
  assert.equal(declaredType(schema, 'group', 'nickname'), undefined)
})

test('every type that the document names is declared in it (DELTA-156)', async t => {
  const { types, operations, roots } = await schemaOf(await aServer(t))
  const named = [
    ...[...types.values()].flatMap(({ properties, navigations }) => [...properties.values(), ...navigations.values()]),
    ...operations.map(({ binding }) => binding),
    ...roots.map(({ type }) => `graph.${type}`),
  ].map(type => type.replace(/^Collection\((.*)\)$/, '$1'))
  for (const type of named) assert.ok(type.startsWith('Edm.') || types.has(type.replace(/^graph\./, '')), type)
})

test('everything that the document declares answers (DELTA-156)', async t => {
  const server = await aServer(t)
  const schema = await schemaOf(server)
  const roles = ['Directory.Read.All', 'Group.ReadWrite.All', 'User.ReadWrite.All']
  const status = async (method: 'GET' | 'POST', path: string, body?: object) =>
    (await server.call(`/v1.0/${path}`, { method, roles, ...(body && { body }) })).status
  for (const { name, type, kind } of schema.roots.filter(({ kind, readById }) => kind === 'EntitySet' && readById)) {
    assert.equal(await status('GET', `${name}/${SOME_ID}`), 404, `${kind} ${name}`)
    for (const navigation of schema.types.get(type)?.navigations.keys() ?? []) {
      assert.equal(await status('GET', `${name}/${SOME_ID}/${navigation}`), 404, navigation)
    }
  }
  for (const operation of schema.operations) {
    const method = operation.kind === 'Function' ? 'GET' : 'POST'
    const answered = await Promise.all(
      pathsOf(schema, operation).map(path => status(method, path, method === 'POST' ? {} : undefined)),
    )
    // Asked without what it needs, or for what is not there, but never of a path or by a method that is unknown.
    assert.ok(answered.some(code => [200, 400, 404].includes(code)) && !answered.includes(405), operation.name)
  }
  const unknown = await server.call('/v1.0/groups/microsoft.graph.gamma', { roles })
  assert.equal(unknown.status, badRequest().status)
})

/** Where an operation can be asked: below every set whose type it is bound to. */
function pathsOf(schema: Schema, { name, binding }: Operation): string[] {
  const element = /^Collection\((.*)\)$/.exec(binding)?.[1]
  const type = (element ?? binding).replace(/^graph\./, '')
  const sets = schema.roots.filter(root => root.kind === 'EntitySet' && root.type === type)
  if (name === 'restore') return [`directory/deletedItems/${SOME_ID}/restore`]
  return sets.map(set => (element === undefined ? `${set.name}/${SOME_ID}/${name}` : `${set.name}/${name}`))
}

test('everything that is served is declared (DELTA-156)', async t => {
  const schema = await schemaOf(await aServer(t))
  for (const path of Object.keys(ROUTES).filter(path => !BESIDE.includes(path))) {
    const steps = path.split('/').filter(step => !step.startsWith('$') && step !== '{type}')
    const root = schema.roots.find(({ name }) => name.toLowerCase() === steps[0])
    assert.ok(root, path)
    let type = root.type
    let isCollection = root.kind === 'EntitySet'
    for (const step of steps.slice(1)) {
      if (step.startsWith('{')) isCollection = false
      else if (!step.startsWith('microsoft.graph.')) {
        const navigation = navigationOf(schema, type, step)
        const operation = operationOf(schema, type, isCollection, step)
        assert.ok(navigation ?? operation, `${path}: ${step} of ${type} is not declared`)
        type = navigation === undefined ? type : 'directoryObject'
        isCollection = navigation !== undefined
      }
    }
  }
})

function navigationOf(schema: Schema, type: string, name: string): string | undefined {
  return lineage(schema, type)
    .flatMap(each => [...(schema.types.get(each)?.navigations.keys() ?? [])])
    .find(known => known.toLowerCase() === name)
}

function operationOf(schema: Schema, type: string, isCollection: boolean, name: string): Operation | undefined {
  const bindings = lineage(schema, type).map(each => (isCollection ? `Collection(graph.${each})` : `graph.${each}`))
  return schema.operations.find(known => known.name.toLowerCase() === name && bindings.includes(known.binding))
}
