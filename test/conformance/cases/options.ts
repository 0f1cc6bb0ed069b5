import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { type Case, must, should } from '../case.ts'
import { shown } from '../client.ts'
import { idsOf, only, pageOf } from '../round.ts'
import type { Scene } from '../scene.ts'

const FIRST = '/v1.0/groups/delta'
/** Ids that one $filter may name: learn.microsoft.com, graph/api/group-delta. */
const IDS_MAX = 50

export const OPTIONS: readonly Case[] = [
  must('C99 a $filter on ids tells of these groups alone, in every round (DELTA-16, DELTA-37)', async scene => {
    const [one, two, other] = await scene.groups(3)
    assert.ok(one && two && other)
    const first = await scene.round(`${FIRST}?${only(one, two)}`)
    assert.deepEqual(idsOf(first.items), idsOf([one, two]))
    for (const group of [one, two, other]) await group.set({ description: 'changed' })
    const second = await scene.news(first.deltaLink, [one, two])
    assert.deepEqual(idsOf(second.items), idsOf([one, two]))
    await other.delete()
    await two.delete()
    assert.deepEqual(idsOf((await scene.news(second.deltaLink, [two])).items), [two.id])
  }),
  must('C100 blanks in a $filter are written %20 or +, also before it (DELTA-37)', async ({ groups, round }) => {
    const [one, two] = await groups(2)
    assert.ok(one && two)
    for (const blank of ['%20', '+']) {
      const filter: string = `id eq '${one.id}' or id eq '${two.id}'`.replaceAll(' ', blank)
      for (const option of [`$filter=${filter}`, `$filter=${blank}${filter}`]) {
        assert.deepEqual(idsOf((await round(`${FIRST}?${option}`)).items), idsOf([one, two]), option)
      }
    }
  }),
  must('C101 a $filter may name 50 ids (DELTA-37)', async ({ groups, round }) => {
    const wanted = await groups(2)
    const filter = only(...wanted, ...unknown(IDS_MAX - wanted.length))
    assert.deepEqual(idsOf((await round(`${FIRST}?${filter}`)).items), idsOf(wanted))
  }),
  should('C102 a $filter of 51 ids is refused (DELTA-38)', async ({ get, refused }) => {
    refused(await get(`${FIRST}?${only(...unknown(IDS_MAX + 1))}`))
  }),
  should('C103 any other $filter is 400 Request_UnsupportedQuery (DELTA-38)', async ({ group, get, refused }) => {
    const { name } = await group()
    const reply = await get(`${FIRST}?$filter=displayName%20eq%20'${name}'`)
    assert.equal(reply.status, 400, shown(reply))
    refused(reply, { code: 'Request_UnsupportedQuery' })
  }),
  should('C104 an id that no group has is no error and tells nothing (DELTA-37)', async ({ page }) => {
    const { items, kind } = await page(`${FIRST}?${only(...unknown(1))}`)
    assert.deepEqual({ items, kind }, { items: [], kind: 'delta' })
  }),
  should('C105 $top changes nothing (DELTA-18)', scene => assertChangesNothing(scene, { option: '$top=1' })),
  should('C106 $orderby changes nothing, or is refused (DELTA-18)', scene =>
    assertChangesNothingOrRefused(scene, '$orderby=displayName'),
  ),
  should('C107 $search changes nothing, or is refused (DELTA-18)', scene =>
    assertChangesNothingOrRefused(scene, '$search=%22displayName:nobody%22'),
  ),
  should('C108 $expand=members tells members as ever, or is refused (DELTA-19)', scene =>
    assertChangesNothingOrRefused(scene, '$expand=members'),
  ),
  should('C109 $count=true changes nothing (DELTA-18)', scene =>
    assertChangesNothing(scene, { option: '$count=true' }),
  ),
  should('C110 Prefer: odata.maxpagesize changes nothing (DELTA-18)', scene =>
    assertChangesNothing(scene, { prefer: 'odata.maxpagesize=1' }),
  ),
  must('C111 $select and $filter together hold for later rounds (DELTA-16)', async scene => {
    const [one, two] = await scene.groups(2)
    assert.ok(one && two)
    const first = await scene.round(`${FIRST}?$select=displayName&${only(one)}`)
    assert.deepEqual(first.items, [{ id: one.id, displayName: one.name }])
    const name = scene.newName()
    await one.set({ displayName: name, description: 'changed' })
    await two.set({ displayName: scene.newName() })
    const second = await scene.news(first.deltaLink, [one])
    assert.deepEqual(second.items, [{ id: one.id, displayName: name }])
    await one.set({ description: 'changed again' })
    assert.deepEqual((await scene.news(second.deltaLink, [])).items, [])
  }),
]

function unknown(count: number) {
  return Array.from({ length: count }, () => ({ id: randomUUID() }))
}

/** Groups with a member, and the first request that tells of them alone. */
async function aFirstRequest({ group, user }: Scene): Promise<string> {
  const members = [await user()]
  return `${FIRST}?${only(await group({ members }), await group({ members }))}`
}

/** That the first page is the same, key by key, with an option or a preference as without. */
async function assertChangesNothing(
  scene: Scene,
  { option, ...how }: { option?: string; prefer?: string },
): Promise<void> {
  const first = await aFirstRequest(scene)
  const plain = await scene.page(first)
  const other = await scene.page(option === undefined ? first : `${first}&${option}`, how)
  assert.deepEqual(other.items, plain.items)
  assert.deepEqual(Object.keys(other.reply.body).sort(), Object.keys(plain.reply.body).sort())
}

async function assertChangesNothingOrRefused(scene: Scene, option: string): Promise<void> {
  const first = await aFirstRequest(scene)
  const reply = await scene.get(`${first}&${option}`)
  if (reply.status !== 200) {
    scene.refused(reply)
    return
  }
  const byId = (page: ReturnType<typeof pageOf>) => page.items.toSorted((one, other) => (one.id < other.id ? -1 : 1))
  assert.deepEqual(byId(pageOf(reply)), byId(await scene.page(first)))
}
