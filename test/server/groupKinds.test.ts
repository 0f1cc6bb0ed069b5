import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Group, reference } from './aDirectory.ts'
import { aServer } from './aServer.ts'
import { SECURITY, UNIFIED } from './bodies.ts'
import { assertRefused, badRequest, invalidValue } from './refusal.ts'

test('a group becomes dynamic and static again by a PATCH of its groupTypes, and keeps its members and its rule (DELTA-168)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const [ann, bob] = await directory.users(2)
  assert.ok(ann && bob)
  const rule = 'user.department -eq "Sales"'
  for (const [kind, own] of [
    ['group', []],
    ['team', ['Unified']],
  ] as const) {
    const sales: Group = await directory[kind](`Sales ${kind}`, { members: [ann] })
    const path = `/v1.0/groups/${sales.id}`
    const dynamic = { groupTypes: [...own, 'DynamicMembership'] }
    await assertRefused(server, path, { method: 'PATCH', body: dynamic }, badRequest(/'membershipRule'/))
    await assertRefused(
      server,
      path,
      { method: 'PATCH', body: { membershipRule: rule } },
      invalidValue('membershipRule'),
    )
    await sales.set({ ...dynamic, membershipRule: rule, membershipRuleProcessingState: 'on' })
    const { body } = await server.call(path)
    assert.deepEqual([body.groupTypes, body.membershipRule], [dynamic.groupTypes, rule])
    assert.equal(body.membershipRuleProcessingState, 'On')
    assert.deepEqual(await sales.members(), [ann.id])
    const ref = { '@odata.id': reference(bob) }
    await assertRefused(server, `${path}/members/$ref`, { method: 'POST', body: ref }, badRequest(/membershipRule/))
    await assertRefused(
      server,
      path,
      { method: 'PATCH', body: { membershipRule: null } },
      badRequest(/'membershipRule'/),
    )
    await sales.set({ groupTypes: own, membershipRuleProcessingState: 'Paused' })
    const again = (await server.call(path)).body
    assert.deepEqual([again.groupTypes, again.membershipRule], [own, rule])
    await sales.add(bob)
    await sales.set({ membershipRule: null })
    assert.equal((await server.call(path)).body.membershipRule, null)
  }
})

test('HiddenMembership is chosen when a Microsoft 365 group is made, and neither taken up nor given up later (DELTA-169)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const hidden = await directory.team('Hidden', { visibility: 'hiddenmembership' })
  const open = await directory.team('Open')
  assert.equal((await server.call(`/v1.0/groups/${hidden.id}`)).body.visibility, 'HiddenMembership')
  const roles = { ...UNIFIED, securityEnabled: true, isAssignableToRole: true, visibility: 'HiddenMembership' }
  for (const body of [{ ...SECURITY, visibility: 'HiddenMembership' }, roles]) {
    await assertRefused(server, '/v1.0/groups', { method: 'POST', body }, invalidValue('visibility'))
  }
  for (const [{ id }, visibility] of [
    [open, 'HiddenMembership'],
    [hidden, 'Public'],
    [hidden, 'Private'],
  ] as const) {
    const body = { description: 'new', visibility }
    await assertRefused(server, `/v1.0/groups/${id}`, { method: 'PATCH', body }, invalidValue('visibility'))
  }
  await open.set({ visibility: 'Private' })
  await hidden.set({ visibility: 'HiddenMembership', description: 'new' })
})
