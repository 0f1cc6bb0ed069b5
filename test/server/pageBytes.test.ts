import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { newObject, withValues } from '../../src/core/change.ts'
import type { JsonValue } from '../../src/core/fact.ts'
import type { ObjectId } from '../../src/core/id.ts'
import { aReader } from './aReader.ts'
import { aServer, type TestServer } from './aServer.ts'

const MEGABYTE = 1_000_000
const COUNT = 25

/** Groups with a description of a megabyte: nobody can write one, but an older version has let them. */
async function largeGroups(t: TestContext): Promise<{ server: TestServer; describe: (text: string) => Promise<void> }> {
  const server = await aServer(t)
  const { store, tenant, services } = server
  const by = { at: 0, app: null, user: null, requestId: null }
  const ids: ObjectId[] = []
  const values = (text: string) => new Map<string, JsonValue>([['description', text.repeat(MEGABYTE)]])
  await store.write(tenant, by, async transaction => {
    for (let count = 0; count < COUNT; count += 1) {
      const group = newObject('group', services.newId(), values('a'), transaction.version)
      await transaction.putObject(group, {})
      ids.push(group.id)
    }
  })
  const describe = async (text: string): Promise<void> => {
    await store.write(tenant, by, async transaction => {
      for (const id of ids) {
        const before = await transaction.object(id)
        const after = before === null ? null : withValues(before, values(text), transaction.version)
        assert.ok(after)
        await transaction.putObject(after, {})
      }
    })
  }
  return { server, describe }
}

test('values larger than any that can be written come in pages of some 4 MB, in a scan and in a catch-up (DELTA-9)', async t => {
  const { server, describe } = await largeGroups(t)
  const reader = aReader(server)
  for (const text of ['a', 'b']) {
    if (text !== 'a') await describe(text)
    await reader.round()
    for (const page of reader.pages) {
      const size = JSON.stringify(page.value).length
      assert.ok(size < 4.1 * MEGABYTE, `a page has ${size} bytes`)
    }
    const counts = reader.pages.map(({ value }) => value.length)
    assert.deepEqual([Math.max(...counts), counts.reduce((sum, count) => sum + count)], [4, COUNT])
    for (const { properties } of reader.copy.values()) assert.equal(String(properties.get('description'))[0], text)
  }
})

test('a large value that is not selected is no reason for more pages where it need not be read (DELTA-9)', async t => {
  const server = await aServer(t)
  const { store, tenant, services } = server
  const otherMails = [JSON.stringify('x'.repeat(MEGABYTE))]
  await store.write(tenant, { at: 0, app: null, user: null, requestId: null }, async transaction => {
    for (let count = 0; count < 6; count += 1) {
      const values = new Map<string, JsonValue>([
        ['displayName', `User ${count}`],
        ['otherMails', otherMails],
      ])
      await transaction.putObject(newObject('user', services.newId(), values, transaction.version), {})
    }
  })
  for (const [select, pages] of [
    ['displayName', 1],
    ['displayName,otherMails', 2],
    ['city', 2],
  ] as const) {
    const reader = aReader(server, `/v1.0/users/delta?$select=${select}`)
    await reader.round()
    assert.deepEqual([reader.pages.length, reader.copy.size], [pages, 6], select)
  }
})
