import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { AWAITED } from './awaited.ts'
import { nameOf } from './case.ts'
import { parityDocument } from './docs.ts'
import { startOwnServer } from './ownServer.ts'
import { CASES } from './registry.ts'
import { type Finding, tryCase } from './run.ts'

const own = await startOwnServer()
after(() => own.close())

const findings: Finding[] = []

for (const subject of CASES) {
  test(nameOf(subject), async () => {
    const verdict = await tryCase(subject, own.target)
    findings.push({ subject, verdict })
    const missing = AWAITED[subject.id]
    if (missing !== undefined) {
      assert.equal(
        verdict.result,
        'failed',
        `${subject.id} awaits ${missing}: strike it off test/conformance/awaited.ts`,
      )
      return
    }
    assert.deepEqual(verdict, { result: 'passed', notes: [] })
  })
}

test('docs/parity.md is what the suite gives', context => {
  if (findings.length < CASES.length) {
    context.skip('only some cases were run')
    return
  }
  const { text, due } = parityDocument(findings)
  assert.equal(text, due, 'write it anew: npm run conformance -- --docs')
})
