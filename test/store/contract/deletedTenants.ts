import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UnknownTenant } from '../../../src/store/store.ts'
import { aPlainApp } from '../../auth/aPlainApp.ts'
import {
  aTenant,
  aTenantNamed,
  groupId,
  link,
  numbers,
  personId,
  putGroup,
  putPerson,
  type StoreFactory,
  type TestTenant,
  tenantOf,
} from '../tenant.ts'

const APP = '11111111-0000-4000-8000-000000000001'
const BY = { at: 0, app: null, user: null, requestId: null }

/** Two groups, of which one has a person with a directory role. */
async function fill({ id, store, commit }: TestTenant): Promise<void> {
  await commit(async transaction => {
    for (const number of [1, 2])
      await putGroup(transaction, groupId(number), { keys: { uniqueName: `name ${number}` } })
    await putPerson(transaction, personId(1))
    await link(transaction, groupId(1), 'members', personId(1))
  })
  await store.changeDirectoryRoles(id, personId(1), () => ['Directory Readers'])
}

/** Tenants that were deleted. */
export function deletedTenants(open: StoreFactory): void {
  test('a deleted tenant is not there any more, nor are its apps and domains, and other tenants are as they were', async t => {
    const tenant = await aTenant(t, open)
    const { store, id } = tenant
    const other = await tenantOf(store, 2)
    for (const one of [tenant, other]) await fill(one)
    await store.putApp(aPlainApp({ clientId: APP, tenant: id }))
    assert.equal(await store.deleteTenant(id), true)
    assert.equal(await store.deleteTenant(id), false)
    assert.equal(await store.deleteTenant(aTenantNamed(3).id), false)
    assert.deepEqual(
      [await store.tenant(id), await store.tenantOfDomain('t1.example'), await store.app(APP), await store.apps(id)],
      [null, null, null, []],
    )
    const asked = [
      () => tenant.look(async ({ head }) => head),
      () => tenant.commit(transaction => putGroup(transaction, groupId(3))),
      () => store.survey(id, async ({ head }) => head),
      () => store.commits(id, 1),
      () => store.versionAt(id, 0),
      () => store.compact(id, 1),
      () => store.directoryRoles(id, personId(1)),
      () => store.roleHolders(id),
      () => store.changeDirectoryRoles(id, personId(1), () => []),
      () => store.putApp(aPlainApp({ clientId: APP, tenant: id })),
      () => store.changeApp(APP, () => aPlainApp({ clientId: APP, tenant: id })),
    ]
    for (const ask of asked) await assert.rejects(ask, UnknownTenant, String(ask))
    for (const _ of ['first', 'again']) {
      await store.sweep()
      assert.deepEqual(
        (await store.tenants()).map(({ id }) => id),
        [other.id],
      )
      assert.equal((await other.look(snapshot => snapshot.object(groupId(1))))?.version, 1)
      assert.equal((await store.roleHolders(other.id)).length, 1)
    }
  })

  test('a tenant that is made after one was deleted, with its id and domain too, holds nothing of it', async t => {
    const tenant = await aTenant(t, open)
    await fill(tenant)
    await tenant.store.deleteTenant(tenant.id)
    assert.equal(await tenant.store.addTenant(aTenantNamed(1)), null)
    for (const [version, prepare] of [async () => {}, () => tenant.store.sweep()].entries()) {
      await prepare()
      assert.equal(await tenant.look(async ({ head }) => head), version)
      assert.equal(await tenant.look(snapshot => snapshot.object(groupId(1))), null)
      assert.deepEqual(await tenant.store.roleHolders(tenant.id), [])
      assert.deepEqual((await tenant.store.commits(tenant.id, 9)).length, version)
      await tenant.commit(transaction => putGroup(transaction, groupId(9)))
    }
  })

  test('a write that comes together with the deletion of its tenant is done before it or not at all', async t => {
    const { store, id } = await aTenant(t, open)
    const outcomes = await Promise.allSettled([
      store.deleteTenant(id),
      ...numbers(3).map(number => store.write(id, BY, transaction => putGroup(transaction, groupId(number)))),
    ])
    assert.equal(outcomes[0]?.status, 'fulfilled')
    assert.equal(await store.tenant(id), null)
    for (const outcome of outcomes.slice(1)) {
      if (outcome.status === 'rejected') assert.ok(outcome.reason instanceof UnknownTenant)
    }
    await assert.rejects(
      store.write(id, BY, async () => {}),
      UnknownTenant,
    )
  })
}
