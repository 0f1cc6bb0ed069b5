import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, pageOf, tokenOf } from './aReader.ts'
import { aServer, pagesOf } from './aServer.ts'
import { assertEnvelope } from './refusal.ts'

test('the options of the first request hold on every page of every round of its links (DELTA-16)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const [staff, sales, other] = await directory.groups('Staff', 'Sales', 'Other')
  assert.ok(staff && sales && other)
  const filter = `id eq '${staff.id}' or id eq '${sales.id}'`.replaceAll(' ', '+')
  const reader = aReader(server, `/v1.0/groups/delta?$select=displayName,members&$filter=${filter}`)
  for (let round = 0; round < 3; round += 1) {
    const items = await reader.round()
    assert.ok(reader.pages.length > 1)
    assert.deepEqual([...reader.copy.keys()].sort(), [staff.id, sales.id].sort())
    for (const item of items) {
      const keys = Object.keys(item).filter(key => key !== 'members@delta')
      assert.deepEqual(keys, ['id', 'displayName'])
    }
    for (const group of [staff, sales, other]) {
      await group.set({ displayName: `Name ${round}`, description: `Text ${round}` })
      if (round === 0) await group.add(ann)
      if (round === 1) await group.remove(ann)
    }
  }
})

const OPTIONS = [
  '$select=displayName',
  '$expand=members',
  "$filter=id+eq+'a11ce000-0000-4000-8000-000000000001'",
  '$orderby=displayName',
  '$search="displayName:a"',
  '$top=1',
  '$skip=1',
  '$count=true',
  '$format=json',
  '$apply=x',
  '$compute=x',
  'select=displayName',
  '%24TOP=1',
  '$top=',
]

test('an OData option beside a state token is 400, the other token too (DELTA-17)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  await aDirectory(server).groups('Staff', 'Sales')
  const reader = aReader(server)
  await reader.page()
  const next = `$skiptoken=${tokenOf(reader.link)}`
  await reader.round()
  const delta = `$deltatoken=${tokenOf(reader.link)}`
  const pairs = [next, delta].flatMap(token => OPTIONS.map(option => [token, option] as const))
  for (const [one, other] of [...pairs, [next, delta], [next, '$deltatoken=latest'], [next, '$deltatoken=']]) {
    for (const query of [`${one}&${other}`, `${other}&${one}`]) {
      const { status, body } = await server.call(`/v1.0/groups/delta?${query}`)
      assert.equal(status, 400, query)
      assert.equal(body.error.code, 'Request_BadRequest', query)
    }
  }
})

test('a state token that is given twice is 400', async t => {
  const server = await aServer(t)
  const reader = aReader(server)
  await reader.round()
  const token = tokenOf(reader.link)
  const { status } = await server.call(`/v1.0/groups/delta?$deltatoken=${token}&deltatoken=${token}`)
  assert.equal(status, 400)
})

test('a name that is no OData option changes nothing beside a token either (DELTA-18)', async t => {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  await aDirectory(server).groups('Staff', 'Sales')
  const reader = aReader(server)
  const first = await reader.page()
  const next = reader.link
  const second = await reader.page()
  for (const more of ['maxPageSize=1', 'client-request-id=1', 'x', '$custom=1', '@p=1', 'selected=id']) {
    assert.deepEqual(pageOf(await server.call(`/v1.0/groups/delta?${more}`)), first, more)
    assert.deepEqual(pageOf(await server.call(`${next}&${more}`)), second, more)
  }
  for (const prefer of ['odata.maxpagesize=1', 'maxpagesize=1', 'odata.maxpagesize=1, respond-async']) {
    assert.deepEqual(pageOf(await server.call('/v1.0/groups/delta', { prefer })), first, prefer)
    assert.deepEqual(pageOf(await server.call(next, { prefer })), second, prefer)
  }
})

test('options that delta does not offer change nothing on a first request (DELTA-18)', async t => {
  const server = await aServer(t)
  await aDirectory(server).groups('Staff', 'Sales', 'Other')
  const expected = await server.call('/v1.0/groups/delta')
  for (const option of [
    '$top=1',
    '$top=0',
    '$top=many',
    '$orderby=displayName desc',
    '$orderby=colour',
    '$search="displayName:a"',
    '$count=true',
    '$skip=1',
    'top=1&orderby=displayName&search=a&count=true&skip=1',
  ]) {
    const reply = await server.call(`/v1.0/groups/delta?${option.replaceAll(' ', '%20').replaceAll('"', '%22')}`)
    assert.deepEqual(reply.body, expected.body, option)
  }
  const latest = pageOf(await server.call('/v1.0/groups/delta?$deltatoken=latest&$top=1'))
  assert.deepEqual(latest, pageOf(await server.call('/v1.0/groups/delta?$deltatoken=latest')))
})

test('$apply and $compute, which ask for other objects than there are, are 400 on a first request (DELTA-181)', async t => {
  const { call } = await aServer(t)
  for (const option of [
    '$apply=aggregate($count as n)',
    'compute=id as name',
    '$deltatoken=latest&$apply=x',
    '$apply=',
  ]) {
    for (const path of ['/v1.0/groups/delta', '/v1.0/users/delta']) {
      assertEnvelope(await call(`${path}?${option.replaceAll(' ', '%20')}`), {
        status: 400,
        code: 'Request_UnsupportedQuery',
        message: /^Unsupported Query: '\$(apply|compute)' is not offered on this resource\.$/,
      })
    }
  }
})

test('an option that is given twice on a first request is 400', async t => {
  const { call } = await aServer(t)
  for (const query of ['$select=id&$select=displayName', '$select=id&select=id', '$top=1&%24top=1']) {
    assert.equal((await call(`/v1.0/groups/delta?${query}`)).status, 400, query)
  }
})

test('$expand=members means $select with members added, and never gives a members array (DELTA-19)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ann = await directory.user('Ann')
  const staff = await directory.group('Staff', { members: [ann], description: 'all of us' })
  const spellings: [expanded: string, selected: string][] = [
    ['$expand=members', ''],
    ['expand=MEMBERS', ''],
    ['$select=displayName&$expand=members', '$select=displayName,members'],
    ['$expand=members&$select=displayName,members', '$select=displayName,members'],
    ['$select=owners&$expand=members', '$select=owners,members'],
  ]
  for (const [expanded, selected] of spellings) {
    const reader = aReader(server, `/v1.0/groups/delta?${expanded}`)
    const other = aReader(server, `/v1.0/groups/delta?${selected}`)
    for (let round = 0; round < 2; round += 1) {
      const items = await reader.round()
      assert.deepEqual(items, await other.round(), expanded)
      assert.equal(items.length, 1)
      for (const item of items) assert.ok('members@delta' in item && !('members' in item))
      if (round === 0) await staff.remove(ann)
      else await staff.add(ann)
    }
  }
})

test('$expand of what is no relationship, or with options of its own, is 400', async t => {
  const { call } = await aServer(t)
  for (const value of ['colour', 'displayName', 'members($select=displayName)', 'members/id', '']) {
    const { status, body } = await call(`/v1.0/groups/delta?$expand=${value}`)
    assert.equal(status, 400, value)
    assert.equal(body.error.code, 'BadRequest', value)
  }
})
