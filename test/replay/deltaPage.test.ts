import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDeltaPage } from './deltaPage.ts'

test('a page gives its groups and its link, annotations and the id apart from the properties', () => {
  const page = readDeltaPage({
    '@odata.context': 'http://localhost/v1.0/$metadata#groups',
    '@odata.nextLink': 'http://localhost/next',
    value: [{ '@odata.type': '#microsoft.graph.group', id: 'g', displayName: 'Staff', 'members@delta': [{ id: 'u' }] }],
  })
  assert.deepEqual(page, {
    items: [
      {
        id: 'g',
        removed: false,
        properties: [['displayName', 'Staff']],
        members: [{ id: 'u', removed: false }],
        owners: [],
      },
    ],
    link: { kind: 'next', href: 'http://localhost/next' },
  })
})

for (const [body, reason] of [
  [{ value: [] }, /not exactly one of nextLink and deltaLink/],
  [{ value: [], '@odata.nextLink': 'a', '@odata.deltaLink': 'b' }, /not exactly one of nextLink and deltaLink/],
  [{ value: [], '@odata.deltaLink': 7 }, /not exactly one of nextLink and deltaLink/],
  [[], /a delta page that is not an object/],
  [{ '@odata.deltaLink': 'a' }, /a delta page's 'value' that is not a list/],
  [{ value: [{}], '@odata.deltaLink': 'a' }, /the id of a group of a delta page that is not text/],
  [{ value: [{ id: 'g', 'members@delta': {} }], '@odata.deltaLink': 'a' }, /members@delta that is not a list/],
  [{ value: [{ id: 'g', 'owners@delta': [{}] }], '@odata.deltaLink': 'a' }, /the id of an entry of owners@delta/],
] as const) {
  test(`a page is refused: ${reason.source}: ${JSON.stringify(body)}`, () => {
    assert.throws(() => readDeltaPage(body), reason)
  })
}
