import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { OBJECT_TYPES, type ObjectType } from '../../src/core/fact.ts'
import type { PropertyRule } from '../../src/core/property.ts'
import { propertiesOf } from '../../src/core/resource.ts'
import { ROOT } from '../tidy/sources.ts'

const BOUNDED_BY_KIND: readonly PropertyRule['kind'][] = ['boolean', 'dateTime']

/** What callers can write and no list of known values bounds. */
function written(type: ObjectType): [name: string, rule: PropertyRule][] {
  return [...propertiesOf(type)].filter(
    ([, { write, kind, values }]) => write !== 'never' && values === undefined && !BOUNDED_BY_KIND.includes(kind),
  )
}

test('every text, collection and object that callers write has a bound', () => {
  for (const type of OBJECT_TYPES) {
    assert.ok(written(type).length > 5)
    for (const [name, { kind, lengthMax, countMax }] of written(type)) {
      assert.ok(lengthMax !== undefined, `${name} of a ${type} may have any length`)
      const isCollection = kind === 'strings' || kind === 'objects'
      assert.ok(!isCollection || countMax !== undefined, `${name} of a ${type} may hold any number of them`)
    }
  }
})

test('docs/protocol.md tells these bounds, and no others', () => {
  const text = readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8')
  const told = [
    ...text.matchAll(/^\| (group|user|device|servicePrincipal|orgContact) \| (.+?) \| (.+?) \|$/gm),
  ].flatMap(([, type, bound, names = '']) =>
    names.split(', ').map(name => `${type} ${name.replace('*', '')}: ${bound}`),
  )
  const bounds = OBJECT_TYPES.flatMap(type =>
    written(type).map(([name, { kind, lengthMax, countMax }]) => {
      if (countMax === undefined) return `${type} ${name}: ${lengthMax}`
      const what = kind === 'objects' ? 'object' : 'text'
      return `${type} ${name}: ${countMax} ${what}${countMax === 1 ? '' : 's'} of ${lengthMax}`
    }),
  )
  assert.deepEqual(told.sort(), bounds.sort())
})
