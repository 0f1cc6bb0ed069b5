import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { bodyAt, membersOf } from '../current.ts'
import { type Group, LINKS_PER_REQUEST } from '../handle.ts'
import { type Entry, type Item, idsOf, type Named, only, type Round } from '../round.ts'
import type { Scene } from '../scene.ts'
import { pageSizeOf } from '../target.ts'

const MINIMAL = { prefer: 'return=minimal' }

export const MEMBERS: readonly Case[] = [
  must(
    'C67 an added member is told with its type and id (DELTA-32, DELTA-33)',
    async ({ group, user, latest, news }) => {
      const [staff, ann] = [await group(), await user()]
      const link = await latest()
      await staff.add(ann)
      assert.deepEqual((await news(link, [staff])).entriesOf(staff), [entry(ann)])
    },
  ),
  must('C68 a removed member is told with the reason deleted (DELTA-32)', async ({ group, user, latest, news }) => {
    const ann = await user()
    const staff = await group({ members: [ann] })
    const link = await latest()
    await staff.remove(ann)
    assert.deepEqual((await news(link, [staff])).entriesOf(staff), [removed(ann)])
  }),
  must('C69 no member is ever told with the reason changed (DELTA-32)', async scene => {
    const entries = (await everyKindOfEntry(scene)).filter(told => '@removed' in told)
    assert.ok(entries.length > 0)
    for (const told of entries) assert.deepEqual(told['@removed'], { reason: 'deleted' })
  }),
  must('C70 of a member nothing is told but its type, its id and that it is gone (DELTA-32)', async scene => {
    const entries = await everyKindOfEntry(scene)
    assert.ok(entries.length > 0)
    for (const told of entries) {
      const others = Object.keys(told).filter(name => !['@odata.type', 'id', '@removed'].includes(name))
      assert.deepEqual(others, [])
    }
  }),
  must(
    'C71 a member of each kind is told with its own type (DELTA-32)',
    async scene => {
      const members = {
        user: await scene.user(),
        group: await scene.group(),
        device: await scene.device(),
        servicePrincipal: await scene.servicePrincipal(),
        orgContact: await scene.contact(),
      }
      const staff = await scene.group()
      const link = await scene.latest()
      await staff.add(...Object.values(members))
      const told = (await scene.news(link, [staff])).entriesOf(staff)
      const due = Object.entries(members).map(([kind, { id }]) => ({ '@odata.type': `#microsoft.graph.${kind}`, id }))
      const byId = (one: Named, other: Named): number => (one.id < other.id ? -1 : 1)
      assert.deepEqual(told.toSorted(byId), due.toSorted(byId))
    },
    ['control'],
  ),
  must('C72 a user in the recycle bin stays a member, and no group is told (DELTA-63)', async scene => {
    const { groups, ann, link } = await aMemberOfTwo(scene)
    await ann.delete()
    assertSilent(await scene.news(link, []), groups)
  }),
  must('C73 every group of a purged user tells it as removed (DELTA-64)', async scene => {
    const { groups, ann, link } = await aMemberOfTwo(scene)
    await ann.delete()
    await ann.purge()
    const { entriesOf } = await scene.news(link, groups)
    for (const group of groups) assert.deepEqual(entriesOf(group), [removed(ann)])
  }),
  should('C74 a restored user is a member as before, and no group is told (DELTA-63)', async scene => {
    const { groups, ann, link } = await aMemberOfTwo(scene)
    await ann.delete()
    await ann.restore()
    assertSilent(await scene.news(link, []), groups)
    for (const group of groups) assert.deepEqual(await membersOf(scene, group), [ann.id])
  }),
  must(
    'C75 a group with more members than a page holds comes in parts of the same properties (DELTA-31, DELTA-35)',
    async scene => {
      const { group, users, round, target } = scene
      const members = await users(pageSizeOf(target).edges + 1)
      const staff = await group({ description: 'All of us', members })
      const told = await round(`/v1.0/groups/delta?${only(staff)}`)
      assertParts(told, staff)
      assert.deepEqual(sortedIds(told.entriesOf(staff)), idsOf(members))
    },
    ['page size'],
  ),
  must(
    'C76 a later round of many membership changes in one group comes in such parts too (DELTA-35)',
    async scene => {
      const { group, users, latest, news, target } = scene
      const { edges } = pageSizeOf(target)
      // A page ends in the middle of those that come by one request.
      const [leaving, coming] = [await users(Math.ceil(edges / 2)), await users(edges + LINKS_PER_REQUEST / 4)]
      const staff = await group({ members: leaving })
      const link = await latest()
      await staff.add(...coming)
      for (const user of leaving) await staff.remove(user)
      const told = await news(link, [staff])
      assertParts(told, staff)
      const [gone, there] = [entriesOf(told, staff, true), entriesOf(told, staff, false)]
      assert.deepEqual({ gone, there }, { gone: idsOf(leaving), there: idsOf(coming) })
    },
    ['page size'],
  ),
  should('C77 a member added and removed between rounds ends as removed (DELTA-34)', async scene => {
    const { group, user, latest, news } = scene
    const [staff, ann] = [await group(), await user()]
    const link = await latest()
    await staff.add(ann)
    await staff.remove(ann)
    const last = (await news(link, [])).entriesOf(staff).at(-1)
    if (last !== undefined) assert.deepEqual(last, removed(ann))
  }),
  should('C78 a member removed and added again between rounds ends as added (DELTA-34)', async scene => {
    const { group, user, latest, news } = scene
    const ann = await user()
    const staff = await group({ members: [ann] })
    const link = await latest()
    await staff.remove(ann)
    await staff.add(ann)
    const last = (await news(link, [])).entriesOf(staff).at(-1)
    if (last !== undefined) assert.deepEqual(last, entry(ann))
  }),
  should(
    'C79 with return=minimal a membership change is told with id and members@delta alone (DELTA-33)',
    async scene => {
      const { group, user, latest, news, newName } = scene
      const [staff, other, ann] = [await group({ description: 'All of us' }), await group(), await user()]
      const link = await latest()
      await staff.add(ann)
      const name = newName()
      await other.set({ displayName: name })
      await other.add(ann)
      const { of } = await news(link, [staff, other], MINIMAL)
      assert.deepEqual(of(staff), [{ id: staff.id, 'members@delta': [entry(ann)] }])
      assert.deepEqual(of(other), [{ id: other.id, displayName: name, 'members@delta': [entry(ann)] }])
    },
  ),
  must('C80 else it is told with the properties that were ever set (DELTA-33)', async scene => {
    const { group, user, latest, news } = scene
    const staff = await group({ description: 'All of us' })
    const link = await latest()
    await staff.add(await user())
    const [item] = (await news(link, [staff])).of(staff)
    const body = await bodyAt(scene, `/v1.0/groups/${staff.id}`)
    for (const name of ['displayName', 'description', 'mailEnabled', 'mailNickname', 'securityEnabled', 'visibility']) {
      assert.deepEqual(item?.[name], body[name], name)
    }
  }),
  should('C81 a nested group is told of the group it was put into alone (DELTA-21, DELTA-32)', async scene => {
    const { group, latest, news } = scene
    const [outer, inner] = [await group(), await group()]
    const link = await latest()
    await outer.add(inner)
    const told = await news(link, [outer])
    assert.deepEqual(told.entriesOf(outer), [{ '@odata.type': '#microsoft.graph.group', id: inner.id }])
    assert.deepEqual(told.of(inner), [])
  }),
  must('C82 members added by one PATCH are told by one round (DELTA-33, DELTA-48)', async scene => {
    const { group, users, latest, news } = scene
    const [staff, members] = [await group(), await users(3)]
    const link = await latest()
    await staff.add(...members)
    assert.deepEqual(sortedIds((await news(link, [staff])).entriesOf(staff)), idsOf(members))
  }),
  must('C83 a PATCH with one member that is not there adds none and tells nothing (DELTA-83)', async scene => {
    const { group, users, latest, news, ask, refused, target } = scene
    const [staff, members] = [await group(), await users(2)]
    const link = await latest()
    const references = [...members, { id: randomUUID() }].map(({ id }) => `${target.url}/v1.0/directoryObjects/${id}`)
    refused(await ask('PATCH', `/v1.0/groups/${staff.id}`, { body: { 'members@odata.bind': references } }))
    assert.deepEqual(await membersOf(scene, staff), [])
    assert.deepEqual((await news(link, [])).of(staff), [])
  }),
  must('C84 adding a member twice is 400 Request_BadRequest and tells nothing (DELTA-84)', async scene => {
    const ann = await scene.user()
    const staff = await scene.group({ members: [ann] })
    await assertNotAdded(scene, staff, ann, [ann.id])
  }),
  must('C85 removing a member leaves the user where it is (DELTA-86)', async scene => {
    const ann = await scene.user()
    const staff = await scene.group({ members: [ann] })
    await staff.remove(ann)
    assert.deepEqual(await membersOf(scene, staff), [])
    assert.equal((await bodyAt(scene, `/v1.0/users/${ann.id}`)).id, ann.id)
  }),
  must('C86 a Microsoft 365 group takes users alone as members (DELTA-85)', async scene => {
    const ann = await scene.user()
    const team = await scene.team({ members: [ann] })
    await assertNotAdded(scene, team, await scene.group(), [ann.id])
    await assertNotAdded(scene, team, await scene.team(), [ann.id])
    await assertNotAdded(scene, team, await scene.device(), [ann.id])
  }),
]

function entry({ id }: Named): Entry {
  return { '@odata.type': '#microsoft.graph.user', id }
}

function removed(user: Named): Entry {
  return { ...entry(user), '@removed': { reason: 'deleted' } }
}

/** With those that are told twice, so that a part that repeats another is found out. */
function sortedIds(entries: readonly Entry[]): readonly string[] {
  return entries.map(({ id }) => id).sort()
}

function entriesOf(told: Round, group: Named, gone: boolean): readonly string[] {
  return sortedIds(told.entriesOf(group).filter(found => '@removed' in found === gone))
}

/** That a group is told in several parts, which but for the members are the same. */
function assertParts(told: Round, group: Named): void {
  const [first, ...others] = told.of(group).map(withoutMembers)
  assert.ok(others.length > 0, 'the group is told in one part')
  for (const part of others) assert.deepEqual(part, first)
}

function withoutMembers({ 'members@delta': _, ...rest }: Item): object {
  return rest
}

/** What rounds tell of members that were there, came, went, and were deleted for good. */
async function everyKindOfEntry({ group, users, latest, news, round }: Scene): Promise<readonly Entry[]> {
  const [ann, bob, cid, dee] = await users(4)
  assert.ok(ann && bob && cid && dee)
  const staff = await group({ members: [ann, bob, dee] })
  const link = await latest()
  const first = await round(`/v1.0/groups/delta?${only(staff)}`)
  await staff.add(cid)
  await staff.remove(ann)
  await bob.delete()
  await bob.purge()
  await dee.delete()
  const later = await news(link, [staff])
  return [...first.entriesOf(staff), ...later.entriesOf(staff)]
}

/** A user, the two groups it is in, and a deltaLink. */
async function aMemberOfTwo({ group, user, latest }: Scene) {
  const ann = await user()
  const groups = [await group({ members: [ann] }), await group({ members: [ann] })]
  return { ann, groups, link: await latest() }
}

function assertSilent(told: Round, groups: readonly Named[]): void {
  for (const group of groups) assert.deepEqual(told.of(group), [])
}

/** That adding a member is refused with 400 and changes nothing. */
async function assertNotAdded(scene: Scene, group: Group, member: Named, before: readonly string[]): Promise<void> {
  const { latest, news, post, refused, target } = scene
  const link = await latest()
  const body = { '@odata.id': `${target.url}/v1.0/directoryObjects/${member.id}` }
  const reply = await post(`/v1.0/groups/${group.id}/members/$ref`, body)
  assert.equal(reply.status, 400)
  refused(reply, { code: 'Request_BadRequest' })
  assert.deepEqual(await membersOf(scene, group), before)
  assert.deepEqual((await news(link, [])).of(group), [])
}
