import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { ATTACKS } from '../../bench/hostile/attack.ts'
import { runProgram } from '../../bench/program.ts'
import { quantile } from '../../bench/spread.ts'
import { ROOT } from '../tidy/sources.ts'

interface Told {
  readonly figures: readonly { readonly name: string; readonly unit: string; readonly measured: { median: number } }[]
}

test('a short soak tells of each attack what the other tenant waited, and leaves nothing but the filled directory', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-hostile-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const words = ['--scale', '0.002', '--seconds', '0.5', '--turns', '1', '--json', '--folder', folder]
  const { figures } = (await runProgram([join(ROOT, 'bench/hostile/main.ts'), ...words])) as Told
  for (const name of [...Object.keys(ATTACKS), 'all at once']) {
    const of = figures.filter(figure => figure.name.includes(name))
    assert.deepEqual(
      of.map(({ unit }) => unit),
      ['ratio', 'ms', 'ms', '%'],
      name,
    )
    assert.ok(of.every(({ unit, measured }) => unit === '%' || measured.median > 0))
  }
  assert.deepEqual(
    readdirSync(folder).map(name => name.replace(/-[0-9a-f]{12}\./, '.')),
    ['members-2000.db', 'members-2000.json'],
  )
})

test('a quantile is a sample that so great a part does not exceed', () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index)
  assert.deepEqual([quantile(samples, 0.99), quantile(samples, 0.5), quantile(samples, 1)], [99, 50, 100])
  assert.deepEqual([quantile([7], 0.99), quantile([], 0.5)], [7, Number.NaN])
})
