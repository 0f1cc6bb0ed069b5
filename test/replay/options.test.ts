import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from './fault.ts'
import { readOptions } from './options.ts'

const RUNNING = [
  ...['--url', 'http://localhost:3000', '--token-url', 'http://localhost:3000/t/oauth2/v2.0/token'],
  ...['--tenant', '5E5B2C4A-0000-4000-8000-000000000001', '--client-id', 'app'],
]

test('a file is all that is needed', () => {
  assert.deepEqual(read('h.ndjson'), {
    file: 'h.ndjson',
    every: 50,
    lines: Number.POSITIVE_INFINITY,
    json: false,
    server: { pageObjects: 10, pageEdges: 40 },
  })
})

test('a running server is one with all its parts, and the secret is read from the environment', () => {
  assert.deepEqual(read('h', ...RUNNING)?.server, {
    url: new URL('http://localhost:3000'),
    tokenUrl: new URL('http://localhost:3000/t/oauth2/v2.0/token'),
    tenantId: '5e5b2c4a-0000-4000-8000-000000000001',
    clientId: 'app',
    clientSecret: 'a secret',
  })
})

for (const args of [
  [],
  ['a', 'b'],
  ['h', '--every', '0'],
  ['h', '--every', '1e3'],
  ['h', '--lines', '-1'],
  ['h', '--lines'],
  ['h', '--unknown'],
  ['h', '--url', 'http://localhost:3000'],
  ['h', ...RUNNING, '--url', 'ftp://localhost'],
  ['h', ...RUNNING, '--tenant', 'contoso'],
  ['h', ...RUNNING, '--page-objects', '5'],
]) {
  test(`wrong usage is told in one line: ${args.join(' ')}`, () => {
    assert.throws(
      () => read(...args),
      error => error instanceof Fault && error.exitCode === 2 && /^[^\n]+$/.test(error.message),
    )
  })
}

test('a running server without the secret in the environment is wrong usage', () => {
  assert.throws(() => readOptions(['h', ...RUNNING], {}, () => {}), /the secret in TIDEMARK_CLIENT_SECRET/)
})

test('help names every option', () => {
  let help = ''
  const options = readOptions(['--help'], {}, text => {
    help += text
  })
  assert.equal(options, null)
  for (const name of [
    'every',
    'lines',
    'json',
    'page-objects',
    'page-edges',
    'url',
    'token-url',
    'tenant',
    'client-id',
  ]) {
    assert.match(help, new RegExp(`--${name}\\b`))
  }
})

function read(...args: string[]) {
  return readOptions(args, { TIDEMARK_CLIENT_SECRET: 'a secret' }, () => {})
}
