import assert from 'node:assert/strict'
import test from 'node:test'
import { PERMISSIONS } from '../../src/auth/permissionTable.ts'
import { securityDocument } from './permissionMatrix.ts'

const { text, due } = securityDocument()

test('the matrix of permissions in docs/security.md is the one of the code: node test/docs/permissionMatrix.ts writes it anew', () => {
  assert.equal(text, due)
  for (const name of Object.keys(PERMISSIONS))
    assert.match(text, new RegExp(`^\\| \`${RegExp.escape(name)}\`( †)? \\|`, 'm'), name)
})
