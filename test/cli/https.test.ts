import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import { connect, type PeerCertificate } from 'node:tls'
import { aKey, aTrust, pemOf, type Trust } from '../server/aCertificate.ts'
import { aFolder, aServing, type Ready, run, start, startServing } from './aProgram.ts'

const hasModes = process.platform !== 'win32'
const hasCurl = spawnSync('curl', ['--version']).error === undefined

function aDatabase(context: TestContext): string {
  return join(aFolder(context), 'directory.db')
}

/** A JSON answer over https to one who trusts the file that the server named. */
async function fetchJson(url: string, caFile: string): Promise<Record<string, string>> {
  const asked = request(url, { ca: readFileSync(caFile) }).end()
  const [answer] = await once(asked, 'response')
  return JSON.parse(await textOf(answer))
}

/** The certificate that a server shows. */
async function shownBy(url: string): Promise<PeerCertificate> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const shown = socket.getPeerCertificate()
  socket.destroy()
  return shown
}

/** The files of a certificate of one's own, in a folder of the test. */
async function aPair(context: TestContext, trust: Trust): Promise<{ ca: string; cert: string; key: string }> {
  const folder = aFolder(context)
  const [ca, cert, key] = [join(folder, 'ca.pem'), join(folder, 'server.pem'), join(folder, 'server.key')]
  writeFileSync(ca, trust.ca)
  writeFileSync(cert, trust.certificate.cert)
  writeFileSync(key, trust.certificate.key)
  return { ca, cert, key }
}

test('with --https everything that is printed begins with https, and the authority stays (DELTA-172, DELTA-175)', async t => {
  const database = aDatabase(t)
  const first = await aServing(t, ['--https', '--database', database])
  const { url, tokenUrl, tenantId, caFile } = first.ready
  assert.match(url, /^https:\/\/127\.0\.0\.1:\d+$/)
  assert.equal(tokenUrl, `${url}/${tenantId}/oauth2/v2.0/token`)
  assert.equal(caFile, `${database}.ca.pem`)
  const { issuer } = await fetchJson(`${url}/${tenantId}/v2.0/.well-known/openid-configuration`, caFile)
  assert.equal(issuer, `${url}/${tenantId}/v2.0`)
  const authority = readFileSync(caFile, 'utf8')
  const { fingerprint256 } = await shownBy(url)
  const { code, stderr } = await first.kill('SIGTERM')
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.deepEqual(
    readdirSync(join(database, '..')).sort(),
    ['', '.ca.key', '.ca.pem', '.https.pem', '.keys'].map(ending => `directory.db${ending}`),
  )
  const second = await aServing(t, ['--https', '--database', database])
  assert.equal((await shownBy(second.ready.url)).fingerprint256, fingerprint256)
  assert.equal(readFileSync(caFile, 'utf8'), authority)
})

test('the lines that are printed with --https make Node.js and curl trust the server', { skip: !hasCurl }, async t => {
  // A name that a shell would take apart.
  const database = join(aFolder(t), "it's a directory.db")
  const server = startServing(t, ['--https', '--database', database])
  const lines = (await server.said(/top=3'\n$/)).trimEnd().split('\n')
  const trust = lines.find(line => line.startsWith('  export '))?.trim() ?? ''
  assert.match(trust, /^export NODE_EXTRA_CA_CERTS='/)
  const url = lines
    .find(line => line.startsWith('  Base URL'))
    ?.split(/ +/)
    .at(-1)
  const script = `fetch('${url}/v1.0/groups').then(answer => console.log(answer.status))`
  const trusting = await start(['sh', '-c', `${trust}; exec "${process.execPath}" -e "${script}"`]).ended
  assert.equal(trusting.stdout, '401\n')
  const wary = await start([process.execPath, '-e', script]).ended
  assert.match(wary.stderr, /UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to verify/)
  const { code, stdout, stderr } = await start(['sh', '-c', lines.at(-1)?.trim() ?? '']).ended
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.deepEqual(JSON.parse(stdout).value, [])
})

test('with --cert and --key the server shows that certificate, and makes none of its own (DELTA-175)', async t => {
  const { ca, cert, key } = await aPair(t, await aTrust())
  const database = aDatabase(t)
  const { ready } = await aServing(t, ['--https', '--cert', cert, '--key', key, '--database', database])
  assert.equal(ready.caFile, null)
  const { issuer } = await fetchJson(`${ready.url}/${ready.tenantId}/v2.0/.well-known/openid-configuration`, ca)
  assert.equal(issuer, `${ready.url}/${ready.tenantId}/v2.0`)
  assert.equal(readdirSync(join(database, '..')).filter(name => /\.(pem|key)$/.test(name)).length, 0)
})

test('a key that everybody on the machine can read is used, and the log says how to close it', {
  skip: !hasModes,
}, async t => {
  const { cert, key } = await aPair(t, await aTrust())
  const words = ['--https', '--cert', cert, '--key', key, '--database', aDatabase(t)]
  chmodSync(key, 0o640)
  assert.equal((await (await aServing(t, words)).kill('SIGTERM')).stderr, '')
  chmodSync(key, 0o644)
  const { level, msg } = JSON.parse((await (await aServing(t, words)).kill('SIGTERM')).stderr)
  assert.equal(level, 40)
  assert.equal(msg, `The key of the certificate is open to everybody on this machine: chmod o= '${key}'`)
})

test('https can be asked for in the environment', async t => {
  const { cert, key } = await aPair(t, await aTrust())
  const variables = { TIDEMARK_HTTPS: 'true', TIDEMARK_CERT: cert, TIDEMARK_KEY: key }
  const { ready } = await aServing(t, ['--database', aDatabase(t)], variables)
  assert.match(ready.url, /^https:/)
  assert.equal(ready.caFile, null)
})

test('behind a proxy links begin with --public-url, whose name the certificate proves (DELTA-3, DELTA-175)', async t => {
  const words = ['--https', '--public-url', 'https://groups.example/directory', '--log-level', 'info', '--json']
  const server = startServing(t, [...words, '--database', aDatabase(t)])
  const { url, tenantId, caFile }: Ready = JSON.parse(await server.said(/\n/))
  assert.equal(url, 'https://groups.example/directory')
  const bound = /listening at (https:\/\/127\.0\.0\.1:\d+)/.exec(await server.logged(/listening/))?.[1] ?? ''
  const { issuer } = await fetchJson(`${bound}/${tenantId}/v2.0/.well-known/openid-configuration`, String(caFile))
  assert.equal(issuer, `${url}/${tenantId}/v2.0`)
  assert.match((await shownBy(bound)).subjectaltname ?? '', /DNS:groups\.example/)
})

test('certificates that cannot be used are refused in one sentence, and nothing is made', async t => {
  const good = await aPair(t, await aTrust())
  const old = await aPair(t, await aTrust({ from: Date.UTC(2025, 0, 1), to: Date.UTC(2025, 1, 1) }))
  const strange = join(aFolder(t), 'strange.key')
  writeFileSync(strange, pemOf(aKey()))
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--cert', good.cert, '--key', good.key], /^--cert is for a server that speaks https: give --https too\.\n$/],
    [['--https', '--cert', good.cert], /^--cert needs --key beside it: a certificate and its key go together\.\n$/],
    [['--https', '--key', good.key], /^--key needs --cert beside it: a certificate and its key go together\.\n$/],
    [['--https', '--cert', `${good.cert}.not`, '--key', good.key], /^There is no certificate file '.*\.not'\.\n$/],
    [['--https', '--cert', good.key, '--key', good.key], /^The certificate file '.*' holds no certificate in PEM\.\n$/],
    [
      ['--https', '--cert', good.cert, '--key', strange],
      /^The key file '.*' does not fit the certificate file '.*'\.\n$/,
    ],
    [
      ['--https', '--cert', old.cert, '--key', old.key],
      /^The certificate file '.*' is good no more: it ended at .*\.\n$/,
    ],
  ]
  for (const [words, sentence] of cases) {
    const { code, stdout, stderr } = await run(['serve', '--port', '0', '--database', aDatabase(t), ...words])
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
    assert.match(stderr, sentence)
  }
  const named = await run(['serve', '--database', aDatabase(t)], { TIDEMARK_KEY: good.key })
  assert.equal(named.stderr, 'TIDEMARK_KEY is for a server that speaks https: give --https too.\n')
})
