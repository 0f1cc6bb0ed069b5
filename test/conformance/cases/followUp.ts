import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { assertCurrent, bodyAt } from '../current.ts'
import type { Group } from '../handle.ts'
import { idsOf, type Named, only, roundOf } from '../round.ts'
import type { Scene } from '../scene.ts'
import { pageSizeOf } from '../target.ts'

const MINIMAL = { prefer: 'return=minimal' }

export const FOLLOW_UP: readonly Case[] = [
  must('C34 a round without a change is an empty page with a deltaLink (DELTA-47)', async ({ group, round, page }) => {
    const { deltaLink } = await round(`/v1.0/groups/delta?${only(await group())}`)
    const { items, kind } = await page(deltaLink)
    assert.deepEqual({ items, kind }, { items: [], kind: 'delta' })
  }),
  must('C35 a group created since is told whole, without @removed (DELTA-29)', async scene => {
    const link = await scene.latest()
    const staff = await scene.group({ description: 'All of us', members: await scene.users(2) })
    const { of, copy } = await scene.news(link, [staff])
    assert.ok(of(staff).every(item => !('@removed' in item)))
    await assertCurrent(scene, copy, [staff])
  }),
  must('C36 a changed group is told with all its properties that were ever set (DELTA-25)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const link = await scene.latest()
    await staff.set({ displayName: scene.newName() })
    const { of, copy } = await scene.news(link, [staff])
    assert.equal(of(staff).length, 1)
    assert.ok(!('theme' in (of(staff)[0] ?? {})), 'a property that was never set is told')
    await assertCurrent(scene, copy, [staff])
  }),
  must('C37 with return=minimal a changed group is told with id and what changed alone (DELTA-26)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const link = await scene.latest()
    const name = scene.newName()
    await staff.set({ displayName: name })
    assert.deepEqual((await scene.news(link, [staff], MINIMAL)).of(staff), [{ id: staff.id, displayName: name }])
  }),
  must(
    'C38 return=minimal changes nothing in which groups are told, and new ones are whole (DELTA-27, DELTA-28)',
    async scene => {
      const old = await scene.groups(2)
      const link = await scene.latest()
      for (const group of old) await group.set({ description: 'changed' })
      const young = await scene.group({ description: 'All of us', members: [await scene.user()] })
      const changed = [...old, young]
      for (const how of [{}, MINIMAL]) {
        const { items, copy } = await scene.news(link, changed, how)
        assert.deepEqual(idsOf(items.filter(({ id }) => changed.some(group => group.id === id))), idsOf(changed))
        await assertCurrent(scene, copy, [young])
      }
    },
  ),
  must('C39 each round obeys its own return=minimal, whatever the one before had (DELTA-27)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    let link = await scene.latest()
    for (const how of [MINIMAL, {}, MINIMAL]) {
      const name = scene.newName()
      await staff.set({ displayName: name })
      const { of, deltaLink } = await scene.news(link, [staff], how)
      assert.equal(of(staff).length, 1)
      assert.equal('description' in (of(staff)[0] ?? {}), how !== MINIMAL)
      link = deltaLink
    }
  }),
  should(
    'C40 return=minimal is obeyed page by page (DELTA-27)',
    async scene => {
      const { groups, link } = await manyChanged(scene)
      const first = await scene.page(link, MINIMAL)
      assert.equal(first.kind, 'next')
      const rest = await scene.round(first.link)
      const ours = ({ id }: Named): boolean => groups.some(group => group.id === id)
      assert.ok(first.items.filter(ours).every(item => !('mailNickname' in item)))
      assert.ok(rest.items.filter(ours).length > 0)
      assert.ok(rest.items.filter(ours).every(item => 'mailNickname' in item))
    },
    ['page size'],
  ),
  should('C41 return=minimal on a first request changes nothing (DELTA-28)', async scene => {
    const staff = await scene.group({ description: 'All of us', members: [await scene.user()] })
    const { copy } = await scene.round(`/v1.0/groups/delta?${only(staff)}`, MINIMAL)
    await assertCurrent(scene, copy, [staff])
  }),
  must('C42 a group changed five times is told in its final state (DELTA-31, DELTA-39)', async scene => {
    const staff = await scene.group()
    const link = await scene.latest()
    for (let number = 1; number <= 5; number += 1) await staff.set({ description: `change ${number}` })
    const { of, copy } = await scene.news(link, [staff])
    assert.ok(of(staff).length >= 1)
    assert.equal(of(staff).at(-1)?.['description'], 'change 5')
    await assertCurrent(scene, copy, [staff])
  }),
  should('C43 an older deltaLink tells again all that changed since it was given (DELTA-41, DELTA-43)', async scene => {
    const staff = await scene.group()
    const link = await scene.latest()
    await staff.set({ description: 'changed' })
    const once = await scene.news(link, [staff])
    assert.deepEqual((await scene.news(once.deltaLink, [])).of(staff), [])
    assert.deepEqual((await scene.news(link, [staff])).of(staff), once.of(staff))
  }),
  should(
    'C44 a nextLink that is asked twice gives equivalent pages (DELTA-43)',
    async scene => {
      const { link } = await manyChanged(scene)
      const first = await scene.page(link)
      assert.equal(first.kind, 'next')
      assert.deepEqual((await scene.page(first.link)).items, (await scene.page(first.link)).items)
    },
    ['page size'],
  ),
  must('C45 a change outside the selected properties tells nothing (DELTA-21)', async ({ group, latest, news }) => {
    const staff = await group()
    const link = await latest('$select=displayName')
    await staff.set({ description: 'changed' })
    assert.deepEqual((await news(link, [])).of(staff), [])
  }),
  must('C46 a change of a selected property tells the selected ones alone (DELTA-20, DELTA-25)', async scene => {
    const staff = await scene.group({ description: 'All of us', members: [await scene.user()] })
    const link = await scene.latest('$select=displayName')
    const name = scene.newName()
    await staff.set({ displayName: name, description: 'None of us' })
    assert.deepEqual((await scene.news(link, [staff])).of(staff), [{ id: staff.id, displayName: name }])
  }),
  must('C47 a change of what Exchange stores tells nothing (DELTA-24)', async ({ team, latest, news }) => {
    const staff = await team()
    const link = await latest()
    await staff.set({ hideFromAddressLists: true })
    assert.deepEqual((await news(link, [])).of(staff), [])
  }),
  must('C48 a round may begin as soon as its deltaLink is there (DELTA-47)', async ({ group, round }) => {
    const first = await round(`/v1.0/groups/delta?${only(await group())}`)
    const second = await round(first.deltaLink)
    assert.deepEqual((await round(second.deltaLink)).items, [])
  }),
  must('C49 what is told of a changed group besides the change is true as well (DELTA-25)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const link = await scene.latest()
    await staff.set({ description: 'None of us' })
    const [item] = (await scene.news(link, [staff])).of(staff)
    const body = await bodyAt(scene, `/v1.0/groups/${staff.id}`)
    assert.equal(item?.['description'], 'None of us')
    for (const [name, value] of Object.entries(item ?? {})) assert.deepEqual(value, body[name], name)
  }),
  must('C50 a property set to null is told as null, with return=minimal too (DELTA-14, DELTA-26)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const link = await scene.latest()
    await staff.set({ description: null })
    for (const how of [{}, MINIMAL]) {
      const [item] = (await scene.news(link, [staff], how)).of(staff)
      assert.equal(item?.['description'], null)
    }
  }),
  should('C51 a PATCH of the value that is there already tells nothing (DELTA-30)', async ({ group, latest, news }) => {
    const staff = await group({ description: 'All of us' })
    const link = await latest()
    await staff.set({ description: 'All of us' })
    assert.deepEqual((await news(link, [])).of(staff), [])
  }),
  must(
    'C52 a later round of more groups than a page holds has several pages (DELTA-9, DELTA-41)',
    async scene => {
      const { groups, link } = await manyChanged(scene)
      const [one] = groups
      const first = await scene.page(link)
      assert.equal(first.kind, 'next')
      // What is written again in mid-round belongs to this round or to the next.
      await one?.set({ displayName: scene.newName() })
      const rest = await scene.round(first.link)
      const next = await scene.news(rest.deltaLink, [])
      await assertCurrent(scene, roundOf([first, ...rest.pages, ...next.pages]).copy, groups)
    },
    ['page size'],
  ),
  must('C53 a new deltaLink goes on by itself (DELTA-39, DELTA-41)', async scene => {
    const staff = await scene.group()
    const link = await scene.latest()
    await staff.set({ description: 'first' })
    const { deltaLink } = await scene.news(link, [staff])
    const name = scene.newName()
    await staff.set({ displayName: name })
    const { of } = await scene.news(deltaLink, [staff])
    assert.deepEqual(
      of(staff).map(item => item['displayName']),
      [name],
    )
  }),
]

/** More groups than a page holds, changed since the deltaLink. */
async function manyChanged(scene: Scene): Promise<{ groups: readonly Group[]; link: string }> {
  const groups = await scene.groups(pageSizeOf(scene.target).objects + 1)
  const link = await scene.latest()
  await Promise.all(groups.map(group => group.set({ description: 'changed' })))
  // A server that lags tells all of them from here on.
  await scene.news(link, groups)
  return { groups, link }
}
