import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { shown } from '../client.ts'
import { assertCurrent, bodyAt, idsAt, membersOf } from '../current.ts'
import type { Group } from '../handle.ts'
import { assertLeft, assertRefused } from '../refusal.ts'
import { idsOf, type Named, only, type Round, roundOf } from '../round.ts'
import type { Scene } from '../scene.ts'
import { controlOf } from '../target.ts'

const BIN = '/v1.0/directory/deletedItems'
const BIN_OF_GROUPS = `${BIN}/microsoft.graph.group`
const MISSING = { status: 404, code: 'Request_ResourceNotFound' }

export const DELETIONS: readonly Case[] = [
  must('C87 a deleted Microsoft 365 group is told as removed with the reason changed (DELTA-59)', async scene => {
    const ann = await scene.user()
    const team = await scene.team({ members: [ann] })
    const link = await scene.latest()
    await team.delete()
    const told = await scene.news(link, [team])
    assertRemoved(told, team, 'changed')
    // What happens to its members tells nothing of a group that is gone.
    await ann.delete()
    await ann.purge()
    assert.deepEqual((await scene.news(told.deltaLink, [])).of(team), [])
    assertRemoved(await scene.news(link, [team]), team, 'changed')
  }),
  must(
    'C88 once it is purged it is told with the reason deleted (DELTA-60)',
    async scene => {
      const team = await scene.team()
      const link = await scene.latest()
      await team.delete()
      const told = await scene.news(link, [team])
      await team.purge()
      const later = await scene.news(told.deltaLink, [team])
      assertRemoved(later, team, 'deleted')
      assertRemoved(await scene.news(link, [team]), team, 'deleted')
      assert.deepEqual((await scene.news(later.deltaLink, [])).of(team), [])
    },
    ['purger token'],
  ),
  must('C89 a group that is restored instead is told like a new one (DELTA-61)', async scene => {
    const team = await scene.team({ description: 'All of us' })
    const link = await scene.latest()
    await team.delete()
    const told = await scene.news(link, [team])
    assertRemoved(told, team, 'changed')
    await team.restore()
    for (const later of [await scene.news(told.deltaLink, [team]), await scene.news(link, [team])]) {
      assert.ok(later.of(team).every(item => !('@removed' in item)))
      await assertCurrent(scene, later.copy, [team])
    }
  }),
  should(
    'C90 a restored group is told with all its members and owners, and with none that had left (DELTA-28, DELTA-61, DELTA-62)',
    async scene => {
      const [left, purged, owner, ...members] = await scene.users((scene.target.page?.edges ?? 1) + 4)
      assert.ok(left && purged && owner)
      const staff = await scene.team({ members: [left, purged, ...members], owners: [owner] })
      const path = `/v1.0/groups/delta?$select=displayName,description,members,owners&${only(staff)}`
      const first = await scene.round(path)
      await staff.remove(left)
      await staff.delete()
      const gone = await scene.news(first.deltaLink, [staff])
      assertRemoved(gone, staff, 'changed')
      await purged.delete()
      await purged.purge()
      await staff.restore()
      // For who saw the deletion and for who did not; with return=minimal too, there being nothing to compare with.
      for (const before of [first.pages, [...first.pages, ...gone.pages]]) {
        for (const how of [{}, { prefer: 'return=minimal' }]) {
          const told = await scene.news(before.at(-1)?.link ?? '', [staff], how)
          for (const item of told.of(staff)) assert.equal(item['displayName'], staff.name)
          const added = told.entriesOf(staff).filter(entry => !('@removed' in entry))
          assert.deepEqual(added.map(({ id }) => id).sort(), idsOf(members))
          const held = roundOf([...before, ...told.pages]).copy.get(staff.id)
          assert.deepEqual([...(held?.members ?? [])].sort(), idsOf(members))
          assert.deepEqual([...(held?.owners ?? [])], [owner.id])
        }
      }
      assert.deepEqual(await membersOf(scene, staff), idsOf(members))
    },
  ),
  should(
    'C91 a deleted security group is told as changed and is in the recycle bin, or as deleted and is not (DELTA-58, DELTA-59, DELTA-64)',
    async scene => {
      const staff = await scene.group()
      const outer = await scene.group({ members: [staff] })
      const link = await scene.latest()
      await staff.delete()
      const told = await scene.news(link, [staff])
      const kept = (await idsAt(scene, BIN_OF_GROUPS)).includes(staff.id)
      assertRemoved(told, staff, kept ? 'changed' : 'deleted')
      assert.equal((await scene.get(`${BIN}/${staff.id}`)).status, kept ? 200 : 404)
      if (kept) {
        assert.deepEqual(told.of(outer), [])
        await staff.purge()
      }
      // The group that held it keeps it as long as it can be restored.
      assert.deepEqual((await scene.news(kept ? told.deltaLink : link, [outer])).entriesOf(outer), [
        { '@odata.type': '#microsoft.graph.group', id: staff.id, '@removed': { reason: 'deleted' } },
      ])
      assert.deepEqual(await membersOf(scene, outer), [])
    },
    ['purger token'],
  ),
  must('C92 a deleted group is 404 and stands in the recycle bin (DELTA-58, DELTA-66)', async scene => {
    const [team, other] = [await scene.team(), await scene.team()]
    await team.delete()
    assertRefused(scene, await scene.get(`/v1.0/groups/${team.id}`), MISSING)
    const bin = await idsAt(scene, BIN_OF_GROUPS)
    assert.ok(bin.includes(team.id), 'it is not in the recycle bin')
    assert.ok(!bin.includes(other.id), 'a live group is in the recycle bin')
    await bodyAt(scene, `/v1.0/groups/${other.id}`)
  }),
  must('C93 the recycle bin is listed by type alone (DELTA-66)', async scene => {
    const team = await scene.team()
    await team.delete()
    scene.refused(await scene.get(BIN))
    assert.ok((await idsAt(scene, BIN_OF_GROUPS)).includes(team.id))
    assert.ok(!(await idsAt(scene, `${BIN}/microsoft.graph.user`)).includes(team.id))
  }),
  must('C94 a restore is 200 with the object and its type, which is then as it was (DELTA-68)', async scene => {
    const ann = await scene.user()
    const team = await scene.team({ description: 'All of us', members: [ann], owners: [ann] })
    const before = await bodyAt(scene, `/v1.0/groups/${team.id}`)
    await team.delete()
    await assertRestores(scene, team, '#microsoft.graph.group')
    for (const name of [
      'displayName',
      'description',
      'mailNickname',
      'visibility',
      'createdDateTime',
      'deletedDateTime',
    ]) {
      assert.deepEqual((await bodyAt(scene, `/v1.0/groups/${team.id}`))[name], before[name], name)
    }
    assert.deepEqual(await membersOf(scene, team), [ann.id])
    assert.deepEqual(await idsAt(scene, `/v1.0/groups/${team.id}/owners`), [ann.id])
    await ann.delete()
    await assertRestores(scene, ann, '#microsoft.graph.user')
    await bodyAt(scene, `/v1.0/users/${ann.id}`)
    await assertLeft(scene, team, () => scene.post(`${BIN}/${team.id}/restore`, undefined))
  }),
  must(
    'C95 a purge is 204 and final (DELTA-68, DELTA-71)',
    async scene => {
      const [team, live] = [await scene.team(), await scene.team()]
      await team.delete()
      const reply = await scene.ask('DELETE', `${BIN}/${team.id}`, { token: 'purger' })
      assert.deepEqual({ status: reply.status, text: reply.text }, { status: 204, text: '' })
      for (const path of [`${BIN}/${team.id}`, `/v1.0/groups/${team.id}`]) {
        assertRefused(scene, await scene.get(path), MISSING)
      }
      assertRefused(scene, await scene.post(`${BIN}/${team.id}/restore`, undefined), MISSING)
      assert.ok(!(await idsAt(scene, BIN_OF_GROUPS)).includes(team.id))
      await assertLeft(scene, live, () => scene.ask('DELETE', `${BIN}/${live.id}`, { token: 'purger' }))
    },
    ['purger token'],
  ),
  should(
    'C96 a group created and purged between two rounds is never told as there (DELTA-60)',
    async scene => {
      const link = await scene.latest()
      const team = await scene.team({ members: [await scene.user()] })
      await team.delete()
      await team.purge()
      const told = await scene.news(link, [])
      if (told.of(team).length > 0) assertRemoved(told, team, 'deleted')
      assert.deepEqual((await scene.news(told.deltaLink, [])).of(team), [])
    },
    ['purger token'],
  ),
  should(
    'C97 a group that has been in the recycle bin for 30 days is told with the reason deleted (DELTA-60, DELTA-70)',
    async scene => {
      const { advance, housekeep } = controlOf(scene.target)
      const team = await scene.team()
      let link = await scene.latest()
      await team.delete()
      const told = await scene.news(link, [team])
      assertRemoved(told, team, 'changed')
      link = told.deltaLink
      // A link lives for seven days.
      for (const time of ['6d', '6d', '6d', '6d', '5d']) {
        await advance(time)
        await housekeep()
        const quiet = await scene.news(link, [])
        assert.deepEqual(quiet.of(team), [])
        link = quiet.deltaLink
      }
      assert.ok((await idsAt(scene, BIN_OF_GROUPS)).includes(team.id))
      await advance('25h')
      await housekeep()
      assertRemoved(await scene.news(link, [team]), team, 'deleted')
      assertRefused(scene, await scene.get(`${BIN}/${team.id}`), MISSING)
    },
    ['clock'],
  ),
  should(
    'C98 of a removed group nothing is told but its id and the reason (DELTA-59, DELTA-60)',
    async scene => {
      const links = [await scene.latest(), await scene.latest('$select=displayName,members')]
      const [deleted, purged] = [await scene.team(), await scene.team({ members: [await scene.user()] })]
      await deleted.delete()
      await purged.delete()
      await purged.purge()
      for (const link of links) {
        const { of } = await scene.news(link, [deleted])
        assert.ok(of(deleted).length > 0, 'the deletion is not told')
        for (const item of [...of(deleted), ...of(purged)])
          assert.deepEqual(Object.keys(item).sort(), ['@removed', 'id'])
      }
    },
    ['purger token'],
  ),
]

/** That a round tells a group as removed, for this reason, and not as there. */
function assertRemoved({ of }: Round, group: Named, reason: 'changed' | 'deleted'): void {
  assert.ok(of(group).length > 0, 'its removal is not told')
  for (const item of of(group)) assert.equal(item['@removed']?.reason, reason)
}

/** That an object comes back from the recycle bin. */
async function assertRestores(scene: Scene, object: Pick<Group, 'id' | 'name'>, type: string): Promise<void> {
  const { id, name } = object
  const reply = await scene.post(`${BIN}/${id}/restore`, undefined)
  assert.equal(reply.status, 200, shown(reply))
  const { '@odata.type': shownType, id: shownId, displayName } = reply.body
  assert.deepEqual({ shownType, shownId, displayName }, { shownType: type, shownId: id, displayName: name })
  assertRefused(scene, await scene.get(`${BIN}/${id}`), MISSING)
}
