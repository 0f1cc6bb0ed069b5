import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import test from 'node:test'
import { askName, type Dialogue } from '../../src/cli/askName.ts'
import { Refusal } from '../../src/cli/refusal.ts'

/** A terminal on which this is typed, and then its end. */
function typed(text: string, isTTY = true): { readonly dialogue: Dialogue; readonly shown: () => string } {
  const output = new PassThrough()
  const input = Object.assign(new PassThrough(), { isTTY })
  input.end(text)
  return { dialogue: { input, output }, shown: () => String(output.read() ?? '') }
}

test('the name that is typed is an answer, with blanks around it too, and the question is shown', async () => {
  for (const text of ['Second\n', '  Second \r\n']) {
    const { dialogue, shown } = typed(text)
    await askName('Its name: ', 'Second', dialogue)
    assert.match(shown(), /^Its name: /)
  }
})

test('another name, another case, nothing and the end of input are none', async () => {
  for (const text of ['Secnd\n', 'second\n', 'yes\n', '\n', '']) {
    await assert.rejects(askName('Its name: ', 'Second', typed(text).dialogue), (error: unknown) => {
      assert.ok(error instanceof Refusal)
      assert.equal(error.message, "That is not 'Second': nothing was deleted.")
      return true
    })
  }
})

test('nobody is asked where there is no terminal', async () => {
  const { dialogue, shown } = typed('Second\n', false)
  await assert.rejects(askName('Its name: ', 'Second', dialogue), /no terminal to ask on: give --yes/)
  assert.equal(shown(), '')
})
