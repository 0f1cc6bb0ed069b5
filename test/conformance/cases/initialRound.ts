import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { assertCurrent } from '../current.ts'
import { idsOf, type Named, only, type Round, roundOf } from '../round.ts'
import type { Scene } from '../scene.ts'
import { pageSizeOf } from '../target.ts'

const FIRST = '/v1.0/groups/delta'

export const INITIAL_ROUND: readonly Case[] = [
  must(
    'C18 after a first round a client holds of every group what a GET of it shows (DELTA-13, DELTA-39)',
    async scene => {
      const users = await scene.users(3)
      const staff = await scene.group({ members: users, description: 'All of us' })
      const team = await scene.team({ members: users.slice(1), theme: 'Blue' })
      const plain = await scene.groups(2)
      await plain[0]?.set({ displayName: scene.newName(), description: null })
      const { copy } = await scene.round(FIRST)
      await assertCurrent(scene, copy, [staff, team, ...plain])
    },
  ),
  must('C19 a group that was changed before the round is told in its latest state (DELTA-13)', async scene => {
    const { group, round, newName } = scene
    const staff = await group({ description: 'first' })
    const name = newName()
    await staff.set({ displayName: name, description: 'second' })
    await staff.set({ description: 'third' })
    const { of, copy } = await round(FIRST)
    assert.ok(of(staff).length > 0, 'the group is not told')
    for (const item of of(staff)) {
      assert.ok(!('@removed' in item))
      assert.equal(item['displayName'], name)
      assert.equal(item['description'], 'third')
    }
    await assertCurrent(scene, copy, [staff])
  }),
  must(
    'C20 a group that was purged before the round is not told as there (DELTA-13)',
    async ({ group, team, round }) => {
      const [gone, there] = [await team(), await group()]
      await gone.delete()
      await gone.purge()
      const { copy } = await round(FIRST)
      assert.deepEqual({ gone: copy.has(gone.id), there: copy.has(there.id) }, { gone: false, there: true })
    },
    ['purger token'],
  ),
  should(
    'C21 a group in the recycle bin is left out of a first round, or told as removed with the reason changed (DELTA-13)',
    async ({ group, round }) => {
      const [deleted, there] = [await group(), await group()]
      await deleted.delete()
      const { copy, of } = await round(FIRST)
      assert.deepEqual({ deleted: copy.has(deleted.id), there: copy.has(there.id) }, { deleted: false, there: true })
      for (const item of of(deleted)) assert.deepEqual(item, { id: deleted.id, '@removed': { reason: 'changed' } })
    },
  ),
  must('C22 a property that was never set has no key (DELTA-14)', async scene => {
    const staff = await scene.group()
    for (const { of } of await firstRounds(scene, staff)) {
      assert.deepEqual(
        of(staff).map(item => 'description' in item),
        [false],
      )
    }
  }),
  should('C23 a property that was set to null before the round is null (DELTA-14)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    await staff.set({ description: null })
    for (const { of } of await firstRounds(scene, staff)) {
      const [item] = of(staff)
      assert.ok(item !== undefined && (item['description'] ?? null) === null)
      if (!('description' in item)) scene.note('leaves the property out, which a client cannot tell from never set')
    }
  }),
  must('C24 a group without members has no members@delta (DELTA-14)', async scene => {
    const ann = await scene.user()
    const [staff, left] = [await scene.group(), await scene.group({ members: [ann] })]
    await left.remove(ann)
    for (const group of [staff, left]) {
      for (const { of } of await firstRounds(scene, group)) {
        assert.deepEqual(
          of(group).map(item => 'members@delta' in item),
          [false],
        )
      }
    }
  }),
  must('C25 members are told with their type and id alone, each once (DELTA-20, DELTA-32)', async scene => {
    const [gone, ...members] = await scene.users(4)
    assert.ok(gone)
    const staff = await scene.group({ members: [gone, ...members] })
    await staff.remove(gone)
    for (const { entriesOf } of await firstRounds(scene, staff)) {
      assert.equal(entriesOf(staff).length, 3)
      for (const { id } of members) {
        const entry = entriesOf(staff).find(told => told.id === id)
        assert.deepEqual(entry, { '@odata.type': '#microsoft.graph.user', id })
      }
    }
  }),
  must(
    'C26 every object of every round has its id (DELTA-20, DELTA-59)',
    async ({ groups, user, latest, news, round }) => {
      const link = await latest('$select=displayName')
      const [staff, other] = await groups(2)
      assert.ok(staff && other)
      await staff.add(await user())
      await other.delete()
      // A page with an object that has no id is refused by every reader here.
      for (const told of [
        await round(`${FIRST}?$select=description&${only(staff, other)}`),
        await news(link, [other]),
      ]) {
        assert.ok(told.items.every(({ id }) => typeof id === 'string' && id !== ''))
      }
    },
  ),
  should(
    'C27 a group changed in mid-round before it was told is current at the end or told in the next round (DELTA-39, DELTA-41)',
    async scene => {
      const groups = await scene.groups(pageSizeOf(scene.target).objects + 1)
      const first = await scene.page(FIRST)
      const late = groups.find(({ id }) => !idsOf(first.items).includes(id))
      assert.ok(late, 'every group is on the first page')
      await late.set({ displayName: scene.newName() })
      const early = groups.find(({ id }) => idsOf(first.items).includes(id))
      await early?.delete()
      const rest = await scene.round(first.link)
      const next = await scene.round(rest.deltaLink)
      const { copy } = roundOf([first, ...rest.pages, ...next.pages])
      await assertCurrent(scene, copy, [late])
      assert.ok(early === undefined || !copy.has(early.id), 'a deleted group stays')
    },
    ['page size'],
  ),
  should(
    'C28 a group created in mid-round is told in this round or in the next (DELTA-39, DELTA-41)',
    async scene => {
      await scene.groups(pageSizeOf(scene.target).objects + 1)
      const first = await scene.page(FIRST)
      assert.equal(first.kind, 'next')
      const young = await scene.group()
      const rest = await scene.round(first.link)
      const next = await scene.round(rest.deltaLink)
      await assertCurrent(scene, roundOf([...rest.pages, ...next.pages]).copy, [young])
    },
    ['page size'],
  ),
  must(
    'C29 where there are no groups a first round is an empty page with a deltaLink (DELTA-6)',
    async ({ page }) => {
      const { items, kind } = await page(FIRST, { token: 'empty' })
      assert.deepEqual({ items, kind }, { items: [], kind: 'delta' })
    },
    ['empty token'],
  ),
  must(
    'C30 $deltatoken=latest is answered with a deltaLink alone, and nothing from before is told later (DELTA-15)',
    async ({ group, page, round }) => {
      const staff = await group()
      const { items, kind, link } = await page(`${FIRST}?$deltatoken=latest`)
      assert.deepEqual({ items, kind }, { items: [], kind: 'delta' })
      assert.deepEqual((await round(link)).of(staff), [])
    },
  ),
  should('C31 what is created after $deltatoken=latest is told (DELTA-15)', async ({ group, latest, news }) => {
    const before = await group()
    const link = await latest()
    const staff = await group()
    const told = await news(link, [staff])
    assert.equal(told.of(staff).length, 1)
    assert.deepEqual(told.of(before), [])
  }),
  should(
    'C32 a $select beside $deltatoken=latest holds for the rounds that follow (DELTA-15, DELTA-16)',
    async ({ group, user, latest, news }) => {
      const link = await latest('$select=displayName,members')
      const staff = await group({ description: 'All of us', members: [await user()] })
      const told = await news(link, [staff])
      assert.deepEqual(
        told.of(staff).map(item => Object.keys(item).sort()),
        [['displayName', 'id', 'members@delta']],
      )
      await staff.set({ description: 'None of us' })
      assert.deepEqual((await news(told.deltaLink, [])).of(staff), [])
    },
  ),
  should('C33 an empty $deltatoken begins a first round (DELTA-12)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const { copy } = await scene.round(`${FIRST}?$deltatoken=`)
    await assertCurrent(scene, copy, [staff])
  }),
]

/** A first round of all groups, one with some properties selected, and one of this group alone. */
async function firstRounds({ round }: Scene, group: Named): Promise<readonly Round[]> {
  const queries = ['', '?$select=displayName,description,members', `?${only(group)}`]
  const rounds: Round[] = []
  for (const query of queries) rounds.push(await round(FIRST + query))
  return rounds
}
