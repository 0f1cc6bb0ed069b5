import assert from 'node:assert/strict'
import test from 'node:test'
import { aServer } from './aServer.ts'

const STAFF = { displayName: 'Staff', mailEnabled: false, mailNickname: 'staff', securityEnabled: true }

test('a group that was created is listed, and followed by delta (DELTA-29)', async t => {
  const { call } = await aServer(t)
  const first = await call('/v1.0/groups/delta')
  assert.equal(first.status, 200)
  assert.deepEqual(first.body.value, [])
  const created = await call('/v1.0/groups', { method: 'POST', body: STAFF })
  assert.equal(created.status, 201)
  const list = await call('/v1.0/groups')
  assert.deepEqual(
    list.body.value.map((g: { id: string }) => g.id),
    [created.body.id],
  )
  const next = await call(first.body['@odata.deltaLink'])
  assert.equal(next.status, 200)
  assert.equal(next.body.value[0].displayName, 'Staff')
  assert.equal('description' in next.body.value[0], false)
})
