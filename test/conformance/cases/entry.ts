import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { shown } from '../client.ts'
import { idsOf, type Named, only } from '../round.ts'
import type { Scene } from '../scene.ts'
import { pageSizeOf } from '../target.ts'

const CONTENT_TYPE =
  'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8'

export const ENTRY: readonly Case[] = [
  must(
    'C1 a request to /groups/delta without a token is answered with a context, a list and a link (DELTA-6, DELTA-8, DELTA-12)',
    async ({ group, page }) => {
      await group()
      const { context } = await page('/v1.0/groups/delta')
      assert.match(context, /\$metadata#groups$/)
    },
  ),
  must('C2 /groups/microsoft.graph.delta tells the same groups as /groups/delta (DELTA-1)', scene =>
    assertSamePath(scene, '/v1.0/groups/microsoft.graph.delta'),
  ),
  should('C3 the function may be written with parentheses (DELTA-1)', async scene => {
    await assertSamePath(scene, '/v1.0/groups/delta()')
    await assertSamePath(scene, '/v1.0/groups/microsoft.graph.delta()')
  }),
  must('C4 a slash before the query string changes nothing (DELTA-1)', scene =>
    assertSamePath(scene, '/v1.0/groups/delta/'),
  ),
  must(
    'C5 $deltaToken and $SkipToken are $deltatoken and $skiptoken (DELTA-2)',
    async scene => {
      const { groups, link } = await manyNews(scene)
      const first = await scene.page(link.replace('$deltatoken', '$deltaToken'))
      assert.equal(first.kind, 'next')
      const rest = await scene.round(first.link.replace('$skiptoken', '$SkipToken'))
      assertTold([...first.items, ...rest.items], groups)
    },
    ['page size'],
  ),
  should('C6 an option may be written without its $ (DELTA-2)', scene =>
    assertSelects(scene, 'select=displayName', ['displayName', 'id']),
  ),
  should('C7 the $ and the commas of options may be percent-encoded (DELTA-2)', scene =>
    assertSelects(scene, '%24select=displayName%2Cmembers', ['displayName', 'id', 'members@delta']),
  ),
  should('C8 the case of a path does not matter (DELTA-2)', scene => assertSamePath(scene, '/v1.0/Groups/Delta')),
  must(
    'C9 every page has either a nextLink or a deltaLink (DELTA-6)',
    async scene => {
      await scene.page('/v1.0/groups/delta')
      const { link } = await manyNews(scene)
      const { pages } = await scene.round(link)
      assert.ok(pages.length > 1, 'the round has one page')
      for (const { reply } of pages) {
        const links = ['@odata.nextLink', '@odata.deltaLink'].filter(name => name in reply.body)
        assert.equal(links.length, 1, `a page has ${links.length} links`)
      }
    },
    ['page size'],
  ),
  must(
    'C10 a nextLink carries $skiptoken and a deltaLink $deltatoken (DELTA-7)',
    async scene => {
      const { link } = await manyNews(scene)
      for (const page of (await scene.round(link)).pages) {
        assert.match(page.link, page.kind === 'next' ? /[?&](\$|%24)skiptoken=./i : /[?&](\$|%24)deltatoken=./i)
      }
    },
    ['page size'],
  ),
  must(
    'C11 links are absolute and lead to /groups/delta below the address that was called (DELTA-3)',
    async scene => {
      const { link } = await manyNews(scene)
      for (const page of (await scene.round(link)).pages) assertLeadsTo(page.link, scene, 'v1.0')
    },
    ['page size'],
  ),
  must(
    'C12 a link that is asked again as it stands goes on with its round (DELTA-43)',
    async scene => {
      const { groups, link } = await manyNews(scene)
      await scene.round(link)
      const first = await scene.page(link)
      const rest = await scene.round(first.link)
      assertTold([...first.items, ...rest.items], groups)
    },
    ['page size'],
  ),
  must('C13 what is called as /beta names /beta in its links and context (DELTA-3)', async scene => {
    const { context, link } = await scene.page(`/beta/groups/delta?${only(await scene.group())}`)
    assert.match(context, /\/beta\/\$metadata#groups$/)
    assertLeadsTo(link, scene, 'beta')
  }),
  must('C14 a GET with a Content-Type and no body is accepted (DELTA-11)', async ({ page, group }) => {
    const path = `/v1.0/groups/delta?${only(await group())}`
    await page(path, { headers: { 'content-type': 'application/json' } })
  }),
  should('C15 whatever Accept says, or without it, the answer is JSON (DELTA-11)', async ({ page, group }) => {
    const path = `/v1.0/groups/delta?${only(await group())}`
    for (const accept of ['application/json;q=1', '*/*', null]) {
      await page(path, accept === null ? {} : { headers: { accept } })
    }
  }),
  should('C16 JSON has the Content-Type and the OData-Version that Graph sends (DELTA-11)', async ({ page, group }) => {
    const { reply } = await page(`/v1.0/groups/delta?${only(await group())}`)
    assert.equal(reply.headers['content-type'], CONTENT_TYPE)
    assert.equal(reply.headers['odata-version'], '4.0')
  }),
  should('C17 a POST to /groups/delta is 405 Request_BadRequest (DELTA-105)', async ({ post, refused }) => {
    const reply = await post('/v1.0/groups/delta', {})
    assert.equal(reply.status, 405, shown(reply))
    refused(reply, { status: 405, code: 'Request_BadRequest' })
    assert.equal(reply.body.error.message, 'Specified HTTP method is not allowed for the request target.')
  }),
]

/** That a path tells of two groups what `/v1.0/groups/delta` tells of them. */
async function assertSamePath({ groups, round }: Scene, path: string): Promise<void> {
  const query = only(...(await groups(2)))
  const [here, there] = [await round(`/v1.0/groups/delta?${query}`), await round(`${path}?${query}`)]
  assert.equal(here.items.length, 2)
  assert.deepEqual(there.items, here.items)
}

/** That a first request with this option shows a group with one member under these keys alone. */
async function assertSelects({ group, user, round }: Scene, option: string, keys: readonly string[]): Promise<void> {
  const staff = await group({ members: [await user()] })
  const { items } = await round(`/v1.0/groups/delta?${option}&${only(staff)}`)
  assert.deepEqual(
    items.map(item => Object.keys(item).sort()),
    [keys],
  )
}

function assertTold(items: readonly Named[], groups: readonly Named[]): void {
  const told = idsOf(items)
  for (const { id } of groups) assert.ok(told.includes(id), `the group ${id} is not told`)
}

/** More new groups than a page holds, and a deltaLink that tells them. */
async function manyNews({ latest, groups, news, target }: Scene) {
  const link = await latest()
  const made = await groups(pageSizeOf(target).objects + 1)
  // A server that lags tells all of them from here on.
  await news(link, made)
  return { groups: made, link }
}

function assertLeadsTo(link: string, { target }: Scene, version: string): void {
  const { origin, pathname } = new URL(link)
  const base = new URL(target.url)
  assert.equal(origin, base.origin)
  assert.equal(pathname, `${base.pathname.replace(/\/$/, '')}/${version}/groups/delta`)
}
