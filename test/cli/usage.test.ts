import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { ROOT, run, start } from './aProgram.ts'

/** One sentence on standard error, no stack, nothing on standard output, exit code 2. */
async function refuses(words: readonly string[], sentence: RegExp, variables: Record<string, string> = {}) {
  const { code, stdout, stderr } = await run(words, variables)
  const [line, ...rest] = stderr.split('\n')
  assert.deepEqual({ code, stdout, rest }, { code: 2, stdout: '', rest: [''] }, stderr)
  assert.match(line ?? '', sentence)
}

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  assert.deepEqual(await run(['--version']), { code: 0, signal: null, stdout: `${version}\n`, stderr: '' })
})

for (const words of [['--help'], ['help'], ['serve', '--help'], ['backup', '--help'], ['housekeep', '-h']]) {
  test(`tidemark ${words.join(' ')} prints help`, async () => {
    const { code, stdout, stderr } = await run(words)
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
    assert.match(stdout, /^Usage: tidemark /)
  })
}

test('every option of serve can be given in the environment', async () => {
  const { stdout } = await run(['serve', '--help'])
  const options = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name = '']) => name)
  assert.ok(options.length > 12)
  for (const name of options) {
    assert.match(stdout, new RegExp(`env:\\s+TIDEMARK_${name.toUpperCase().replaceAll('-', '_')}\\)`))
  }
})

test('a Node.js that is too old is refused with what is needed', async () => {
  const pretence = `Object.defineProperty(process, 'versions', { value: { node: '20.11.1' } })`
  const program = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(pretence)}`]
  const { code, stdout, stderr } = await start([...program, join(ROOT, 'bin/tidemark.js'), '--version']).ended
  assert.deepEqual({ code, stdout }, { code: 2, stdout: '' })
  assert.match(stderr, /^Tidemark needs Node\.js 24 or newer.*\n$/)
})

const TENANT = '11111111-2222-4333-8444-5555555555ab'
const USAGE: readonly (readonly [string, RegExp])[] = [
  ['', /^Name a command/],
  ['app', /^Name a command: 'tidemark app --help' lists them\.$/],
  ['user role', /^Name a command: 'tidemark user role --help' lists them\.$/],
  ['app \u001b[31m', /^Unknown command '\\u001b\[31m'\.$/],
  ['sreve', /^Unknown command 'sreve' \(Did you mean serve\?\)\.$/],
  ['serve --prot 1', /^Unknown option '--prot' \(Did you mean --port\?\)\.$/],
  ['serve --port', /^Option '--port <number>' argument missing\.$/],
  ['serve now', /^Too many arguments for 'serve', expected 0 arguments but got 1: now\.$/],
  ['backup', /^Missing required argument 'file'\.$/],
  ['serve --port 65536', /^--port must be a whole number from 0 to 65535, not '65536'\.$/],
  ['serve --port 1e3', /^--port .* not '1e3'/],
  ['serve --control -1', /^--control .* not '-1'/],
  ['serve --page-objects 0', /^--page-objects .* from 1 to /],
  ['serve --page-edges many', /^--page-edges .* not 'many'/],
  ['serve --token-life 7x', /^--token-life must be a time such as 30s.* not '7x'/],
  ['serve --token-life 999ms', /^--token-life /],
  ['serve --recycle-bin-days 0', /^--recycle-bin-days /],
  ['serve --log-level loud', /^--log-level must be one of fatal, .* not 'loud'/],
  ['serve --host a/b', /^--host must be an address or a host name, not 'a\/b'/],
  ['serve --host 0.0.0.0', /'0\.0\.0\.0' the server needs --public-url/],
  ['serve --host ::', /'::' the server needs --public-url/],
  ['serve --host 127.0.0.2', /'127\.0\.0\.2' the server needs --public-url/],
  ['serve --public-url ftp://host', /^--public-url must be an http or https URL/],
  ['serve --public-url groups.example', /^--public-url /],
  ['serve --public-url https://host/?a=b', /^--public-url /],
  ['serve --public-url https://me@host', /^--public-url /],
  ['serve --public-url https://host/a//b', /^--public-url /],
  ['serve --demo --host 0.0.0.0 --public-url https://host', /^A demonstration is served on loopback alone, not on '0/],
  [
    'serve --demo --public-url https://host/a',
    /^A demonstration is served on loopback alone, not on 'https:\/\/host\/a'/,
  ],
  ['serve --demo --public-url http://[::1]:8080/a --control x', /^--control must be a whole number/],
  [
    'serve --demo --demo-beyond-loopback --host 0.0.0.0 --public-url https://host --control x',
    /^--control must be a whole number/,
  ],
  ['serve --demo-beyond-loopback', /^--demo-beyond-loopback is for a demonstration: give --demo too\.$/],
  ['serve --throttling maybe', /^--throttling must be one of on, off, not 'maybe'\.$/],
  ['serve --throttling on --throttle-writes 3', /^--throttle-writes must be a rate such as 3500\/10s, .* not '3'\.$/],
  ['serve --throttling on --throttle-writes 0/10s', /^--throttle-writes .* not '0\/10s'/],
  ['serve --throttling on --throttle-app-units 5/999ms', /^--throttle-app-units .* not '5\/999ms'/],
  ['serve --throttling on --throttle-app-units 5/25h', /^--throttle-app-units .* not '5\/25h'/],
  [
    'serve --throttle-writes 3/10s',
    /^--throttle-writes is for a server that limits requests: give --throttling on too\.$/,
  ],
  ['housekeep --token-life soon', /^--token-life /],
  ['serve --issuer https://id.example', /^--issuer needs --audience/],
  ['serve --audience api://x', /^--audience is for tokens of an --issuer/],
  ['serve --without-local-issuer', /^Without the local issuer the server needs an --issuer/],
  ['serve --issuer ftp://id.example --audience a', /^--issuer must be an https URL .* not 'ftp:\/\/id\.example'/],
  ['serve --issuer http://id.example --audience a', /^--issuer must be an https URL \(http on loopback alone\)/],
  ['serve --issuer http://127.0.0.1.example --audience a', /^--issuer must be an https URL/],
  ['serve --issuer https://me@id.example --audience a', /^--issuer must be an https URL/],
  ['serve --issuer https://id.example/?a=b --audience a', /^--issuer must be an https URL/],
  ['serve --issuer https://id.example --audience a', /needs tenant= after it/],
  ['serve --issuer https://id.example,tenant=staff --audience a', /tenant must be the id of a tenant, not 'staff'/],
  ['serve --issuer https://id.example,profile=other --audience a', /profile must be one of entra, standard/],
  ['serve --issuer https://id.example,colour=red --audience a', /stand profile=, tenant= and keys=, each once/],
  ['serve --issuer https://id.example,keys=http://id.example/keys --audience a', /^--issuer must be an https URL/],
  ['serve --issuer https://login.microsoftonline.com/contoso.com/v2.0 --audience a', /must end in TENANT\/v2\.0/],
  ['serve --issuer https://login.microsoftonline.com/consumers/v2.0 --audience a', /must end in TENANT\/v2\.0/],
  [`serve --issuer https://login.microsoftonline.com/x/${TENANT}/v2.0 --audience a`, /must end in TENANT\/v2\.0/],
  ['serve --issuer https://login.microsoftonline.com --audience a', /must end in TENANT\/v2\.0/],
  ['serve --issuer https://id.example,profile=entra --audience a', /must end in TENANT\/v2\.0/],
  [`serve --issuer https://login.microsoftonline.com/${TENANT}/v2.0,tenant=${TENANT} --audience a`, /without tenant=/],
  [`serve --issuer https://sts.windows.net/${TENANT}/,profile=standard --audience a`, /is Microsoft Entra/],
  [
    `serve --issuer https://login.microsoftonline.com/${TENANT}/v2.0 --issuer https://sts.windows.net/${TENANT}/ --audience a`,
    /is named twice/,
  ],
  [
    `serve --issuer https://login.microsoftonline.com/organizations/v2.0 --issuer https://login.microsoftonline.com/${TENANT} --audience a`,
    /one of all tenants of another/,
  ],
  [
    `serve --demo --issuer https://id.example,tenant=${TENANT} --audience a --without-local-issuer`,
    /^A demonstration needs the local issuer/,
  ],
]
for (const [words, sentence] of USAGE) {
  test(`'tidemark ${words}' is refused in one sentence`, () => refuses(words.split(' ').filter(Boolean), sentence))
}

test('an empty path is no database', () => refuses(['serve', '--database', ''], /^--database must name a file\.$/))

test('a wrong value in the environment is refused by the name of its variable', async () => {
  await refuses(['serve'], /^TIDEMARK_PORT must be a whole number .* not 'http'\.$/, { TIDEMARK_PORT: 'http' })
  await refuses(['serve'], /^TIDEMARK_DEMO must be one of true, false, 1, 0, not 'yes'\.$/, { TIDEMARK_DEMO: 'yes' })
})
