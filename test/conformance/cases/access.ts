import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { type How, shown } from '../client.ts'
import { membersOf } from '../current.ts'
import type { Group } from '../handle.ts'
import { assertLeft, assertRefused, type Demand } from '../refusal.ts'
import type { Named } from '../round.ts'
import type { Scene } from '../scene.ts'
import type { TokenName } from '../target.ts'

const DENIED: Demand = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}
const DELTA = '/v1.0/groups/delta'

export const ACCESS: readonly Case[] = [
  must(
    'C122 with a token that was granted nothing for groups, delta is 403 Authorization_RequestDenied (DELTA-98, DELTA-99)',
    async scene => {
      for (const path of [DELTA, `${DELTA}?$select=id`, `${DELTA}?$deltatoken=latest`, await scene.latest()]) {
        assertRefused(scene, await scene.get(path, { token: 'weak' }), DENIED)
      }
    },
    ['weak token'],
  ),
  must(
    'C123 GroupMember.Read.All suffices for delta, its members and its links (DELTA-99)',
    async scene => {
      const how: How = { token: 'groupmember-reader' }
      const ann = await scene.user()
      const staff = await scene.group({ members: [ann] })
      const first = await scene.round(DELTA, how)
      assert.deepEqual([...(first.copy.get(staff.id)?.members ?? [])], [ann.id])
      await staff.set({ description: 'changed' })
      assert.equal(
        (await scene.news(first.deltaLink, [staff], how)).copy.get(staff.id)?.properties.get('description'),
        'changed',
      )
    },
    ['groupmember-reader token'],
  ),
  must(
    'C124 GroupMember.Read.All suffices for no write of a group (DELTA-98, DELTA-100)',
    async scene => {
      const staff = await scene.group({ members: [await scene.user()] })
      await assertCannotWrite(scene, staff, 'groupmember-reader')
      for (const [method, path, body] of linkWrites(scene, staff, await scene.user())) {
        await assertDenied(scene, staff, method, path, { body, token: 'groupmember-reader' })
      }
    },
    ['groupmember-reader token'],
  ),
  must(
    'C125 GroupMember.ReadWrite.All adds and removes members and changes nothing else of a group (DELTA-98, DELTA-100)',
    async scene => {
      const [ann, bob] = await scene.users(2)
      assert.ok(ann && bob)
      const staff = await scene.group({ members: [ann] })
      const token: TokenName = 'groupmember-writer'
      const path = `/v1.0/groups/${staff.id}/members`
      const added = await scene.post(`${path}/$ref`, reference(scene, bob), { token })
      assert.equal(added.status, 204, shown(added))
      const removed = await scene.ask('DELETE', `${path}/${ann.id}/$ref`, { token })
      assert.equal(removed.status, 204, shown(removed))
      assert.deepEqual(await membersOf(scene, staff), [bob.id])
      await assertCannotWrite(scene, staff, token)
      await assertDenied(scene, staff, 'POST', `/v1.0/groups/${staff.id}/owners/$ref`, {
        body: reference(scene, ann),
        token,
      })
    },
    ['groupmember-writer token'],
  ),
  must(
    'C126 an app with Group.Create alone creates a group and can neither read nor change it (DELTA-100)',
    async scene => {
      const token: TokenName = 'group-creator'
      const displayName = scene.newName()
      const body = { displayName, mailNickname: displayName, mailEnabled: false, securityEnabled: true }
      const made = await scene.post('/v1.0/groups', body, { token })
      assert.equal(made.status, 201, shown(made))
      scene.adopt('groups', made.body)
      const { id } = made.body
      assertRefused(scene, await scene.get(`/v1.0/groups/${id}`, { token }), DENIED)
      assertRefused(scene, await scene.get(DELTA, { token }), DENIED)
      for (const [method, more] of [
        ['PATCH', { body: { description: 'changed' } }],
        ['DELETE', {}],
      ] as const) {
        await assertDenied(scene, { id }, method, `/v1.0/groups/${id}`, { ...more, token })
      }
    },
    ['group-creator token'],
  ),
  must(
    'C127 an app with Group.ReadWrite.All restores a group and purges none (DELTA-101)',
    async scene => {
      const token: TokenName = 'group-writer'
      const team = await scene.team()
      const bin = `/v1.0/directory/deletedItems/${team.id}`
      await team.delete()
      assertRefused(scene, await scene.ask('DELETE', bin, { token }), DENIED)
      assert.equal((await scene.get(bin)).status, 200)
      const restored = await scene.post(`${bin}/restore`, undefined, { token })
      assert.equal(restored.status, 200, shown(restored))
      assert.equal((await scene.get(`/v1.0/groups/${team.id}`)).status, 200)
    },
    ['group-writer token'],
  ),
  must(
    'C128 Directory.ReadWrite.All changes a group but does not suffice to delete it (DELTA-100)',
    async scene => {
      const token: TokenName = 'directory-writer'
      const staff = await scene.group()
      const path = `/v1.0/groups/${staff.id}`
      const changed = await scene.ask('PATCH', path, { body: { description: 'changed' }, token })
      assert.equal(changed.status, 204, shown(changed))
      await assertDenied(scene, staff, 'DELETE', path, { token })
    },
    ['directory-writer token'],
  ),
  should(
    'C129 a caller that may read groups and not users sees the type and id of members alone (DELTA-129)',
    async scene => {
      const [ann, bob] = await scene.users(2)
      assert.ok(ann && bob)
      const staff = await scene.group({ members: [ann, bob] })
      const path = `/v1.0/groups/${staff.id}/members?$select=id,displayName,mail`
      const reply = await scene.get(path, { token: 'groupmember-reader' })
      assert.equal(reply.status, 200, shown(reply))
      const shownMembers = reply.body.value.toSorted((a: Named, b: Named) => (a.id < b.id ? -1 : 1))
      const expected = [ann, bob]
        .map(({ id }) => ({ '@odata.type': '#microsoft.graph.user', id, displayName: null, mail: null }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      assert.deepEqual(shownMembers, expected)
      const whole = await scene.get(path)
      assert.deepEqual(
        whole.body.value.map(({ displayName }: { displayName: unknown }) => displayName).sort(),
        [ann.name, bob.name].sort(),
      )
    },
    ['groupmember-reader token'],
  ),
]

function reference({ target }: Scene, { id }: Named): object {
  return { '@odata.id': `${target.url}/v1.0/directoryObjects/${id}` }
}

function linkWrites(scene: Scene, { id }: Named, other: Named) {
  const path = `/v1.0/groups/${id}`
  return [
    ['POST', `${path}/members/$ref`, reference(scene, other)],
    ['POST', `${path}/owners/$ref`, reference(scene, other)],
  ] as const
}

/** That a token opens neither the creation of groups, nor a change or the deletion of this one. */
async function assertCannotWrite(scene: Scene, group: Group, token: TokenName): Promise<void> {
  const path = `/v1.0/groups/${group.id}`
  const name = scene.newName()
  const body = { displayName: name, mailNickname: name, mailEnabled: false, securityEnabled: true }
  await assertDenied(scene, group, 'POST', '/v1.0/groups', { body, token })
  await assertDenied(scene, group, 'PATCH', path, { body: { displayName: name }, token })
  await assertDenied(scene, group, 'DELETE', path, { token })
}

/** That a request is 403 and leaves a group as it is. */
function assertDenied(scene: Scene, group: Named, method: string, path: string, how: How): Promise<void> {
  return assertLeft(scene, group, () => scene.ask(method, path, how), DENIED)
}
