import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import { assertCurrent } from '../current.ts'
import type { Scene } from '../scene.ts'
import { controlOf } from '../target.ts'

/** What clients take for «start over»; compared in any case, as clients are told to. */
const RESYNC = ['syncstatenotfound', 'resyncrequired', 'request_unsupportedquery']

export const TOKENS: readonly Case[] = [
  must(
    'C112 a deltaLink of more than seven days is refused with a code that means resync (DELTA-49, DELTA-50)',
    async scene => {
      const reply = await anExpiredLink(scene)
      scene.refused(reply)
      assert.ok(RESYNC.includes(reply.body.error.code.toLowerCase()), shown(reply))
    },
    ['clock'],
  ),
  should(
    'C113 that is 400, or 410 with a Location that begins a first round (DELTA-50)',
    async scene => {
      const staff = await scene.group({ description: 'All of us' })
      const reply = await anExpiredLink(scene)
      assert.ok(reply.status === 400 || reply.status === 410, shown(reply))
      if (reply.status === 410) await assertLeadsToAll(scene, reply, [staff])
    },
    ['clock'],
  ),
  must(
    'C114 after a reset a deltaLink is 410, and its Location, with an empty $deltatoken, begins a first round (DELTA-50, DELTA-53)',
    async scene => {
      const staff = await scene.group({ description: 'All of us' })
      const link = await scene.latest()
      await controlOf(scene.target).resetTokens()
      const reply = await scene.get(link)
      assert.equal(reply.status, 410, shown(reply))
      scene.refused(reply, { code: 'syncStateNotFound' })
      await assertLeadsToAll(scene, reply, [staff])
    },
    ['control'],
  ),
  should(
    'C115 a deltaLink of an hour less than seven days is good (DELTA-49)',
    async scene => {
      const { group, latest, news, target } = scene
      const staff = await group()
      const link = await latest()
      await staff.set({ description: 'changed' })
      await controlOf(target).advance('167h')
      assert.equal((await news(link, [staff])).of(staff).length, 1)
    },
    ['clock'],
  ),
  should(
    'C116 each deltaLink has seven days of its own (DELTA-49)',
    async ({ latest, round, target }) => {
      const link = await latest()
      await controlOf(target).advance('6d')
      const { deltaLink } = await round(link)
      await controlOf(target).advance('6d')
      await round(deltaLink)
    },
    ['clock'],
  ),
  should(
    'C117 a state token that no server gave is 400 Request_BadRequest, or refused like an old one (DELTA-54)',
    async ({ get, refused }) => {
      for (const option of ['$deltatoken', '$skiptoken']) {
        for (const token of ['abc', 'a'.repeat(200), '%00', '..%2F..']) {
          const reply = await get(`/v1.0/groups/delta?${option}=${token}`)
          refused(reply)
          const { code } = reply.body.error
          assert.ok(code === 'Request_BadRequest' || RESYNC.includes(code.toLowerCase()), shown(reply))
        }
      }
    },
  ),
  should(
    'C118 a token of users, or of another tenant, is 400 for groups and tells nothing (DELTA-55)',
    async ({ round, get, refused }) => {
      const users = await round('/v1.0/users/delta?$deltatoken=latest')
      const elsewhere = await round('/v1.0/users/delta?$deltatoken=latest', { token: 'neighbour' })
      for (const link of [users.deltaLink.replace('/users/', '/groups/'), elsewhere.deltaLink]) {
        const reply = await get(link)
        assert.equal(reply.status, 400, shown(reply))
        refused(reply, { code: 'Request_BadRequest' })
        assert.ok(!('value' in reply.body))
      }
    },
    ['neighbour token'],
  ),
]

/** What a link of eight days ago is answered. */
async function anExpiredLink({ latest, get, target }: Scene): Promise<Reply> {
  const link = await latest()
  await controlOf(target).advance('8d')
  return get(link)
}

/** That the Location of a 410 has an empty $deltatoken and begins a first round, in which these groups are. */
async function assertLeadsToAll(scene: Scene, { headers }: Reply, groups: Parameters<typeof assertCurrent>[2]) {
  const { location } = headers
  assert.ok(location !== undefined, 'the 410 has no Location')
  assert.match(location, /[?&](\$|%24)deltatoken=(&|$)/i)
  const { copy } = await scene.round(location)
  await assertCurrent(scene, copy, groups)
}
