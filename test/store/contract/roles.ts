import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  aTenant,
  aTenantNamed,
  groupId,
  personId,
  purge,
  putDeleted,
  putGroup,
  putPerson,
  type StoreFactory,
  tenantOf,
} from '../tenant.ts'

const [ada, ben] = [personId(1), personId(2)]
const READER = 'Directory Readers'
const WRITER = 'Directory Writers'

/** Directory roles of users. */
export function roles(open: StoreFactory): void {
  test('directory roles are read as they were put last, each once and in order', async t => {
    const { id, store, commit } = await aTenant(t, open)
    await commit(async transaction => {
      for (const user of [ada, ben]) await putPerson(transaction, user)
    })
    await store.changeDirectoryRoles(id, ben, () => [WRITER, READER, WRITER])
    await store.changeDirectoryRoles(id, ada, () => [READER])
    assert.deepEqual(await store.directoryRoles(id, ben), [READER, WRITER])
    assert.deepEqual(await store.roleHolders(id), [
      { user: ada, roles: [READER] },
      { user: ben, roles: [READER, WRITER] },
    ])
    await store.changeDirectoryRoles(id, ben, found => found.filter(role => role !== READER))
    await store.changeDirectoryRoles(id, ada, () => [])
    assert.deepEqual(await store.roleHolders(id), [{ user: ben, roles: [WRITER] }])
    assert.deepEqual(await store.directoryRoles(id, ada), [])
  })

  test('changes of the roles of one user that come together are all made, and one that throws is not', async t => {
    const { id, store, commit } = await aTenant(t, open)
    await commit(transaction => putPerson(transaction, ada))
    const names = Array.from({ length: 20 }, (_, index) => `role ${index}`)
    const changes = names.map(name => store.changeDirectoryRoles(id, ada, found => [...found, name]))
    const failing = store.changeDirectoryRoles(id, ada, () => {
      throw new RangeError('not this one')
    })
    await Promise.all([...changes, assert.rejects(failing, RangeError)])
    assert.deepEqual(await store.directoryRoles(id, ada), names.toSorted())
  })

  test('only a user of the tenant, live or deleted, has directory roles, and they end with its purge', async t => {
    const tenant = await aTenant(t, open)
    const { id, store, commit } = tenant
    const other = await tenantOf(store, 2)
    await commit(async transaction => {
      await putPerson(transaction, ada)
      await putDeleted(transaction, ben, 'user')
      await putGroup(transaction, groupId(1))
    })
    for (const user of [ada, ben]) await store.changeDirectoryRoles(id, user, () => [READER])
    const refused = { code: 'Request_ResourceNotFound' }
    for (const nobody of [personId(3), groupId(1)]) {
      await assert.rejects(
        store.changeDirectoryRoles(id, nobody, () => [READER]),
        refused,
      )
    }
    await assert.rejects(
      store.changeDirectoryRoles(other.id, ada, () => [READER]),
      refused,
    )
    assert.deepEqual([await store.roleHolders(other.id), await store.directoryRoles(other.id, ada)], [[], []])
    await commit(transaction => putDeleted(transaction, ada, 'user'))
    assert.deepEqual(await store.directoryRoles(id, ada), [READER])
    await commit(transaction => purge(transaction, ben, 'user'))
    assert.deepEqual(await store.roleHolders(id), [{ user: ada, roles: [READER] }])
    await assert.rejects(
      store.changeDirectoryRoles(id, ben, () => [READER]),
      refused,
    )
  })

  test('a purge that is refused leaves the roles', async t => {
    const { id, store, commit } = await aTenant(t, open)
    await commit(transaction => putPerson(transaction, ada))
    await store.changeDirectoryRoles(id, ada, () => [READER])
    const refused = commit(async transaction => {
      await purge(transaction, ada, 'user')
      throw new RangeError('not this one')
    })
    await assert.rejects(refused, RangeError)
    assert.deepEqual(await store.directoryRoles(id, ada), [READER])
    assert.deepEqual(await store.directoryRoles(aTenantNamed(1).id, ben), [])
  })
}
