import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSources } from '../tidy/sources.ts'
import { AWAITED } from './awaited.ts'
import { nameOf } from './case.ts'
import { casesDocument } from './docs.ts'
import { CASES, numberOf, SECTIONS, UNTOLD } from './registry.ts'

test('the cases and the clauses without one are C1 to C155, each once, and rise within a section', () => {
  const numbers = [...CASES, ...UNTOLD].map(numberOf).sort((one, other) => one - other)
  assert.deepEqual(
    numbers,
    Array.from({ length: 155 }, (_, index) => index + 1),
  )
  for (const { title, cases } of SECTIONS) {
    const own = cases.map(numberOf)
    assert.deepEqual(
      own,
      own.toSorted((one, other) => one - other),
      title,
    )
  }
})

test('every awaited case is there', () => {
  const known = CASES.map(({ id }) => id)
  for (const id of Object.keys(AWAITED)) assert.ok(known.includes(id), `there is no ${id}`)
})

test('the list in docs/conformance.md is that of the cases', () => {
  const { text, due } = casesDocument()
  assert.equal(text, due, 'write it anew: npm run conformance -- --docs')
  for (const { claim } of CASES) assert.ok(text.includes(claim), claim)
})

test('only the start of our own server uses anything of src', () => {
  const sources = readSources('test/conformance')
  assert.ok(sources.length > 10)
  for (const { path, imports } of sources) {
    if (path === 'test/conformance/ownServer.ts') continue
    assert.deepEqual(
      imports.filter(target => target.startsWith('src/')),
      [],
      path,
    )
  }
})

test('every case stands in the file that its section names', () => {
  const sources = new Map(readSources('test/conformance/cases').map(({ path, text }) => [path, text]))
  for (const { file, cases } of SECTIONS) {
    for (const subject of cases) {
      assert.ok(sources.get(`test/conformance/cases/${file}`)?.includes(nameOf(subject)), nameOf(subject))
    }
  }
})
