import assert from 'node:assert/strict'
import test from 'node:test'
import { freshSeed } from './chance.ts'
import { inFolder } from './folder.ts'
import { losePower } from './powerLoss.ts'
import { whyNoStrace } from './strace.ts'

const noStrace = whyNoStrace() ?? false
const RECORD = { imagesOfRecord: 20, commits: 300 }

test('a power cut at any moment leaves every acknowledged commit, and one whole state', { skip: noStrace }, async t => {
  const seed = freshSeed()
  t.diagnostic(`seed ${seed}`)
  const { failures, ...figures } = await inFolder(folder => losePower({ ...RECORD, folder, seed, images: 20 }))
  t.diagnostic(JSON.stringify(figures))
  assert.deepEqual(failures, [])
  assert.equal(figures.images, 20)
  assert.ok(figures.acknowledged > 0)
  assert.ok(figures.withPending > 0)
})

test('a disk that only says it has synchronized loses acknowledged commits, and the trial notices', {
  skip: noStrace,
}, async () => {
  const { failures } = await inFolder(folder => losePower({ ...RECORD, folder, seed: 1, images: 10, lyingDisk: true }))
  assert.ok(failures.some(failure => failure.includes('was acknowledged')))
})
