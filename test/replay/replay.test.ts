import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Faults, startFakeGraph } from './fakeGraph.ts'
import { rehearse, replay } from './replay.ts'
import type { Access } from './server.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

/** Twelve teams of a commit each; the last commit changes some that the readers know by then. */
const HISTORY = [
  [1, 2, 3, 4, 5, 6, 7, 8].map(number => ({ op: 'user.create', user: `u${number}` })),
  ...Array.from({ length: 12 }, (_, number) => [
    { op: 'group.create', group: `team/${number}`, description: number % 3 === 0 ? '' : `Team ${number}` },
    ...[1, 2, 3, 4, 5].map(user => ({ op: 'member.add', group: `team/${number}`, member: `user:u${user}` })),
    { op: 'owner.add', group: `team/${number}`, member: 'user:u8' },
    { op: 'member.remove', group: `team/${number}`, member: 'user:u2' },
  ]),
  [
    { op: 'member.add', group: 'team/1', member: 'group:team/2' },
    { op: 'group.rename', group: 'team/2', to: 'team/two' },
    { op: 'group.update', group: 'team/two', description: '' },
    { op: 'owner.remove', group: 'team/3', member: 'user:u8' },
    { op: 'group.delete', group: 'team/two' },
    { op: 'group.create', group: 'team/two', description: 'anew' },
    { op: 'group.delete', group: 'team/4' },
    { op: 'member.remove', group: 'team/0', member: 'user:u1' },
  ],
]
const OPERATIONS = HISTORY.flat().length

let file: string

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'replay-'))
  file = join(folder, 'history.ndjson')
  const lines = HISTORY.map((ops, index) => JSON.stringify({ seq: index + 1, at: '2026-01-01T00:00:00Z', ops }))
  await writeFile(file, lines.join('\n'))
})

after(() => rm(join(file, '..'), { recursive: true, force: true }))

test('readers of a server that keeps its promises hold what it lists', async t => {
  const standing = await play(t, {})
  assert.equal(standing.differences, 0)
  assert.deepEqual([standing.lines, standing.operations, standing.comparisons], [HISTORY.length, OPERATIONS, 4])
  assert.ok(standing.groupsCompared > 60 && standing.edgesCompared > 200)
  for (const { rounds, pages } of Object.values(standing.readers)) assert.ok(rounds >= 4 && pages >= rounds)
})

test('a lost removal of a member is found, in both readers', async t => {
  const { firstDifferences } = await play(t, {
    distort: item => {
      const members = item['members@delta'] as { '@removed'?: object }[] | undefined
      return members === undefined ? item : { ...item, 'members@delta': members.filter(edge => !edge['@removed']) }
    },
  })
  for (const name of ['everything', 'names']) {
    const sentence = new RegExp(
      `^after line \\d+, reader of ${name}: group "team/\\d+" .* among its members in the copy, but`,
    )
    assert.ok(
      firstDifferences.some(difference => sentence.test(difference)),
      name,
    )
  }
})

test('a lost deletion of a group is found', async t => {
  const { firstDifferences } = await play(t, {
    distort: item => (item['@removed'] ? { id: '00000000-0000-4000-8000-000000000000', '@removed': {} } : item),
  })
  assert.equal(firstDifferences.length, 4)
  assert.match(firstDifferences[0] ?? '', /is in the copy, but not on the server$/)
})

test('a lost name is found', async t => {
  const { firstDifferences } = await play(t, { distort: ({ displayName, ...item }) => item })
  assert.match(firstDifferences[0] ?? '', /has displayName not set in the copy, "team\/\d+" on the server$/)
})

test('after a 410 the readers start again and hold what the server lists', async t => {
  let asked = 0
  const standing = await play(t, {
    refuse: (_, target) => {
      if (!/delta\?.*deltatoken=[0-9]/.test(target)) return undefined
      asked += 1
      return asked % 3 === 0 ? 410 : undefined
    },
  })
  assert.equal(standing.differences, 0)
  assert.ok(Object.values(standing.readers).some(({ resyncs }) => resyncs > 0))
})

test('an answer that was not due ends the replay with the request and the words of the server', async t => {
  const refuse = (method: string, path: string) => (method === 'DELETE' && path.includes('/owners/') ? 429 : undefined)
  await assert.rejects(
    play(t, { refuse }),
    /^Error: DELETE \/groups\/[-0-9a-f]+\/owners\/[-0-9a-f]+\/\$ref was answered 429 instead of 204: told, "Told to refuse\."\.$/,
  )
})

test('a replay that is ended from outside ends with the reason', async t => {
  const reason = new Error('enough')
  await assert.rejects(play(t, {}, AbortSignal.abort(reason)), reason)
})

test('a rehearsal counts the lines to be played, and needs no server', async () => {
  assert.deepEqual(await rehearse(file, Number.POSITIVE_INFINITY), { lines: HISTORY.length })
  assert.deepEqual(await rehearse(file, 3), { lines: 3 })
})

test('the command exits 0 without differences, and prints one JSON object when asked to', async t => {
  const { access } = await aGraph(t, {})
  const { code, out } = await run(access, file, '--json', '--lines', '3', '--every', '2')
  assert.equal(code, 0)
  const { lines, comparisons, differences } = JSON.parse(out)
  assert.deepEqual([lines, comparisons, differences], [3, 2, 0])
})

test('the command exits 1 with differences, tells them, and ends with their number', async t => {
  const { access } = await aGraph(t, { distort: ({ displayName, ...item }) => item })
  const { code, out, err } = await run(access, file, '--lines', '2')
  assert.equal(code, 1)
  assert.match(out, /\n2 differences\n$/)
  assert.match(err, /^after line 2, reader of everything: group "team\/0" /)
})

test('the command exits 1 in one sentence when the server refuses, and 2 for a file it cannot play', async t => {
  const { access } = await aGraph(t, { refuse: (_, path) => (path === '/token' ? 401 : undefined) })
  const refused = await run(access, file)
  assert.deepEqual([refused.code, refused.err.split('\n').length], [1, 2])
  assert.match(refused.err, /gets no token/)
  const missing = await run(access, join(file, 'nowhere'))
  assert.deepEqual([missing.code, missing.err.split('\n').length], [2, 2])
  assert.match(missing.err, /^Cannot read /)
})

async function aGraph(t: TestContext, faults: Faults) {
  const graph = await startFakeGraph(faults)
  t.after(() => graph.close())
  return graph
}

async function play(t: TestContext, faults: Faults, signal: AbortSignal = new AbortController().signal) {
  const { access } = await aGraph(t, faults)
  return replay({ file, every: 4, lines: Number.POSITIVE_INFINITY, access, signal, show: () => {} })
}

async function run(access: Access, ...args: string[]) {
  const server = ['--url', access.url.href, '--token-url', access.tokenUrl.href]
  const app = ['--tenant', access.tenantId, '--client-id', access.clientId]
  const command = spawn(process.execPath, [MAIN, ...args, ...server, ...app], {
    env: { ...process.env, TIDEMARK_CLIENT_SECRET: access.clientSecret },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err, [code]] = await Promise.all([text(command.stdout), text(command.stderr), once(command, 'exit')])
  return { code, out, err }
}
