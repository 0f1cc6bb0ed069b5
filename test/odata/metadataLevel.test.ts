import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { jsonType, METADATA_LEVELS, readMetadataLevel } from '../../src/odata/metadataLevel.ts'
import { refusal } from './refusal.ts'

const levelOf = (accept?: string) => readMetadataLevel(accept, undefined)

test('the level is a parameter of the JSON that is accepted, with its prefix or without, in any case', () => {
  for (const level of METADATA_LEVELS) {
    for (const accept of [
      `application/json;odata.metadata=${level}`,
      `Application/JSON; OData.Metadata = ${level.toUpperCase()}`,
      `application/json;metadata=${level}`,
      `application/json;odata.metadata="${level}"`,
      `application/json;odata.streaming=true;odata.metadata=${level};IEEE754Compatible=false;q=1`,
      `text/html, application/json;odata.metadata=${level}, */*;q=0.1`,
      jsonType(level),
    ]) {
      assert.equal(levelOf(accept), level, accept)
    }
  }
})

test('the JSON of the greatest weight counts, the first of several alike', () => {
  assert.equal(levelOf('application/json;q=0.5, application/json;odata.metadata=none'), 'none')
  assert.equal(
    levelOf('application/json;odata.metadata=none;q=0.5, application/json;odata.metadata=full;q=0.6'),
    'full',
  )
  assert.equal(levelOf('application/json;odata.metadata=full, application/json;odata.metadata=none'), 'full')
  assert.equal(levelOf('application/json;odata.metadata=none;q=0, application/json;q=0.1'), 'minimal')
})

test('a weight that is no number is none', () => {
  for (const weight of ['.', '..', '0.5.5', '.5', '7', '1.0000', 'x', '']) {
    const first = `application/json;odata.metadata=full;q=${weight}`
    assert.equal(levelOf(`${first}, application/json;odata.metadata=none`), 'full', weight)
    assert.equal(levelOf(`application/json;odata.metadata=none, ${first}`), 'none', weight)
  }
})

test('a header that asks for no known level is passed over', () => {
  for (const accept of [
    undefined,
    '',
    '*/*',
    'application/*',
    'application/json',
    'application/json;q=1',
    'application/json;odata.metadata=some',
    'application/json;odata.metadata',
    'application/json;odata.metadata=',
    'application/xml;odata.metadata=none',
    'text/json;odata.metadata=full',
    'application/json;odata=nometadata',
  ]) {
    assert.equal(levelOf(accept), 'minimal', accept)
  }
})

test('$format counts before the header, and an unknown level in it is refused by its name', () => {
  const full = 'application/json;odata.metadata=full'
  assert.equal(readMetadataLevel(full, 'application/json;odata.metadata=none'), 'none')
  assert.equal(readMetadataLevel(full, 'json;metadata=none'), 'none')
  assert.equal(readMetadataLevel(full, 'json'), 'minimal')
  assert.throws(() => readMetadataLevel(full, 'json;odata.metadata=some'), refusal('BadRequest', "'some'"))
})

test('whatever the header, it is no error', () => {
  const part = fc.constantFrom('application/json', ';', ',', 'odata.metadata', '=', 'none', 'q', '0.5', '"', ' ')
  const header = fc.oneof(
    fc.array(part).map(parts => parts.join('')),
    fc.string({ unit: 'binary' }),
  )
  fc.assert(fc.property(header, text => METADATA_LEVELS.includes(levelOf(text))))
})
