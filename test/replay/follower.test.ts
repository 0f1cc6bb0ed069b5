import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from './connection.ts'
import { type FollowOptions, follow } from './follower.ts'

test('a round goes from link to link to its deltaLink, and the next one begins there', async () => {
  const { asked, follower } = aFollower({
    start: page('next', 'one', { id: 'a' }),
    one: page('next', 'two'),
    two: page('delta', 'later', { id: 'b' }),
    later: page('delta', 'later', { id: 'c' }),
  })
  await follower.finishRound()
  assert.deepEqual([...follower.copy().keys()], ['a', 'b'])
  await follower.finishRound()
  assert.deepEqual([...follower.copy().keys()], ['a', 'b', 'c'])
  assert.deepEqual(asked, ['start', 'one', 'two', 'later'])
  assert.deepEqual(follower.counts, { rounds: 2, pages: 4, resyncs: 0 })
})

test('after a 410 a full round from its Location leaves nothing that it did not name', async () => {
  const { follower } = aFollower({
    start: page('delta', 'later', { id: 'gone' }, { id: 'a', theme: 'Blue', 'members@delta': [{ id: 'left' }] }),
    later: gone('again'),
    again: page('next', 'more', { id: 'a', 'members@delta': [{ id: 'u' }] }),
    more: page('delta', 'end', { id: 'b' }),
  })
  await follower.finishRound()
  await follower.finishRound()
  assert.deepEqual([...follower.copy().keys()], ['a', 'b'])
  assert.deepEqual(follower.copy().get('a')?.members, new Set(['u']))
  assert.equal(follower.copy().get('a')?.properties.size, 0)
  assert.deepEqual(follower.counts, { rounds: 2, pages: 3, resyncs: 1 })
})

test('until the full round after a 410 is complete the old copy is there', async () => {
  const { follower } = aFollower({
    start: page('delta', 'later', { id: 'a' }),
    later: gone('again'),
    again: page('next', 'broken', { id: 'b' }),
    broken: { status: 500, headers: {}, text: '' },
  })
  await follower.finishRound()
  await assert.rejects(follower.finishRound())
  assert.deepEqual([...follower.copy().keys()], ['a'])
})

test('a nextLink that comes twice in a round is a failure', async () => {
  const { follower } = aFollower({ start: page('next', 'one'), one: page('next', 'two'), two: page('next', 'one') })
  await assert.rejects(follower.finishRound(), /came back to a link it had followed already: one/)
})

test('a round of too many requests is a failure', async () => {
  const endless = { get: async (link: string) => page('next', `${link}+`) }
  await assert.rejects(
    follow({ start: '', requestsMax: 10, ...endless }).finishRound(),
    /did not end within 10 requests/,
  )
})

test('a round that is answered 410 again and again is a failure', async () => {
  const { asked, follower } = aFollower({ start: gone('start') })
  await assert.rejects(follower.finishRound(), /answered 410 more than 3 times/)
  assert.equal(asked.length, 4)
})

test('a 410 without Location and any other status are failures, in the words of the server', async () => {
  await assert.rejects(aFollower({ start: { ...gone(''), headers: {} } }).follower.finishRound(), /410 came without/)
  const error = { error: { code: 'Request_BadRequest', message: 'No such token.' } }
  const refused = { status: 400, headers: {}, text: JSON.stringify(error) }
  await assert.rejects(
    aFollower({ start: refused }).follower.finishRound(),
    /^Error: GET start was answered 400 instead of 200 or 410: Request_BadRequest, "No such token."\.$/,
  )
})

test('a page that is not JSON is a failure', async () => {
  const cut = { ...page('delta', 'later'), text: '{"value": [' }
  await assert.rejects(aFollower({ start: cut }).follower.finishRound(), /GET start was answered with something/)
})

function aFollower(answers: Record<string, Answer>) {
  const asked: string[] = []
  const get: FollowOptions['get'] = async link => {
    asked.push(link)
    return answers[link] ?? assert.fail(`nobody gave the link ${link}`)
  }
  return { asked, follower: follow({ start: 'start', get, requestsMax: 100 }) }
}

function page(kind: 'next' | 'delta', link: string, ...value: object[]): Answer {
  return { status: 200, headers: {}, text: JSON.stringify({ value, [`@odata.${kind}Link`]: link }) }
}

function gone(location: string): Answer {
  return { status: 410, headers: { location }, text: '' }
}
