import assert from 'node:assert/strict'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { aFolder, aServing, type Ended, ROOT, type Serving, start, type Variables } from '../cli/aProgram.ts'

const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

/** The fenced examples of a section, in one language. */
function examples(heading: string, language: string): string[] {
  const section = README.split(/^## /m).find(text => text.startsWith(`${heading}\n`))
  assert.ok(section, `README.md has no section «${heading}»`)
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code)
}

async function shell(code: string, variables: Variables): Promise<Ended> {
  const ended = await start(['sh', '-ec', code], variables).ended
  assert.equal(ended.code, 0, ended.stderr)
  return ended
}

async function aDemonstration(context: TestContext, words: readonly string[] = []): Promise<Serving> {
  return aServing(context, ['--demo', '--database', join(aFolder(context), 'demo.db'), ...words])
}

function variablesOf({ ready }: Serving): Record<string, string> {
  return {
    URL: ready.url,
    TOKEN_URL: ready.tokenUrl,
    CLIENT_ID: ready.clientId,
    CLIENT_SECRET: ready.clientSecret ?? '',
  }
}

/** The token that the README's own lines fetch. */
async function readmeToken(serving: Serving): Promise<string> {
  const code = examples('The first five minutes', 'sh').find(text => text.startsWith('TOKEN='))
  return (await shell(`${code}\nprintf %s "$TOKEN"`, variablesOf(serving))).stdout
}

test('the first five minutes of the README go as it says', async t => {
  const serving = await aDemonstration(t)
  const [, , firstRound = '', later = ''] = examples('The first five minutes', 'sh')
  const variables: Record<string, string> = { ...variablesOf(serving), TOKEN: await readmeToken(serving) }
  let page = JSON.parse((await shell(firstRound, variables)).stdout)
  assert.ok(page.value.length > 0)
  for (let pages = 0; page['@odata.deltaLink'] === undefined; pages += 1) {
    assert.ok(pages < 20, 'the round does not end')
    const link: string = page['@odata.nextLink']
    page = JSON.parse(
      (await shell('curl -s -H "Authorization: Bearer $TOKEN" "$LINK"', { ...variables, LINK: link })).stdout,
    )
  }
  const said = (await shell(later, { ...variables, DELTA_LINK: page['@odata.deltaLink'] })).stdout
  const [created, news] = said.split(/(?<=\})(?=\{"@odata\.context")/).map(text => JSON.parse(text))
  assert.equal(created.displayName, 'Night shift')
  assert.deepEqual(
    news.value.map((item: { id: string }) => item.id),
    [created.id],
  )
})

const ASK_BY_ADAPTER = `
import { HttpMethod, RequestInformation } from '@microsoft/kiota-abstractions'
const request = new RequestInformation(HttpMethod.GET, '{+baseurl}/groups/delta()?$deltatoken=latest', { baseurl: adapter.baseUrl })
request.headers.add('Accept', 'application/json')
const answer = await adapter.sendPrimitive(request, 'ArrayBuffer')
console.log(JSON.parse(new TextDecoder().decode(answer))['@odata.deltaLink'])`

/** Where the library's own example stands among those of the section, and what shows that it works. */
const SDKS = [
  ['microsoft-graph-client', 1, 'console.log(deltaLink)'],
  ['msgraph-sdk', 2, ASK_BY_ADAPTER],
  ['PnPjs', 3, 'console.log(page.deltaLink)'],
] as const
for (const [name, index, proof] of SDKS) {
  test(`the README points ${name} at the server (DELTA-180)`, async t => {
    const { ready } = await aDemonstration(t, ['--https', '--page-objects', '10'])
    const [credential = '', ...codes] = examples('Point your SDK at it', 'ts')
    const settings = 'const { url, tenantId, clientId, clientSecret } = JSON.parse(process.env.READY)'
    // Beside the other tests, so that it finds the packages that they use.
    const file = join(import.meta.dirname, `readme-example-${index}-${process.pid}.mjs`)
    t.after(() => rmSync(file, { force: true }))
    writeFileSync(file, [settings, credential, codes[index - 1], proof].join('\n'))
    const variables = { READY: JSON.stringify(ready), NODE_EXTRA_CA_CERTS: String(ready.caFile) }
    const ended = await start([process.execPath, file], variables).ended
    assert.equal(ended.code, 0, ended.stderr)
    assert.match(ended.stdout, /\/v1\.0\/groups\/delta\?\$deltatoken=/)
  })
}

test('the README makes the hard cases happen', async t => {
  const serving = await aDemonstration(t, ['--control', '0'])
  const [code = ''] = examples('The hard cases, on demand', 'sh')
  const lines = code.split('\n').filter(line => line.startsWith('curl'))
  assert.equal(lines.length, 3)
  const control = serving.ready.controlUrl?.replace('http://', '') ?? ''
  const auth = { authorization: `Bearer ${await readmeToken(serving)}` }
  const first = await fetch(`${serving.ready.url}/v1.0/groups/delta?$deltatoken=latest`, { headers: auth })
  const link = ((await first.json()) as Record<string, string>)['@odata.deltaLink'] ?? ''
  // The middle line: the clock stays, so that the access token does too.
  await shell((lines[1] ?? '').replace('localhost:3001', control), {})
  const gone = await fetch(link, { headers: auth })
  assert.equal(gone.status, 410)
  assert.match(gone.headers.get('location') ?? '', /\$deltatoken=$/)
  for (const line of lines) await shell(line.replace('localhost:3001', control), {})
})
