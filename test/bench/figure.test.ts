import assert from 'node:assert/strict'
import test from 'node:test'
import { type Figure, jsonOf, meetsTarget, tableOf } from '../../bench/figure.ts'

const RATIO: Figure = {
  name: 'round ÷ memory',
  unit: 'ratio',
  measured: { min: 0.2, median: 0.3123, max: 1234.5 },
  target: { kind: 'at least', value: 0.25 },
}

test('a figure meets its target by its median', () => {
  assert.equal(meetsTarget(RATIO), true)
  assert.equal(meetsTarget({ ...RATIO, target: { kind: 'at most', value: 0.3 } }), false)
  assert.equal(meetsTarget({ ...RATIO, target: null }), null)
})

test('what could not be measured meets nothing and says why', () => {
  const figure: Figure = { ...RATIO, measured: 'strace is not installed.' }
  assert.equal(meetsTarget(figure), null)
  assert.match(tableOf({}, [figure]), /not measured.*\nround ÷ memory: strace is not installed\.$/)
})

test('the table is Markdown with aligned columns under the circumstances', () => {
  assert.equal(
    tableOf({ date: '2026-11-21', node: '24' }, [RATIO]),
    [
      'date 2026-11-21, node 24',
      '',
      '| what           | min | median | max   | unit  | target | met |',
      '|----------------|-----|--------|-------|-------|--------|-----|',
      '| round ÷ memory | 0.2 | 0.312  | 1,235 | ratio | ≥ 0.25 | yes |',
    ].join('\n'),
  )
})

test('the JSON holds the circumstances and each figure with its verdict', () => {
  assert.deepEqual(JSON.parse(jsonOf({ node: '24' }, [RATIO])), { node: '24', figures: [{ ...RATIO, met: true }] })
})
