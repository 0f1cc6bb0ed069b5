import assert from 'node:assert/strict'
import test from 'node:test'
import { afterVersion, type ChangeCursor, cursorAt } from '../../../src/core/cursor.ts'
import { changesAfter } from '../../../src/store/sqlite/changes.ts'
import { groupId, link, numbers, personId, putGroup } from '../tenant.ts'
import { GROUPS } from '../walk.ts'
import { aCountedTenant } from './countingConnection.ts'

const PAGE = 100

test('a page of the changes of 50 groups reads a few rows of each and a few pages, not a page of each', async t => {
  const { tenant, connection } = await aCountedTenant(t)
  const ids = numbers(50).map(groupId)
  const turns = numbers(20)
  await tenant.commit(async transaction => {
    for (const id of ids) await putGroup(transaction, id)
  })
  for (const turn of turns) {
    await tenant.commit(async transaction => {
      for (const id of ids) await link(transaction, id, 'members', ...numbers(5).map(n => personId(turn * 10 + n)))
    })
  }
  let after: ChangeCursor = afterVersion(0)
  let facts = 0
  for (;;) {
    connection.rows = 0
    let read = 0
    for (const fact of changesAfter(connection, 1, [{ ...GROUPS, ids }], after)) {
      read += 1
      after = cursorAt(fact)
      if (read === PAGE) break
    }
    assert.ok(connection.rows <= ids.length * 10 + 2 * PAGE, `a page has read ${connection.rows} rows`)
    facts += read
    if (read < PAGE) break
  }
  assert.equal(facts, ids.length * (1 + turns.length * 5))
})

test('what is not asked for is not read', async t => {
  const { tenant, connection } = await aCountedTenant(t)
  await tenant.commit(async transaction => {
    for (const number of numbers(100)) await putGroup(transaction, groupId(number))
    await link(transaction, groupId(1), 'members', ...numbers(100).map(personId))
  })
  const [first, second] = changesAfter(connection, 1, [GROUPS], afterVersion(0))
  assert.deepEqual(
    [first, second].map(fact => fact?.kind),
    ['object', 'edge'],
  )
  assert.ok(connection.rows <= 4, `${connection.rows} rows were read`)
})
