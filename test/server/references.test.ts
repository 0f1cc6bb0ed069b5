import assert from 'node:assert/strict'
import test from 'node:test'
import type { Relation } from '../../src/core/fact.ts'
import { aDirectory, type Named, reference } from './aDirectory.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, BASE, type TestServer } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { linksOf } from './links.ts'
import { assertRefused, badRequest, notFound, type Refusal } from './refusal.ts'

const UNKNOWN = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'

function bind(relation: Relation, objects: readonly Named[]): Record<string, unknown> {
  return { [`${relation}@odata.bind`]: objects.map(reference) }
}

/** That an object can be linked in none of the ways: by `$ref`, by a PATCH, at creation. */
async function assertNotLinkable(
  server: TestServer,
  group: Named,
  relation: Relation,
  target: Named,
  refusal: Refusal,
): Promise<void> {
  const path = `/v1.0/groups/${group.id}`
  const body = { '@odata.id': reference(target) }
  await assertRefused(server, `${path}/${relation}/$ref`, { method: 'POST', body }, refusal)
  const changes = { displayName: 'new', ...bind(relation, [target]) }
  await assertRefused(server, path, { method: 'PATCH', body: changes }, refusal)
}

function alreadyThere(relation: Relation): Refusal {
  return badRequest(
    `One or more added object references already exist for the following modified properties: '${relation}'.`,
  )
}

function idsOf(objects: readonly Named[]): string[] {
  return objects.map(({ id }) => id).sort()
}

test('one request binds up to 20 members and owners together (DELTA-81)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(20)
  const group = await directory.group('Staff', { members: people.slice(0, 15), owners: people.slice(15) })
  assert.deepEqual(await linksOf(server, group, 'members'), idsOf(people.slice(0, 15)))
  assert.deepEqual(await linksOf(server, group, 'owners'), idsOf(people.slice(15)))
  const body = { ...bind('members', people.slice(15)), ...bind('owners', people.slice(0, 15)) }
  const reply = await server.call(`/v1.0/groups/${group.id}`, { method: 'PATCH', body })
  assert.equal(reply.status, 204)
  for (const relation of ['members', 'owners'] as const) {
    assert.deepEqual(await linksOf(server, group, relation), idsOf(people))
  }
})

test('more than 20 references in one request, of one kind or of both, are refused (DELTA-81)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(21)
  const staff = await directory.group('Staff')
  for (const links of [
    bind('members', people),
    bind('owners', people),
    { ...bind('members', people.slice(0, 11)), ...bind('owners', people.slice(11)) },
  ]) {
    const body = { ...SECURITY, ...links }
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, badRequest(/at most 20/))
    const refusal = badRequest(/at most 20/)
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body: links }, refusal)
  }
})

test('a group has at most a hundred owners, and can have more members (DELTA-81)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(101)
  const staff = await directory.group('Staff', { members: people })
  for (let at = 0; at < 100; at += 20) {
    const body = bind('owners', people.slice(at, at + 20))
    assert.equal((await server.call(`/v1.0/groups/${staff.id}`, { method: 'PATCH', body })).status, 204)
  }
  const last = people.slice(100)
  for (const one of last) await assertNotLinkable(server, staff, 'owners', one, badRequest(/at most 100/))
  assert.equal((await linksOf(server, staff, 'owners')).length, 100)
  assert.equal((await linksOf(server, staff, 'members')).length, 101)
})

test('a reference names its object by the id, whatever host, version and form it is written with (DELTA-82)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const { id } = await directory.user('Ada')
  const forms = [
    `${BASE}/v1.0/directoryObjects/${id}`,
    `https://graph.microsoft.com/v1.0/directoryObjects/${id}`,
    `https://graph.microsoft.com/beta/users/${id}`,
    `https://microsoftgraph.chinacloudapi.cn/v1.0/users('${id}')`,
    `https://graph.microsoft.com/v1.0/DirectoryObjects/${id.toUpperCase()}`,
    `directoryObjects/${id}`,
    `/v1.0/users/${id}`,
  ]
  for (const [index, url] of forms.entries()) {
    for (const relation of ['members', 'owners'] as const) {
      const group = await directory.group(`Group ${index} ${relation}`)
      const reply = await server.call(`/v1.0/groups/${group.id}/${relation}/$ref`, {
        method: 'POST',
        body: { '@odata.id': url },
      })
      assert.deepEqual([reply.status, reply.body], [204, null], url)
      assert.deepEqual(await linksOf(server, group, relation), [id])
    }
  }
})

test('a reference in the collection of another type is 404, and adds nothing (DELTA-184)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const [staff, sales, club] = await Promise.all([
    directory.group('Staff'),
    directory.group('Sales'),
    directory.team('Club'),
  ])
  const wrong = [`users/${sales.id}`, `devices/${ada.id}`, `servicePrincipals/${ada.id}`, `contacts/${ada.id}`]
  const group = `/v1.0/groups/${staff.id}`
  for (const url of wrong) {
    const named = url.split('/')[1] ?? ''
    const refusal = { status: 404, code: 'Request_ResourceNotFound', message: new RegExp(named) }
    const [one, several] = [{ '@odata.id': url }, { 'members@odata.bind': [`users/${ada.id}`, url] }]
    await assertRefused(server, `${group}/members/$ref`, { method: 'POST', body: one }, refusal)
    await assertRefused(server, group, { method: 'PATCH', body: several }, refusal)
  }
  assert.deepEqual(await staff.members(), [])
  for (const [holder, url] of [
    [staff, `groups/${sales.id}`],
    [staff, `directoryObjects/${ada.id}`],
    [club, `groups/${ada.id}`],
  ] as const) {
    const body = { '@odata.id': url }
    assert.equal(
      (await server.call(`/v1.0/groups/${holder.id}/members/$ref`, { method: 'POST', body })).status,
      204,
      url,
    )
  }
})

test('references are counted before they are read (DELTA-81)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  for (const name of ['members@odata.bind', 'owners@odata.bind']) {
    const body = { [name]: Array(21).fill('nonsense') }
    const message = 'A request can add at most 20 relationships; this one has 21.'
    const refusal = { status: 400, code: 'Request_BadRequest', message }
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body }, refusal)
  }
})

test('a body that names no object by a URL is refused', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const { id } = await directory.user('Ada')
  const staff = await directory.group('Staff')
  for (const url of [
    id,
    `ftp://graph.microsoft.com/v1.0/users/${id}`,
    `/v1.0/teams/${id}`,
    '/v1.0/users/ada',
    '',
    7,
    null,
    [],
    `${BASE}/v1.0/users/${id}?$select=id`,
  ]) {
    for (const relation of ['members', 'owners'] as const) {
      const body = { '@odata.id': url }
      await assertRefused(server, `/v1.0/groups/${staff.id}/${relation}/$ref`, { method: 'POST', body }, badRequest())
      const changes = { [`${relation}@odata.bind`]: [url] }
      await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body: changes }, badRequest())
    }
  }
  const path = `/v1.0/groups/${staff.id}/members/$ref`
  await assertRefused(server, path, { method: 'POST', body: {} }, badRequest(/@odata\.id/))
  await assertRefused(server, path, { method: 'POST' }, { status: 400, code: 'BadRequest' })
  const single = { 'members@odata.bind': reference({ id }) }
  await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body: single }, badRequest())
})

test('of a write that binds one bad reference among good ones nothing is done and nothing told (DELTA-83)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ada, ben, cleo, dan] = await directory.users(4)
  assert.ok(ada && ben && cleo && dan)
  const staff = await directory.group('Staff', { members: [ada], owners: [ada] })
  const club = await directory.team('Club')
  const bad: readonly (readonly [Relation, readonly Named[], Refusal])[] = [
    ['members', [ben, { id: UNKNOWN }, cleo], notFound(UNKNOWN)],
    ['members', [ben, cleo, ada], alreadyThere('members')],
    ['members', [ben, cleo, ben], alreadyThere('members')],
    ['members', [ben, club], badRequest()],
    ['owners', [ben, { id: UNKNOWN }], notFound(UNKNOWN)],
    ['owners', [ben, ada], alreadyThere('owners')],
    ['owners', [ben, club], badRequest()],
    ['owners', [ben, { id: 'ada' }], badRequest()],
  ]
  for (const [relation, objects, refusal] of bad) {
    const good = bind(relation === 'members' ? 'owners' : 'members', [dan])
    const body = { displayName: 'new', description: 'new', ...good, ...bind(relation, objects) }
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body }, refusal)
    if (objects.includes(ada)) continue
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: { ...SECURITY, ...body } }, refusal)
  }
  assert.deepEqual(await linksOf(server, staff, 'members'), [ada.id])
})

test('adding a member or owner that is there already is refused (DELTA-84)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const inner = await directory.group('Inner')
  const staff = await directory.group('Staff', { members: [ada, inner], owners: [ada] })
  await assertNotLinkable(server, staff, 'members', ada, alreadyThere('members'))
  await assertNotLinkable(server, staff, 'members', inner, alreadyThere('members'))
  await assertNotLinkable(server, staff, 'owners', ada, alreadyThere('owners'))
})

test('a member that was removed can be added again, and an owner is no member by that', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const staff = await directory.group('Staff', { members: [ada] })
  await staff.remove(ada)
  await staff.addOwner(ada)
  assert.deepEqual(await staff.members(), [])
  await staff.add(ada)
  assert.deepEqual(await staff.members(), [ada.id])
})

test('a reference to an unknown, purged, soft-deleted or foreign object is 404 (DELTA-84)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const neighbour = await aNeighbour(server)
  const staff = await directory.group('Staff')
  const [deleted, purged] = await directory.users(2)
  const [deletedGroup, purgedGroup] = await directory.groups('Deleted', 'Purged')
  assert.ok(deleted && purged && deletedGroup && purgedGroup)
  for (const object of [deleted, purged, deletedGroup, purgedGroup]) await object.delete()
  for (const object of [purged, purgedGroup]) await object.purge()
  const foreign = [neighbour.user, neighbour.group]
  for (const target of [{ id: UNKNOWN }, deleted, purged, deletedGroup, purgedGroup, ...foreign]) {
    for (const relation of ['members', 'owners'] as const) {
      await assertNotLinkable(server, staff, relation, target, notFound(target.id))
    }
  }
})

test('a group holds what its kind can hold, and only users own it (DELTA-85)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const holders = { security: await directory.group('Security'), unified: await directory.team('Unified') }
  const targets = {
    user: await directory.user('Ada'),
    security: await directory.group('Inner'),
    unified: await directory.team('Club'),
  }
  const fits = {
    security: { members: ['user', 'security'], owners: ['user'] },
    unified: { members: ['user'], owners: ['user'] },
  }
  for (const kind of ['security', 'unified'] as const) {
    for (const relation of ['members', 'owners'] as const) {
      for (const [name, target] of Object.entries(targets)) {
        if (!fits[kind][relation].includes(name)) {
          const refusal = badRequest(/cannot be added/)
          await assertNotLinkable(server, holders[kind], relation, target, refusal)
          const body = {
            ...(kind === 'unified' ? UNIFIED : SECURITY),
            mailNickname: 'new',
            ...bind(relation, [target]),
          }
          await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, refusal)
          continue
        }
        const path = `/v1.0/groups/${holders[kind].id}/${relation}/$ref`
        const reply = await server.call(path, { method: 'POST', body: { '@odata.id': reference(target) } })
        assert.equal(reply.status, 204, `${name} into ${kind} ${relation}`)
      }
    }
  }
})

test('a group is no member of itself', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  await assertNotLinkable(server, staff, 'members', staff, badRequest())
})

test('a dynamic group takes and loses no members by hand (DELTA-158)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const rule = { groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Ghent"' }
  const group = await directory.group('Ghent', rule)
  await assertNotLinkable(server, group, 'members', ada, badRequest(/dynamic membership/))
  const path = `/v1.0/groups/${group.id}/members/${ada.id}/$ref`
  await assertRefused(server, path, { method: 'DELETE' }, badRequest(/dynamic membership/))
})
