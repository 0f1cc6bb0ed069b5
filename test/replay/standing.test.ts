import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDifference, jsonOf, newStanding, tableOf } from './standing.ts'

test('the table ends with the differences, the JSON is one line with the readers and their totals', () => {
  const standing = newStanding({
    everything: { rounds: 3, pages: 1000, resyncs: 0 },
    names: { rounds: 2, pages: 500, resyncs: 1 },
  })
  standing.operations = 3000
  standing.writingMs = 1500
  assert.match(tableOf(standing), /^operations\/s +2,000\nrounds +5\npages +1,500\n410s +1\n/m)
  assert.match(tableOf(standing), /\n0 differences$/)
  const { rounds, operationsPerSecond, differences, readers } = JSON.parse(jsonOf(standing))
  assert.deepEqual([rounds, operationsPerSecond, differences, readers.names.pages], [5, 2000, 0, 500])
})

test('all differences are counted, the first twenty are told', () => {
  const standing = newStanding({})
  for (let number = 1; number <= 25; number += 1) addDifference(standing, () => `difference ${number}`)
  assert.equal(standing.differences, 25)
  assert.equal(standing.firstDifferences.length, 20)
  assert.equal(standing.firstDifferences.at(-1), 'difference 20')
})
