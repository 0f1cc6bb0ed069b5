import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { PropertyRule } from '../../src/core/property.ts'
import { propertiesOf } from '../../src/core/resource.ts'
import { ROOT } from '../tidy/sources.ts'

const BOUNDED_BY_KIND: readonly PropertyRule['kind'][] = ['boolean', 'dateTime']

/** What callers can write and no list of known values bounds. */
function written(type: 'group' | 'user'): [name: string, rule: PropertyRule][] {
  return [...propertiesOf(type)].filter(
    ([, { write, kind, values }]) => write !== 'never' && values === undefined && !BOUNDED_BY_KIND.includes(kind),
  )
}

test('every text, collection and object that callers write has a bound', () => {
  for (const type of ['group', 'user'] as const) {
    assert.ok(written(type).length > 5)
    for (const [name, { kind, lengthMax, countMax }] of written(type)) {
      assert.ok(lengthMax !== undefined, `${name} of a ${type} may have any length`)
      assert.ok(kind !== 'strings' || countMax !== undefined, `${name} of a ${type} may hold any number of texts`)
      assert.notEqual(kind, 'objects', `${name} of a ${type} is a collection of objects, which has no bound`)
    }
  }
})

test('docs/protocol.md tells these bounds, and no others', () => {
  const text = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8')
  const told = [...text.matchAll(/^\| (group|user) \| (.+?) \| (.+?) \|$/gm)].flatMap(([, type, bound, names = '']) =>
    names.split(', ').map(name => `${type} ${name.replace('*', '')}: ${bound}`),
  )
  const bounds = (['group', 'user'] as const).flatMap(type =>
    written(type).map(([name, { lengthMax, countMax }]) => {
      if (countMax === undefined) return `${type} ${name}: ${lengthMax}`
      return `${type} ${name}: ${countMax} ${countMax === 1 ? 'text' : 'texts'} of ${lengthMax}`
    }),
  )
  assert.deepEqual(told.sort(), bounds.sort())
})
