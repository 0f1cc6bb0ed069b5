import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { aFolder, aServing, type Ended, ROOT, start, type Variables } from '../cli/aProgram.ts'

function suite(words: readonly string[], variables: Variables = {}): Promise<Ended> {
  return start([process.execPath, join(ROOT, 'test/conformance/main.ts'), ...words], variables).ended
}

test('the suite is told to a server that runs, and the result is one JSON object', async t => {
  const { ready } = await aServing(t, ['--database', join(aFolder(t), 'directory.db'), '--control', '0'])
  const running = ['--url', ready.url, '--tenant', ready.tenantId, '--control', ready.controlUrl ?? '']
  const app = ['--token-url', ready.tokenUrl, '--client-id', ready.clientId]
  const ended = await suite([...running, ...app, '--only', 'C1-C4', '--json'], {
    TIDEMARK_CLIENT_SECRET: ready.clientSecret ?? '',
  })
  assert.equal(ended.code, 0, ended.stderr)
  const { url, counts, cases } = JSON.parse(ended.stdout)
  assert.equal(url, ready.url)
  assert.deepEqual(counts, { passed: 4, failed: 0, skipped: 0 })
  assert.equal(cases.length, 4)
  assert.equal(ended.stderr, '')
})

test('without a writer every case is skipped, which is no failure', async t => {
  const { ready } = await aServing(t, ['--database', join(aFolder(t), 'directory.db')])
  const ended = await suite(['--url', ready.url, '--tenant', ready.tenantId, '--only', 'C1'])
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stdout, /needs a token called writer\n\n0 passed, 0 failed, 1 skipped\n$/)
})

test('without --url a server of its own is started, and ended', async () => {
  const ended = await suite(['--only', 'C1'])
  assert.equal(ended.code, 0, ended.stderr)
  assert.match(ended.stdout, /^C1 .*\n\n1 passed, 0 failed, 0 skipped\n$/)
})

test('a server that is not there, a writer it does not know and a wrong option are each one sentence, exit 2', async t => {
  const { ready } = await aServing(t, ['--database', join(aFolder(t), 'directory.db')])
  const running = ['--tenant', ready.tenantId, '--token', 'writer=unknown']
  for (const words of [
    ['--url', 'http://127.0.0.1:1', ...running],
    ['--url', ready.url, ...running],
    ['--url', ready.url, '--tenant', ready.tenantId, '--control', ready.url],
    ['--only', 'C0'],
  ]) {
    const ended = await suite(words)
    assert.equal(ended.code, 2, ended.stdout)
    assert.match(ended.stderr, /^[^\n]+\n$/)
    assert.equal(ended.stdout, '')
  }
})
