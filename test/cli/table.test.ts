import assert from 'node:assert/strict'
import test from 'node:test'
import { tableText } from '../../src/cli/table.ts'
import { visibleLines } from '../../src/cli/visibleText.ts'

test('columns are as wide as their longest cell, and numbers stand to the right', () => {
  assert.equal(
    tableText(
      ['Version', 'App'],
      [
        [1, 'a'],
        [20, 'longer'],
      ],
    ),
    ['Version  App', '      1  a', '     20  longer'].join('\n'),
  )
})

test('a table may have as many rows as can be asked for', () => {
  const rows = Array.from({ length: 300_000 }, (_, version) => [version, 'app'])
  assert.equal(tableText(['Version', 'App'], rows).split('\n').length, rows.length + 1)
})

test('what a terminal would do is shown, in a table the ends of lines too', () => {
  const name = 'Eve\u001b[2J\r\n\u009b31m\u202e'
  assert.equal(tableText(['Name'], [[name]]), 'Name\nEve\\u001b[2J\\u000d\\u000a\\u009b31m\\u202e')
  assert.equal(visibleLines('one\ntwo\t\u0007'), 'one\ntwo\\u0009\\u0007')
  assert.equal(visibleLines('Größe 日本 👩‍👩‍👧'), 'Größe 日本 👩‍👩‍👧')
})

test('JSON whose characters are shown is the same JSON', () => {
  const value = { name: 'Eve\u009b31m\u202e\u2028\u001b' }
  assert.deepEqual(JSON.parse(visibleLines(JSON.stringify(value))), value)
})
