import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { type How, shown } from '../client.ts'
import type { Group } from '../handle.ts'
import { statusOfRawGet } from '../rawRequest.ts'
import { assertRefused } from '../refusal.ts'
import { idsOf, type Named, only, type Round } from '../round.ts'
import type { Scene } from '../scene.ts'

const FIRST = '/v1.0/groups/delta'
const UNSUPPORTED = { status: 400, code: 'Request_UnsupportedQuery' }

export const OPTIONS: readonly Case[] = [
  must('C99 a $filter on ids tells these groups alone, in every round (DELTA-16, DELTA-37)', async scene => {
    const [one, two, other] = await threeGroups(scene)
    const first = await scene.round(`${FIRST}?${only(one, two)}`)
    assert.deepEqual(idsOf(first.items), idsOf([one, two]))
    const ann = await scene.user()
    for (const group of [one, two, other]) await group.set({ description: 'changed' })
    for (const group of [one, other]) await group.add(ann)
    await scene.group()
    const second = await scene.news(first.deltaLink, [one, two])
    assert.deepEqual(idsOf(second.items), idsOf([one, two]))
    assert.deepEqual(idsOf(second.entriesOf(one)), [ann.id])
    await two.delete()
    await other.delete()
    const third = await scene.news(second.deltaLink, [two])
    assert.deepEqual(idsOf(third.items), [two.id])
    assert.ok(third.items.every(item => '@removed' in item))
  }),
  must(
    'C100 a blank in a $filter is + or %20, at its beginning too, and a raw one is no request (DELTA-37, DELTA-102)',
    async scene => {
      const [one, two] = await threeGroups(scene)
      const plain = `id eq '${one.id}' or id eq '${two.id}'`
      for (const text of [plain, ` ${plain}`, `${plain} `]) {
        for (const blank of ['+', '%20']) {
          const { items } = await scene.round(`${FIRST}?$filter=${text.replaceAll(' ', blank)}`)
          assert.deepEqual(idsOf(items), idsOf([one, two]), blank)
        }
      }
      const headers = { authorization: `Bearer ${await scene.target.tokens.writer?.()}` }
      const raw = (blank: string): Promise<number> =>
        statusOfRawGet(new URL(scene.target.url), `${FIRST}?$filter=${plain.replaceAll(' ', blank)}`, headers)
      assert.deepEqual([await raw('%20'), await raw(' ')], [200, 400])
    },
  ),
  must('C101 a $filter may name 50 ids (DELTA-37)', async scene => {
    const [one, two, other] = await threeGroups(scene)
    const ids = [one, ...unknown(24), two, ...unknown(24)]
    const first = await scene.round(`${FIRST}?${only(...ids)}`)
    assert.deepEqual(idsOf(first.items), idsOf([one, two]))
    for (const group of [one, two, other]) await group.set({ description: 'changed' })
    const { items } = await scene.news(first.deltaLink, [one, two])
    assert.deepEqual(idsOf(items), idsOf([one, two]))
  }),
  should('C102 a $filter of 51 ids is refused (DELTA-38)', async scene => {
    const reply = await scene.get(`${FIRST}?${only(...unknown(50), await scene.group())}`)
    scene.refused(reply)
    assert.ok(!('value' in reply.body))
  }),
  should('C103 a $filter of any other form is 400 Request_UnsupportedQuery (DELTA-38)', async scene => {
    const { id, name } = await scene.group()
    const reply = await scene.get(`${FIRST}?$filter=${encodeURIComponent(`displayName eq '${name}'`)}`)
    assertRefused(scene, reply, { ...UNSUPPORTED, message: 'Unsupported Query.' })
    for (const filter of [
      `id ne '${id}'`,
      `id ge '${id}'`,
      `not (id eq '${id}')`,
      `id in ('${id}')`,
      `id eq '${id}' and displayName eq '${name}'`,
      `id eq '${id}' or displayName eq '${name}'`,
      `startsWith(displayName,'${name}')`,
    ]) {
      assertRefused(scene, await scene.get(`${FIRST}?$filter=${encodeURIComponent(filter)}`), UNSUPPORTED)
    }
  }),
  should('C104 a $filter for an id that no group has tells nothing, until one has it (DELTA-37)', async scene => {
    const [gone, staff] = [await scene.team(), await scene.group()]
    await gone.delete()
    const { items, kind, link } = await scene.page(`${FIRST}?${only(...unknown(1), await scene.user(), gone)}`)
    assert.deepEqual({ items, kind }, { items: [], kind: 'delta' })
    await staff.set({ description: 'changed' })
    await gone.restore()
    assert.deepEqual(idsOf((await scene.news(link, [gone])).items), [gone.id])
  }),
  should('C105 $top neither shortens a round nor its pages (DELTA-18)', async scene => {
    await assertIgnored(scene, '$top=1')
  }),
  should('C106 $orderby is refused or changes nothing in what is told (DELTA-18)', scene =>
    assertRefusedOrIgnored(scene, () => '$orderby=displayName desc'),
  ),
  should('C107 $search is refused or leaves no group out (DELTA-18)', scene =>
    assertRefusedOrIgnored(scene, ([{ name }]) => `$search="displayName:${name}"`),
  ),
  should(
    'C108 $expand=members is refused or means that members are tracked, and never shows them whole (DELTA-19)',
    async scene => {
      const [ann, bob] = await scene.users(2)
      assert.ok(ann && bob)
      const staff = await scene.group({ members: [ann] })
      const path = `${FIRST}?$expand=members&${only(staff)}`
      const reply = await scene.get(path)
      if (reply.status !== 200) {
        scene.refused(reply)
        return
      }
      const first = await scene.round(path)
      await staff.add(bob)
      const second = await scene.news(first.deltaLink, [staff])
      assert.deepEqual(
        [first, second].map(told => idsOf(told.entriesOf(staff))),
        [[ann.id], [bob.id]],
      )
      for (const item of [...first.items, ...second.items]) {
        assert.ok(!('members' in item))
        for (const entry of item['members@delta'] ?? [])
          assert.deepEqual(Object.keys(entry).sort(), ['@odata.type', 'id'])
      }
    },
  ),
  should('C109 $count=true counts nothing (DELTA-18)', async scene => {
    for (const { reply } of (await assertIgnored(scene, '$count=true')).pages) {
      assert.ok(!('@odata.count' in reply.body), shown(reply))
    }
  }),
  should('C110 a preferred page size changes nothing (DELTA-18)', async scene => {
    await assertIgnored(scene, '', { prefer: 'odata.maxpagesize=1' })
  }),
  must('C111 a $select and a $filter hold together for all links (DELTA-16)', async scene => {
    const groups = await scene.groups(Math.min(scene.target.page?.objects ?? 1, 49) + 1)
    const other = await scene.group()
    const first = await scene.round(`${FIRST}?$select=displayName&${only(...groups)}`)
    assertSelected(first, groups)
    let link = first.deltaLink
    for (const description of ['changed', 'and again']) {
      // What is not selected or not filtered tells nothing; what is, tells itself alone.
      for (const group of [...groups, other]) await group.set({ description })
      await other.set({ displayName: scene.newName() })
      const quiet = await scene.news(link, [])
      assert.deepEqual(quiet.items, [])
      for (const group of groups) await group.set({ displayName: scene.newName() })
      const told = await scene.news(quiet.deltaLink, groups)
      assertSelected(told, groups)
      link = told.deltaLink
    }
  }),
]

async function threeGroups({ groups }: Scene): Promise<readonly [Group, Group, Group]> {
  const [one, two, three] = await groups(3)
  assert.ok(one && two && three)
  return [one, two, three]
}

/** Ids that name nothing. */
function unknown(count: number): readonly Named[] {
  return Array.from({ length: count }, () => ({ id: randomUUID() }))
}

/**
 * That with an option, or a header, a first round and the one after it tell the same of three groups as without, on as
 * many pages. Gives the first round.
 */
async function assertIgnored(scene: Scene, option: string, how: How = {}): Promise<Round> {
  return assertSame(scene, await threeGroups(scene), option, how)
}

/** The same of an option that may be refused as well. */
async function assertRefusedOrIgnored(
  scene: Scene,
  optionFor: (groups: readonly [Group, Group, Group]) => string,
): Promise<void> {
  const groups = await threeGroups(scene)
  const option = encodeURI(optionFor(groups))
  const reply = await scene.get(`${FIRST}?${only(...groups)}&${option}`)
  if (reply.status === 200) await assertSame(scene, groups, option, {})
  else scene.refused(reply)
}

async function assertSame(scene: Scene, groups: readonly Group[], option: string, how: How): Promise<Round> {
  const path = `${FIRST}?${only(...groups)}`
  const plain = await scene.round(path)
  const other = await scene.round(option === '' ? path : `${path}&${option}`, how)
  assertAlike(other, plain, groups)
  for (const group of groups) await group.set({ description: 'changed' })
  assertAlike(await scene.news(other.deltaLink, groups, how), await scene.news(plain.deltaLink, groups), groups)
  return other
}

function assertAlike(other: Round, plain: Round, groups: readonly Named[]): void {
  assert.deepEqual(idsOf(plain.items), idsOf(groups))
  assert.deepEqual(other.copy, plain.copy)
  assert.equal(other.pages.length, plain.pages.length, 'the pages are others')
}

function assertSelected(told: Round, groups: readonly Named[]): void {
  assert.deepEqual(idsOf(told.items), idsOf(groups))
  for (const item of told.items) assert.deepEqual(Object.keys(item).sort(), ['displayName', 'id'])
}
