import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import { assertCurrent } from '../current.ts'
import { assertRefused } from '../refusal.ts'
import { only } from '../round.ts'
import { controlOf, pageSizeOf } from '../target.ts'

const FIRST = '/v1.0/groups/delta'

export const TOKENS: readonly Case[] = [
  must(
    'C112 a deltaLink older than seven days is refused with a code that means resync (DELTA-49, DELTA-50)',
    async scene => {
      const { advance } = controlOf(scene.target)
      const staff = await scene.group()
      const link = await scene.latest()
      await staff.set({ description: 'changed' })
      await advance('7d')
      await advance('1m')
      for (const attempt of ['first', 'second']) {
        const reply = await scene.get(link)
        scene.refused(reply)
        assert.ok(meansResync(reply), `${attempt}: ${shown(reply)}`)
        assert.ok(!('value' in reply.body))
      }
    },
    ['clock'],
  ),
  should(
    'C113 it is 400, or 410 with a Location that begins again with the same options (DELTA-50)',
    async scene => {
      const { advance } = controlOf(scene.target)
      const [staff, other] = [await scene.group({ description: 'All of us' }), await scene.group()]
      const link = await scene.latest(`$select=displayName,description&${only(staff)}`)
      await advance('8d')
      const reply = await scene.get(link)
      assert.ok([400, 410].includes(reply.status), shown(reply))
      if (reply.status === 400) return
      const { items, of, deltaLink } = await scene.round(locationOf(reply))
      assert.deepEqual(of(other), [])
      assert.deepEqual(items, [{ id: staff.id, displayName: staff.name, description: 'All of us' }])
      await staff.set({ theme: 'Blue' })
      assert.deepEqual((await scene.news(deltaLink, [])).items, [])
    },
    ['clock'],
  ),
  must(
    'C114 a reset is 410 with a Location whose $deltatoken is empty, and which begins a full round (DELTA-50, DELTA-53)',
    async scene => {
      const { expireTokens, resetTokens } = controlOf(scene.target)
      for (const reset of [expireTokens, resetTokens]) {
        const link = await scene.latest()
        const groups = await scene.groups(pageSizeOf(scene.target).objects + 1)
        const { kind, link: nextLink } = await scene.page(link)
        assert.equal(kind, 'next')
        await reset()
        for (const old of [link, nextLink]) {
          const reply = await scene.get(old)
          assert.equal(reply.status, 410, shown(reply))
          scene.refused(reply, { code: 'syncStateNotFound' })
          const location = locationOf(reply)
          assert.equal(new URL(location).searchParams.get('$deltatoken'), '')
          const { copy, deltaLink } = await scene.round(location)
          await assertCurrent(scene, copy, groups)
          assert.deepEqual((await scene.round(deltaLink)).items, [])
        }
      }
    },
    ['control', 'page size'],
  ),
  should(
    'C115 a deltaLink that is an hour short of seven days old is good (DELTA-49)',
    async scene => {
      const { advance } = controlOf(scene.target)
      const [changed, deleted] = await scene.groups(2)
      assert.ok(changed && deleted)
      const link = await scene.latest()
      await changed.set({ description: 'changed' })
      await deleted.delete()
      await advance('6d')
      await advance('23h')
      const { of } = await scene.news(link, [changed, deleted])
      assert.equal(of(changed).at(-1)?.['description'], 'changed')
      assert.ok('@removed' in (of(deleted).at(-1) ?? {}))
    },
    ['clock'],
  ),
  should(
    'C116 every deltaLink has seven days of its own (DELTA-49)',
    async scene => {
      const { advance } = controlOf(scene.target)
      const staff = await scene.group()
      const links = [await scene.latest()]
      for (const description of ['first', 'second', 'third']) {
        await staff.set({ description })
        await advance('6d')
        const { of, deltaLink } = await scene.news(links.at(-1) ?? '', [staff])
        assert.equal(of(staff).at(-1)?.['description'], description)
        links.push(deltaLink)
      }
      const [first, second] = links
      for (const old of [first, second]) scene.refused(await scene.get(old ?? ''))
    },
    ['clock'],
  ),
  should(
    'C117 a token that the server never gave is 400 Request_BadRequest or asks for a resync (DELTA-53, DELTA-54)',
    async scene => {
      const staff = await scene.group()
      const link = await scene.latest()
      await staff.set({ description: 'changed' })
      const token = tokenOf(link)
      const texts = ['garbage', '0', '%00', '../..', token.slice(0, -1), `${token}=`, token + token, 'x'.repeat(4000)]
      for (const forged of [...texts, ...alterationsOf(token)]) {
        for (const name of ['$deltatoken', '$skiptoken']) {
          const reply = await scene.get(`${FIRST}?${name}=${forged}`)
          if (meansResync(reply)) scene.refused(reply)
          else assertRefused(scene, reply, { status: 400, code: 'Request_BadRequest' })
          assert.ok(!('value' in reply.body))
        }
      }
      assert.equal((await scene.news(link, [staff])).of(staff).length, 1)
    },
  ),
  should(
    'C118 a token of another resource or tenant is 400 and shows nothing (DELTA-55)',
    async scene => {
      const users = '/v1.0/users/delta?$deltatoken=latest'
      const [own, theirs] = [await scene.page(users), await scene.page(users, { token: 'neighbour' })]
      const groups = await scene.latest()
      await Promise.all([scene.user(), scene.group()])
      for (const [path, token] of [
        [`${FIRST}?$deltatoken=${tokenOf(own.link)}`, 'writer'],
        [`/v1.0/users/delta?$deltatoken=${tokenOf(groups)}`, 'writer'],
        [own.link, 'neighbour'],
        [theirs.link, 'writer'],
      ] as const) {
        const reply = await scene.get(path, { token })
        assertRefused(scene, reply, { status: 400, code: 'Request_BadRequest' })
        assert.deepEqual(Object.keys(reply.body), ['error'])
      }
      assert.ok((await scene.round(own.link)).items.length > 0)
      assert.deepEqual((await scene.round(theirs.link, { token: 'neighbour' })).items, [])
    },
    ['neighbour token'],
  ),
]

/** What clients take for «start over»: learn.microsoft.com, graph/errors; the last, and other cases, in the field alone. */
function meansResync({ body }: Reply): boolean {
  return /^(syncStateNotFound|resync[a-z]+|Request_UnsupportedQuery)$/i.test(body?.error?.code)
}

function locationOf(reply: Reply): string {
  const { location } = reply.headers
  assert.ok(location !== undefined, `a 410 has a Location: ${shown(reply)}`)
  return location
}

/** The state token of a link. */
function tokenOf(link: string): string {
  const { searchParams } = new URL(link)
  const token = searchParams.get('$deltatoken') ?? searchParams.get('$skiptoken')
  assert.ok(token)
  return token
}

/** The token with one character altered, here and there. */
function alterationsOf(token: string): readonly string[] {
  const places = Array.from({ length: Math.ceil(token.length / 4) }, (_, index) => index * 4)
  return places.map(at => `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`)
}
