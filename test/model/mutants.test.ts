import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { ROOT } from '../tidy/sources.ts'
import { type Finder, patched, readMutants } from './mutant.ts'
import { Pool } from './pool.ts'

const MUTANTS = readMutants()
const pool = new Pool()
after(() => pool.close())

test('there are mutants, each with a mistake of its own', () => {
  assert.ok(MUTANTS.length >= 25)
  assert.equal(new Set(MUTANTS.map(({ mistake }) => mistake)).size, MUTANTS.length)
})

for (const mutant of MUTANTS) {
  test(`the patch '${mutant.name}' fits the source`, () => {
    const source = readFileSync(join(ROOT, mutant.file), 'utf8')
    assert.notEqual(patched(source, mutant), source)
  })
}

function finderText(finder: Finder): string {
  if (finder.kind === 'story') return `the story «${finder.title}»`
  return finder.kind === 'kept' ? `the kept history «${finder.name}»` : `${finder.count} random histories`
}

test('every mistake is found', { concurrency: true }, async t => {
  await Promise.all(
    MUTANTS.map(({ name, mistake, foundBy }) =>
      t.test(`«${mistake}» is found by ${finderText(foundBy)}`, async () => {
        const outcome = await pool.run({ kind: 'mutant', name })
        assert.ok(outcome.kind === 'mutant' && outcome.shown !== null, `${name} was not found`)
      }),
    ),
  )
})
