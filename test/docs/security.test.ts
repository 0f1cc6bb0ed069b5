import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { PERMISSIONS } from '../../src/auth/permission/permissionTable.ts'
import { ROOT } from '../cli/aProgram.ts'
import { securityDocument } from './permissionMatrix.ts'

const { text, due } = securityDocument()

test('the matrix of permissions in docs/security.md is the one of the code: node test/docs/permissionMatrix.ts writes it anew', () => {
  assert.equal(text, due)
  for (const name of Object.keys(PERMISSIONS)) {
    assert.match(text, new RegExp(`^\\| \`${RegExp.escape(name)}\`( †)? \\|`, 'm'), name)
  }
})

/** The lines of the tables of threats: their cells. */
const THREATS = (/^## Threats and defences\n.*?(?=^## )/ms.exec(text)?.[0] ?? '')
  .split('\n')
  .filter(line => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| what is tried'))
  .map(line => line.slice(2, -2).split(' | '))

test('every threat in docs/security.md has a defence, and names tests that are there', () => {
  assert.ok(THREATS.length > 40)
  for (const [tried = '', whose = '', defence = '', shown = '', ...rest] of THREATS) {
    assert.deepEqual(rest, [], tried)
    assert.match(whose, /^[DMTBACS](, [DMTBACS])* · /, tried)
    assert.notEqual(defence, '')
    const cited = [...shown.matchAll(/`([\w/]+)` «([^»]+)»/g)]
    assert.ok(cited.length > 0, tried)
    for (const [, file = '', name = ''] of cited) {
      const path = join(ROOT, 'test', `${file}.test.ts`)
      assert.ok(existsSync(path), `${tried}: there is no ${file}`)
      const titled = ["'", '"', '`'].some(quote => readFileSync(path, 'utf8').includes(quote + name))
      assert.ok(titled, `${tried}: no test of ${file} begins «${name}»`)
    }
  }
})

test('what SECURITY.md and docs/security.md lead to is there', () => {
  for (const [from, told] of [
    ['SECURITY.md', readFileSync(join(ROOT, 'SECURITY.md'), 'utf8')],
    ['docs/security.md', text],
  ] as const) {
    for (const [, target = ''] of told.matchAll(/\]\(([^)#:]+)\)/g)) {
      assert.ok(existsSync(join(ROOT, from, '..', target)), `${from} leads to ${target}`)
    }
  }
})
