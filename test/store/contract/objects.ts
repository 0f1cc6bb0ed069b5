import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type JsonValue, OBJECT_TYPES } from '../../../src/core/fact.ts'
import type { ObjectId } from '../../../src/core/id.ts'
import {
  anObject,
  aTenant,
  groupId,
  numbers,
  personId,
  purge,
  putDeleted,
  putGroup,
  putPerson,
  type StoreFactory,
} from '../tenant.ts'

const staff = groupId(1)
const board = groupId(2)
const ann = personId(1)

/** Objects and the keys that name them. */
export function objects(open: StoreFactory): void {
  test('an id that was never given out names nothing', async t => {
    const tenant = await aTenant(t, open)
    assert.equal(await tenant.look(snapshot => snapshot.object(staff)), null)
  })

  for (const type of OBJECT_TYPES) {
    test(`a ${type} is read as it was put`, async t => {
      const tenant = await aTenant(t, open)
      const put = await tenant.commit(async transaction => {
        const object = anObject(transaction, staff, { type, properties: { displayName: 'Staff', mail: null } })
        await transaction.putObject(object, {})
        return object
      })
      assert.deepEqual(await tenant.look(snapshot => snapshot.object(staff)), put)
    })
  }

  test('an object is read in the state, with the entry version and the stamps it was put with', async t => {
    const tenant = await aTenant(t, open)
    for (const _ of numbers(4)) await tenant.commit(transaction => putGroup(transaction, board))
    const put = await tenant.commit(async transaction => {
      const deleted = {
        ...anObject(transaction, staff, { membersHidden: true }),
        state: 'deleted' as const,
        entered: 2,
        deletedAt: '2026-03-01T10:20:30Z',
        properties: { displayName: 'Staff', description: null },
        stamps: { displayName: 1, description: 3 },
      }
      await transaction.putObject(deleted, {})
      return deleted
    })
    assert.deepEqual(await tenant.look(snapshot => snapshot.object(staff)), put)
  })

  test('a purged object stays as a tombstone', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff, { properties: { displayName: 'Staff' } }))
    await tenant.commit(transaction => purge(transaction, staff))
    const object = await tenant.look(snapshot => snapshot.object(staff))
    assert.deepEqual([object?.state, object?.version, object?.properties, object?.stamps], ['purged', 2, {}, {}])
  })

  test('what is put replaces all of what was there', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction =>
      putGroup(transaction, staff, { properties: { displayName: 'Staff', mail: 'a@b' } }),
    )
    await tenant.commit(transaction => putGroup(transaction, staff, { properties: { description: 'new' } }))
    const object = await tenant.look(snapshot => snapshot.object(staff))
    assert.deepEqual([object?.properties, object?.stamps], [{ description: 'new' }, { description: 2 }])
  })

  test('never set and null are two things', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff, { properties: { description: null } }))
    const object = await tenant.look(snapshot => snapshot.object(staff))
    assert.deepEqual(Object.entries(object?.properties ?? {}), [['description', null]])
  })

  test('values of every kind and any text come back as they were put', async t => {
    const tenant = await aTenant(t, open)
    const properties: Record<string, JsonValue> = {
      displayName: '“Zoë” \\ "Øre" / 日本語 😀 \u007f\u2028\u2029',
      description: '\u0001\t\r\n\b\f <b>&amp;</b>',
      classification: '',
      mailEnabled: false,
      securityEnabled: true,
      groupTypes: [],
      proxyAddresses: ['SMTP:a@b.example', '', '"'],
      serviceProvisioningErrors: [
        { isResolved: false, n: 1.5, big: 9007199254740991, tiny: 1e-7, none: null, in: [{}] },
      ],
    }
    await tenant.commit(transaction => putGroup(transaction, staff, { properties }))
    assert.deepEqual((await tenant.look(snapshot => snapshot.object(staff)))?.properties, properties)
  })

  test('objects are listed by type and state, in ascending order of id', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of [3, 1, 2]) await putGroup(transaction, groupId(number))
      for (const number of [5, 4]) await putDeleted(transaction, groupId(number))
      await purge(transaction, groupId(6))
      await putPerson(transaction, ann)
    })
    await tenant.look(async snapshot => {
      const listed = async (...asked: Parameters<typeof snapshot.objects>) =>
        (await snapshot.objects(...asked)).map(({ id }) => id)
      assert.deepEqual(await listed('group', 'live', null, 10), [1, 2, 3].map(groupId))
      assert.deepEqual(await listed('group', 'deleted', null, 10), [4, 5].map(groupId))
      assert.deepEqual(await listed('group', 'purged', null, 10), [groupId(6)])
      assert.deepEqual(await listed('user', 'live', null, 10), [ann])
      assert.deepEqual(await listed('user', 'deleted', null, 10), [])
      assert.deepEqual(await listed('device', 'live', null, 10), [])
    })
  })

  test('a list goes on after an id, which need not be there any more, for as many as were asked for', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      for (const number of [1, 2, 4, 5, 6]) await putGroup(transaction, groupId(number))
    })
    await tenant.look(async snapshot => {
      const listed = async (after: ObjectId | null, limit: number) =>
        (await snapshot.objects('group', 'live', after, limit)).map(({ id }) => id)
      assert.deepEqual(await listed(null, 2), [1, 2].map(groupId))
      assert.deepEqual(await listed(groupId(2), 2), [4, 5].map(groupId))
      assert.deepEqual(await listed(groupId(3), 1), [groupId(4)])
      assert.deepEqual(await listed(groupId(5), 10), [groupId(6)])
      assert.deepEqual(await listed(groupId(6), 10), [])
    })
  })

  test('an alternate key names its object, by the value exactly as given', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { keys: { mailNickname: 'staff', uniqueName: 'the staff' } })
      await putPerson(transaction, ann, { keys: { userPrincipalName: 'ann@a.example' } })
    })
    await tenant.look(async snapshot => {
      assert.equal(await snapshot.idByKey('mailNickname', 'staff'), staff)
      assert.equal(await snapshot.idByKey('uniqueName', 'the staff'), staff)
      assert.equal(await snapshot.idByKey('userPrincipalName', 'ann@a.example'), ann)
      assert.equal(await snapshot.idByKey('mailNickname', 'Staff'), null)
      assert.equal(await snapshot.idByKey('mailNickname', 'the staff'), null)
      assert.equal(await snapshot.idByKey('userPrincipalName', 'ann@a.exampl_'), null)
    })
  })

  test('the keys an object is put with are the only ones it has', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(t1 => putGroup(t1, staff, { keys: { mailNickname: 'staff', uniqueName: 'staff' } }))
    await tenant.commit(t2 => putGroup(t2, staff, { keys: { mailNickname: 'crew' } }))
    await tenant.look(async snapshot => {
      assert.equal(await snapshot.idByKey('mailNickname', 'crew'), staff)
      assert.equal(await snapshot.idByKey('mailNickname', 'staff'), null)
      assert.equal(await snapshot.idByKey('uniqueName', 'staff'), null)
    })
    await tenant.commit(t3 => putDeleted(t3, staff))
    assert.equal(await tenant.look(snapshot => snapshot.idByKey('mailNickname', 'crew')), null)
  })

  test('an object put again with the key it has keeps it', async t => {
    const tenant = await aTenant(t, open)
    for (const _ of numbers(2)) await tenant.commit(s => putGroup(s, staff, { keys: { mailNickname: 'staff' } }))
    assert.equal(await tenant.look(snapshot => snapshot.idByKey('mailNickname', 'staff')), staff)
  })

  test('a key that names another object is refused, and nothing of that commit stays', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff, { keys: { mailNickname: 'staff' } }))
    const refused = tenant.commit(async transaction => {
      await putGroup(transaction, groupId(3))
      await putGroup(transaction, board, { keys: { mailNickname: 'staff' } })
    })
    await assert.rejects(refused, Error)
    await tenant.look(async snapshot => {
      assert.equal(snapshot.head, 1)
      assert.equal(await snapshot.object(groupId(3)), null)
      assert.equal(await snapshot.idByKey('mailNickname', 'staff'), staff)
    })
  })

  test('one value can be two kinds of key of two objects', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { keys: { mailNickname: 'one' } })
      await putGroup(transaction, board, { keys: { uniqueName: 'one' } })
    })
    assert.equal(await tenant.look(snapshot => snapshot.idByKey('mailNickname', 'one')), staff)
    assert.equal(await tenant.look(snapshot => snapshot.idByKey('uniqueName', 'one')), board)
  })

  test('a key that one object has let go can be taken by another in the same commit', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, staff, { keys: { mailNickname: 'staff' } }))
    await tenant.commit(async transaction => {
      await putGroup(transaction, staff, { keys: { mailNickname: 'old-staff' } })
      await putGroup(transaction, board, { keys: { mailNickname: 'staff' } })
    })
    assert.equal(await tenant.look(snapshot => snapshot.idByKey('mailNickname', 'staff')), board)
    assert.equal(await tenant.look(snapshot => snapshot.idByKey('mailNickname', 'old-staff')), staff)
  })
}
