import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { PERMISSIONS } from '../../src/auth/permission/permissionTable.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { ROOT, readSources } from './sources.ts'

const PROMISES = [...readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8').matchAll(/^- \*\*DELTA-(\d+)\*\*/gm)].map(
  ([, number]) => Number(number),
)

/** The numbers that names of tests cite: in brackets at the end of a title. */
function citedByTests(): Map<number, string> {
  const cited = new Map<number, string>()
  for (const { path, text } of readSources('test')) {
    for (const [bracket] of text.matchAll(/\((?:DELTA-\d+(?:, )?)+\)['"`]/g)) {
      for (const [, number] of bracket.matchAll(/DELTA-(\d+)/g)) cited.set(Number(number), path)
    }
  }
  return cited
}

test('the promises are numbered from 1 without a gap', () => {
  assert.ok(PROMISES.length > 90)
  assert.deepEqual(
    PROMISES,
    PROMISES.map((_, index) => index + 1),
  )
})

test('every promise has a test that names it', () => {
  const cited = citedByTests()
  const untested = PROMISES.filter(number => !cited.has(number))
  assert.deepEqual(untested, [])
})

test('no test or source cites a promise that is not there', () => {
  for (const { path, text } of [...readSources('test'), ...readSources('src')]) {
    for (const [, number] of text.matchAll(/DELTA-(\d+)/g)) {
      assert.ok(PROMISES.includes(Number(number)), `${path} cites DELTA-${number}`)
    }
  }
})

test('every route has a row in the table of permissions, and every row opens a route', () => {
  const asked = Object.values(ROUTES).flatMap(methods =>
    Object.values(methods).flatMap(({ permissions }) => permissions),
  )
  for (const permission of asked) assert.ok(permission in PERMISSIONS, `${permission} has no row`)
  const inHandlers = readSources('src/server')
    .flatMap(({ text }) => [...text.matchAll(/'([a-zA-Z]+\.[a-zA-Z.]+)'/g)])
    .map(([, name]) => name)
  for (const permission of Object.keys(PERMISSIONS)) {
    const used = asked.some(name => name === permission) || inHandlers.includes(permission)
    assert.ok(used, `the permission ${permission} opens nothing`)
  }
})
