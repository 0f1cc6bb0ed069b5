import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { aRealBrowser, formOf } from '../server/aBrowser.ts'
import { newPkce } from '../server/aDemonstration.ts'
import { aCaller, aFolder, aServing, askToken, type Ready } from './aProgram.ts'

const ADELE = '7f43a22c-e9f5-4f0b-9125-32d8e92a6519'
const ALL_EMPLOYEES = 'b61eb3ab-abbd-4f09-8a39-54d96b67cede'

interface Item {
  readonly id: string
  readonly displayName: string
  readonly groupTypes: readonly string[]
  readonly 'members@delta'?: readonly { readonly '@odata.type': string; readonly id: string }[]
}

type Page = Readonly<Record<'@odata.nextLink' | '@odata.deltaLink', string | undefined>> & {
  readonly value: readonly Item[]
}

/** The pages of a list or a round, to the last. */
async function pagesOf(ready: Ready, path: string): Promise<readonly Page[]> {
  const call = await aCaller(ready)
  const pages: Page[] = []
  for (let next: string | undefined = path; next !== undefined; next = pages.at(-1)?.['@odata.nextLink']) {
    const answer = await call(next)
    assert.equal(answer.status, 200)
    pages.push((await answer.json()) as Page)
  }
  return pages
}

/** Of each member of a group, by the type of its object, over all the pages of a round. */
function membersIn(pages: readonly Page[], id: string, type: string): Set<string> {
  const entries = pages
    .flatMap(({ value }) => value.filter(item => item.id === id))
    .flatMap(item => item['members@delta'] ?? [])
  return new Set(entries.filter(entry => entry['@odata.type'] === `#microsoft.graph.${type}`).map(entry => entry.id))
}

test('the demonstration is 30 groups, three of them nested, and 3,000 users, one group holding them all', async t => {
  const { ready } = await aServing(t, ['--demo', '--database', join(aFolder(t), 'demo.db')])
  const users = (await pagesOf(ready, '/v1.0/users?$top=999')).flatMap(({ value }) => value)
  assert.equal(users.length, 3_000)
  assert.equal(new Set(users.map(({ displayName }) => displayName)).size, 3_000)

  const pages = await pagesOf(ready, '/v1.0/groups/delta')
  const groups = new Map(pages.flatMap(({ value }) => value.map(item => [item.id, item] as const)))
  assert.equal(groups.size, 30)
  assert.ok([...groups.values()].filter(({ groupTypes }) => groupTypes.includes('Unified')).length > 1)
  assert.equal(
    [...groups.keys()].reduce((nested, id) => nested + membersIn(pages, id, 'group').size, 0),
    3,
  )

  const [everybody] = [...groups.values()].filter(({ displayName }) => displayName === 'All Employees')
  assert.deepEqual(membersIn(pages, everybody?.id ?? '', 'user'), new Set(users.map(({ id }) => id)))
  const parts = pages.filter(({ value }) => value.some(({ id }) => id === everybody?.id))
  assert.ok(parts.length > 1, 'the group of all is not split over pages')
})

test('the demonstration is the same everywhere: documents may name its ids', async t => {
  const { ready } = await aServing(t, ['--demo', '--database', join(aFolder(t), 'demo.db')])
  assert.equal(ready.tenantId, '5f1d7a52-8c3e-4b6f-9a41-2e7d0c9b8a13')
  assert.equal(ready.clientId, 'b7a9f0c4-31d2-4e85-a6c7-94e20f5d8b61')
  const call = await aCaller(ready)
  const nameOf = async (path: string): Promise<unknown> => ((await (await call(path)).json()) as Item).displayName
  assert.equal(await nameOf(`/v1.0/groups/${ALL_EMPLOYEES}`), 'All Employees')
  assert.equal(await nameOf(`/v1.0/users/${ADELE}`), 'Adele Abubakar')
  assert.equal(await nameOf('/v1.0/users/adele.abubakar@5f1d7a52.tidemark.example'), 'Adele Abubakar')
})

test('the demonstration is made in one commit, and a later start leaves it as it is', async t => {
  const words = ['--demo', '--control', '0', '--database', join(aFolder(t), 'demo.db')]
  const headOf = async ({ controlUrl }: Ready): Promise<unknown> => {
    const { tenants } = (await (await fetch(String(controlUrl))).json()) as { tenants: readonly { head: number }[] }
    return tenants.map(({ head }) => head)
  }
  const first = await aServing(t, words)
  assert.deepEqual(await headOf(first.ready), [1])
  const call = await aCaller(first.ready)
  assert.equal((await call(`/v1.0/groups/${ALL_EMPLOYEES}`, { method: 'DELETE' })).status, 204)
  await first.kill('SIGTERM')
  const second = await aServing(t, words)
  assert.deepEqual(await headOf(second.ready), [2])
})

test('every start of the demonstration makes a new secret and ends the one before', async t => {
  const words = ['--demo', '--database', join(aFolder(t), 'demo.db')]
  const first = await aServing(t, words)
  const { clientId, clientSecret: old } = first.ready
  await first.kill('SIGTERM')
  const second = await aServing(t, words)
  const { tokenUrl, clientSecret } = second.ready
  assert.notEqual(clientSecret, old)
  assert.equal((await askToken(tokenUrl, clientId, String(clientSecret))).status, 200)
  const refused = await askToken(tokenUrl, clientId, String(old))
  assert.equal(refused.status, 401)
  assert.equal(((await refused.json()) as { error: string }).error, 'invalid_client')
})

test('people sign in to the demonstration as whom they choose: the first of them administers it (DELTA-245)', async t => {
  const { ready } = await aServing(t, ['--demo', '--database', join(aFolder(t), 'demo.db')])
  const { url, tokenUrl, tenantId, clientId } = ready
  const { verifier, challenge } = newPkce()
  const redirect_uri = 'http://localhost:5000/auth/callback'
  const query = new URLSearchParams({
    ...{ client_id: clientId, response_type: 'code', redirect_uri, scope: 'User.Read Group.ReadWrite.All' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const browser = aRealBrowser()
  const page = await browser.open(`${url}/${tenantId}/oauth2/v2.0/authorize?${query}`)
  // README.md says so.
  assert.equal(formOf(page, 'sign-in').fields['user'], ADELE)
  assert.match(page.text, /checked> Adele Abubakar, [^<]+<span class="role">\(Global Administrator\)/)
  const back = await browser.submit(page, { act: 'sign-in' })
  const code = String(new URL(String(back.headers['location'])).searchParams.get('code'))
  const grant = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri, code_verifier: verifier }
  const answer = await fetch(tokenUrl, { method: 'POST', body: new URLSearchParams(grant) })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const call = (path: string, init: RequestInit = {}) =>
    fetch(`${url}/v1.0${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } })
  assert.equal(((await (await call('/me')).json()) as Item).id, ADELE)
  assert.equal((await call(`/groups/${ALL_EMPLOYEES}`, { method: 'DELETE' })).status, 204)
})
