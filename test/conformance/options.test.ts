import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '../replay/fault.ts'
import { readOptions } from './options.ts'
import { CASES } from './registry.ts'

const TENANT = '5e5b2c4a-0000-4000-8000-000000000001'
const RUNNING = ['--url', 'https://graph.example.org', '--tenant', TENANT]

test('without options every case is told to a server of its own', () => {
  assert.deepEqual(read(), { running: null, cases: CASES, json: false, docs: false })
})

test('a running server is its address, its tenant, and what the cases may use', () => {
  const options = read(
    ...[...RUNNING, '--token', 'writer=abc', '--token', 'expired=d=f', '--control', 'http://127.0.0.1:3001'],
    ...['--patience', '30'],
  )
  assert.deepEqual(options?.running, {
    url: new URL('https://graph.example.org'),
    alias: null,
    tenant: TENANT,
    domain: '5e5b2c4a.tidemark.example',
    tokens: new Map([
      ['writer', 'abc'],
      ['expired', 'd=f'],
    ]),
    app: null,
    control: new URL('http://127.0.0.1:3001'),
    page: null,
    patienceMs: 30_000,
  })
})

test('a domain, an app, the page size and another address can be given', () => {
  const running = read(
    ...[...RUNNING, '--domain', 'example.org', '--token-url', 'https://login.example.org/token', '--client-id', 'app'],
    ...['--page-objects', '200', '--page-edges', '2500', '--alias', 'https://graph.example.com'],
  )?.running
  assert.deepEqual(running?.alias, new URL('https://graph.example.com'))
  assert.equal(running?.domain, 'example.org')
  assert.deepEqual(running?.app, {
    tokenUrl: new URL('https://login.example.org/token'),
    clientId: 'app',
    clientSecret: 'a secret',
  })
  assert.deepEqual(running?.page, { objects: 200, edges: 2500 })
})

test('some cases are chosen by their numbers and ranges, in whatever case and order', () => {
  const chosen = (...args: string[]) => read(...args)?.cases.map(({ id }) => id)
  assert.deepEqual(chosen('--only', 'C4,c1-C2', '--only', 'C2'), ['C1', 'C2', 'C4'])
})

for (const args of [
  ['more'],
  ['--unknown'],
  ['--only', 'C0'],
  ['--only', 'C1,'],
  ['--only', 'delta'],
  ['--only', 'C9-C1'],
  ['--docs', '--only', 'C1'],
  [...RUNNING, '--docs'],
  ['--tenant', TENANT],
  ['--token', 'writer=abc'],
  ['--url', 'https://graph.example.org'],
  [...RUNNING, '--url', 'graph.example.org'],
  [...RUNNING, '--tenant', 'contoso'],
  [...RUNNING, '--token', 'writer'],
  [...RUNNING, '--token', 'writer='],
  [...RUNNING, '--token', 'nobody=abc'],
  [...RUNNING, '--client-id', 'app'],
  [...RUNNING, '--token', 'writer=a', '--token-url', 'https://login.example.org/', '--client-id', 'app'],
  [...RUNNING, '--page-objects', '200'],
  [...RUNNING, '--control', 'http://127.0.0.1:3001', '--page-objects', '200', '--page-edges', '2500'],
  [...RUNNING, '--patience', '-1'],
]) {
  test(`wrong usage is told in one line: ${args.join(' ')}`, () => {
    assert.throws(
      () => read(...args),
      error => error instanceof Fault && error.exitCode === 2 && /^[^\n]+$/.test(error.message),
    )
  })
}

test('an app without its secret in the environment is wrong usage', () => {
  const args = [...RUNNING, '--token-url', 'https://login.example.org/', '--client-id', 'app']
  assert.throws(() => readOptions(args, {}, () => {}), /TIDEMARK_CLIENT_SECRET/)
})

test('help names every option', () => {
  let help = ''
  const options = readOptions(['--help'], {}, text => {
    help += text
  })
  assert.equal(options, null)
  const names = [
    'url',
    'alias',
    'tenant',
    'domain',
    'token',
    'token-url',
    'client-id',
    'control',
    'page-objects',
    'page-edges',
  ]
  for (const name of [...names, 'patience', 'only', 'json', 'docs']) assert.match(help, new RegExp(`--${name}\\b`))
})

function read(...args: string[]) {
  return readOptions(args, { TIDEMARK_CLIENT_SECRET: 'a secret' }, () => {})
}
