import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { startServer } from './server.ts'

const SIZES = { pageObjects: 25, pageEdges: 60 }

/** Is ready at once; the arguments come back as the id of the app, and what it knows of other servers as its secret. */
const READY = `
  const settings = Object.keys(process.env).filter(name => name.startsWith('TIDEMARK_'))
  console.log(JSON.stringify({
    url: 'http://localhost:3000', tokenUrl: 'http://localhost:3000/token', tenantId: 'tenant',
    clientId: process.argv.slice(2).join(' '), clientSecret: settings.join(' '), controlUrl: null,
  }))
  setInterval(() => {}, 1000)
`

let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-server-'))
})

after(() => rm(folder, { recursive: true, force: true }))

test('a server is started on a database of its own, without the settings of others, and ended with its folder', async () => {
  process.env['TIDEMARK_PUBLIC_URL'] = 'https://elsewhere.example'
  const server = await startServer(SIZES, await program(`process.on('SIGTERM', () => process.exit(0)); ${READY}`))
  delete process.env['TIDEMARK_PUBLIC_URL']
  const { url, clientId, clientSecret } = server.access
  assert.equal(url.href, 'http://localhost:3000/')
  assert.equal(clientSecret, '')
  assert.match(clientId, /^serve --json --database \S+ --port 0 --page-objects 25 --page-edges 60\b/)
  const database = clientId.split(' ')[3] ?? ''
  assert.ok(existsSync(dirname(database)))
  assert.equal(server.lastWords(), '')
  await server.stop()
  assert.ok(!existsSync(dirname(database)))
})

test('a server that does not exit 0 on SIGTERM is a failure', async () => {
  const server = await startServer(SIZES, await program(`process.on('SIGTERM', () => process.exit(3)); ${READY}`))
  await assert.rejects(server.stop(), /^Error: The server did not end well\. The server ended with exit code 3\.$/)
})

test('a server that ends before it is ready is a failure, told with its own words', async () => {
  const dies = "console.error('first'); console.error('The port is taken.'); process.exitCode = 2"
  await assert.rejects(
    startServer(SIZES, await program(dies)),
    /^Error: The server was not ready\. The server ended with exit code 2\. The server said last: first\nThe port is taken\.$/,
  )
})

test('a server that says something else when it is ready is a failure', async () => {
  for (const line of ['listening', '{"url": "http://localhost:3000"}']) {
    const says = `console.log('${line}'); setInterval(() => {}, 1000)`
    await assert.rejects(startServer(SIZES, await program(says)), /^Error: The server's ready line cannot be used/)
  }
})

async function program(source: string): Promise<string> {
  const path = join(folder, 'program.mjs')
  await writeFile(path, source)
  return path
}
