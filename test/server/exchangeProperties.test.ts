import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, reference } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { UNIFIED } from './bodies.ts'
import { assertRefused, badRequest } from './refusal.ts'

/** The properties that Exchange keeps, each with a value that it does not have at first. */
const EXCHANGE = {
  allowExternalSenders: true,
  autoSubscribeNewMembers: true,
  hideFromAddressLists: true,
  hideFromOutlookClients: true,
  isSubscribedByMail: false,
}

test('a PATCH of Exchange-stored properties alone is 200 with the group, and shows on that group by name (DELTA-80)', async t => {
  const server = await aServer(t)
  const club = await aDirectory(server).team('Club')
  const path = `/v1.0/groups/${club.id}`
  const shown = async () => (await server.call(`${path}?$select=${Object.keys(EXCHANGE).join(',')}`)).body
  const { '@odata.context': context, ...before } = await shown()
  const opposite = Object.fromEntries(Object.entries(EXCHANGE).map(([name, value]) => [name, !value]))
  assert.deepEqual(before, opposite)
  const standing = (await server.call(path)).body
  for (const [property, value] of Object.entries(EXCHANGE)) {
    const reply = await server.call(path, { method: 'PATCH', body: { [property]: value } })
    assert.equal(reply.status, 200)
    assert.deepEqual(reply.body, standing)
  }
  assert.deepEqual(await shown(), { '@odata.context': context, ...EXCHANGE })
})

test('Exchange-stored properties are refused at creation, and beside others or references later (DELTA-80)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const club = await directory.team('Club')
  const ada = await directory.user('Ada')
  for (const [property, value] of Object.entries(EXCHANGE)) {
    const refusal = badRequest(new RegExp(`'${property}'`))
    const created = { ...UNIFIED, mailNickname: 'other', [property]: value }
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body: created }, refusal)
    for (const other of [{ description: 'new' }, { 'members@odata.bind': [reference(ada)] }]) {
      const body = { [property]: value, ...other }
      await assertRefused(server, `/v1.0/groups/${club.id}`, { method: 'PATCH', body }, refusal)
    }
  }
})
