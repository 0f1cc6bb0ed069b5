import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { shown } from '../client.ts'
import { type Item, only, pageOf } from '../round.ts'
import { pageSizeOf } from '../target.ts'

export const SELECT: readonly Case[] = [
  must(
    'C54 without members among the selected, membership is neither shown nor told (DELTA-21)',
    async ({ group, users, round, news }) => {
      const [ann, bob] = await users(2)
      assert.ok(ann && bob)
      const staff = await group({ members: [ann] })
      const first = await round(`/v1.0/groups/delta?$select=displayName,description&${only(staff)}`)
      assert.ok(first.of(staff).every(item => !('members@delta' in item)))
      await staff.add(bob)
      await staff.remove(ann)
      assert.deepEqual((await news(first.deltaLink, [])).items, [])
    },
  ),
  must(
    'C55 with members among the selected, membership is shown and told (DELTA-20, DELTA-33)',
    async ({ group, users, round, news }) => {
      const [ann, bob] = await users(2)
      assert.ok(ann && bob)
      const staff = await group({ members: [ann] })
      const first = await round(`/v1.0/groups/delta?$select=displayName,description,members&${only(staff)}`)
      assert.deepEqual(
        first.entriesOf(staff).map(({ id }) => id),
        [ann.id],
      )
      await staff.add(bob)
      const told = await news(first.deltaLink, [staff])
      assert.deepEqual(
        told.entriesOf(staff).map(({ id }) => id),
        [bob.id],
      )
    },
  ),
  must('C56 with members selected alone, items hold id and members@delta alone (DELTA-20)', async scene => {
    const [staff, empty] = [await scene.group({ members: [await scene.user()] }), await scene.group()]
    const { of } = await scene.round(`/v1.0/groups/delta?$select=members&${only(staff, empty)}`)
    assert.deepEqual(of(staff).map(keysOf), [['id', 'members@delta']])
    assert.deepEqual(of(empty).map(keysOf), [['id']])
  }),
  must(
    'C57 with owners selected, owners@delta lists owners and members are silent (DELTA-21, DELTA-22)',
    async ({ group, users, round, news }) => {
      const [ann, bob] = await users(2)
      assert.ok(ann && bob)
      const staff = await group({ owners: [ann] })
      const first = await round(`/v1.0/groups/delta?$select=owners&${only(staff)}`)
      assert.deepEqual(first.items, [
        { id: staff.id, 'owners@delta': [{ '@odata.type': '#microsoft.graph.user', id: ann.id }] },
      ])
      await staff.add(bob)
      assert.deepEqual((await news(first.deltaLink, [])).items, [])
      await staff.addOwner(bob)
      assert.deepEqual((await news(first.deltaLink, [staff])).items, [
        { id: staff.id, 'owners@delta': [{ '@odata.type': '#microsoft.graph.user', id: bob.id }] },
      ])
    },
  ),
  must('C58 with id selected alone, only that groups come and go is told (DELTA-20, DELTA-21)', async scene => {
    const { group, latest, news } = scene
    const [staff, doomed] = [await group(), await group()]
    const link = await latest('$select=id')
    await staff.set({ description: 'changed' })
    const young = await group({ members: [await scene.user()] })
    await doomed.delete()
    const { of } = await news(link, [young, doomed])
    assert.deepEqual(of(staff), [])
    assert.deepEqual(of(young), [{ id: young.id }])
    assert.ok('@removed' in (of(doomed)[0] ?? {}))
  }),
  must('C59 the context of the first page names the selected properties (DELTA-8)', async ({ group, page }) => {
    const { context } = await page(`/v1.0/groups/delta?$select=displayName,description&${only(await group())}`)
    assert.match(context, /\$metadata#groups\(displayName,description\)$/)
  }),
  must(
    'C60 links show no $select, and the rounds behind them keep it (DELTA-7, DELTA-16)',
    async ({ group, newName, round, news }) => {
      const staff = await group({ description: 'All of us' })
      const { pages, deltaLink } = await round(`/v1.0/groups/delta?$select=displayName&${only(staff)}`)
      for (const { link } of pages) assert.doesNotMatch(link, /select/i)
      const name = newName()
      await staff.set({ displayName: name, description: 'None of us' })
      assert.deepEqual((await news(deltaLink, [staff])).items, [{ id: staff.id, displayName: name }])
    },
  ),
  should('C61 an unknown name in $select is 400 with the name in its message (DELTA-23)', async ({ get, refused }) => {
    const reply = await get('/v1.0/groups/delta?$select=displayName,shoeSize')
    assert.equal(reply.status, 400, shown(reply))
    refused(reply, { code: 'BadRequest' })
    assert.match(reply.body.error.message, /shoeSize/)
  }),
  should('C62 selected names are matched in any case and shown in their own (DELTA-2)', async ({ group, round }) => {
    const { items } = await round(`/v1.0/groups/delta?$select=DISPLAYNAME&${only(await group())}`)
    assert.deepEqual(items.map(keysOf), [['displayName', 'id']])
  }),
  should(
    'C63 a $select beside a $skiptoken is refused or ignored (DELTA-17)',
    async ({ groups, latest, news, page, round, get, refused, target }) => {
      const link = await latest('$select=displayName')
      await news(link, await groups(pageSizeOf(target).objects + 1))
      const first = await page(link)
      assert.equal(first.kind, 'next')
      const reply = await get(`${first.link}&$select=description`)
      if (reply.status >= 400) {
        refused(reply)
        return
      }
      const rest = await round(pageOf(reply).link)
      const items = [...pageOf(reply).items, ...rest.items]
      assert.ok(items.every(item => !('description' in item)))
    },
    ['page size'],
  ),
  should(
    'C64 a $select beside a $deltatoken is obeyed, ignored or refused (DELTA-17)',
    async ({ group, latest, get, refused }) => {
      const staff = await group()
      const link = await latest('$select=displayName')
      await staff.set({ description: 'changed' })
      const reply = await get(`${link}&$select=description`)
      if (reply.status === 200) pageOf(reply)
      else refused(reply)
    },
  ),
  should(
    'C65 no form of $select or $expand shows more of a member than type and id (DELTA-19, DELTA-23, DELTA-32)',
    async ({ group, user, get, refused }) => {
      const staff = await group({ members: [await user()] })
      for (const option of ['$select=members/displayName', '$expand=members($select=displayName)']) {
        const reply = await get(`/v1.0/groups/delta?${option}&${only(staff)}`)
        if (reply.status !== 200) {
          refused(reply)
          continue
        }
        for (const item of pageOf(reply).items) {
          assert.ok(!('members' in item), shown(reply))
          for (const entry of item['members@delta'] ?? []) assert.deepEqual(keysOf(entry), ['@odata.type', 'id'])
        }
      }
    },
  ),
  should('C66 a deleted group is told whatever was selected (DELTA-20, DELTA-59)', async ({ group, latest, news }) => {
    const links = [await latest('$select=displayName'), await latest('$select=members'), await latest('$select=id')]
    const staff = await group()
    await staff.delete()
    for (const link of links) {
      const { of } = await news(link, [staff])
      assert.ok('@removed' in (of(staff).at(-1) ?? {}), link)
    }
  }),
]

function keysOf(item: Item | object): string[] {
  return Object.keys(item).sort()
}
