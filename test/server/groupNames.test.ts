import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { assertRefused, badRequest, invalidValue } from './refusal.ts'

test('a displayName may have 256 characters and be that of another group (DELTA-74)', async t => {
  const { call } = await aServer(t)
  const displayName = 'é'.repeat(256)
  for (const mailNickname of ['first', 'second']) {
    const { status, body } = await call('/v1.0/groups', {
      method: 'POST',
      body: { ...SECURITY, displayName, mailNickname },
    })
    assert.equal(status, 201)
    assert.equal(body.displayName, displayName)
  }
  assert.equal((await call('/v1.0/groups')).body.value.length, 2)
})

test('a displayName that is longer, empty or null is refused at creation and later (DELTA-74)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  for (const displayName of ['n'.repeat(257), '', null]) {
    const missing = badRequest("A value is required for property 'displayName' of resource 'Group'.")
    const refusal = displayName === null ? missing : invalidValue('displayName')
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: { ...SECURITY, displayName } }, refusal)
    const body = { description: 'new', displayName }
    const later = invalidValue('displayName')
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body }, later)
  }
})

test('text is kept as it was sent, blanks at its ends and decomposed letters too', async t => {
  const { call } = await aServer(t)
  const displayName = ' Cafe\u0301 👩‍🚀 \u202e"<b>\\'
  const { body } = await call('/v1.0/groups', { method: 'POST', body: { ...SECURITY, displayName } })
  assert.equal((await call(`/v1.0/groups/${body.id}`)).body.displayName, displayName)
})

test('a mailNickname may have 64 characters, dots and most other signs of ASCII (DELTA-75)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  for (const mailNickname of ['n'.repeat(64), 'first.last', "!#$%&'*+-/=?^_`{|}~", 'x']) {
    const reply = await server.call('/v1.0/groups', { method: 'POST', body: { ...SECURITY, mailNickname } })
    assert.equal(reply.status, 201)
    assert.equal(reply.body.mailNickname, mailNickname)
    await staff.set({ mailNickname })
  }
})

test('a mailNickname that is longer, empty, outside ASCII or holds a forbidden sign is refused (DELTA-75)', async t => {
  const server = await aServer(t)
  const staff = await aDirectory(server).group('Staff')
  const inside = [...'@()\\[]";:<>, \t\n\u007fé\u00a0漢'].map(sign => `a${sign}b`)
  for (const mailNickname of ['n'.repeat(65), '', ' ', ...inside]) {
    const refusal = invalidValue('mailNickname')
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: { ...SECURITY, mailNickname } }, refusal)
    const body = { description: 'new', mailNickname }
    await assertRefused(server, `/v1.0/groups/${staff.id}`, { method: 'PATCH', body }, refusal)
  }
})

const TAKEN = badRequest('Another object with the same value for property mailNickname already exists.')

test('two live Microsoft 365 groups cannot have one mailNickname, in whatever case (DELTA-76)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  await directory.team('Club')
  const other = await directory.team('Other')
  for (const mailNickname of ['club', 'CLUB']) {
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: { ...UNIFIED, mailNickname } }, TAKEN)
    const body = { description: 'new', mailNickname }
    await assertRefused(server, `/v1.0/groups/${other.id}`, { method: 'PATCH', body }, TAKEN)
  }
})

test('a mailNickname is free for security groups, for other tenants, and once its group has it no more (DELTA-76)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const first = await directory.team('Club')
  await directory.group('Club')
  await directory.group('Club')
  await aDirectory(server, { tenant: await server.addTenant() }).team('Club')
  await first.set({ mailNickname: 'CLUB' })
  await first.set({ mailNickname: 'circle' })
  const second = await directory.team('Club')
  await second.delete()
  await directory.team('Club')
})
