import assert from 'node:assert/strict'
import test from 'node:test'
import { loggedPath } from '../../src/server/loggedPath.ts'

test('of a target the log has the path, and nothing behind a question mark, also an encoded one', () => {
  const paths: Record<string, string | undefined> = {
    '/v1.0/groups': '/v1.0/groups',
    '/v1.0/groups/delta?$deltatoken=secret': '/v1.0/groups/delta',
    '/v1.0/groups/delta%3F$deltatoken=secret': '/v1.0/groups/delta',
    '/v1.0/groups/delta%3f$deltatoken=secret?x': '/v1.0/groups/delta',
    '/v1.0/groups#secret': '/v1.0/groups',
    '/v1.0/groups%23secret': '/v1.0/groups',
    '/?': '/',
    '*': undefined,
    '': undefined,
    'http://user:secret@host.example/v1.0/groups': undefined,
  }
  for (const [target, path] of Object.entries(paths)) assert.equal(loggedPath(target), path, target)
})
