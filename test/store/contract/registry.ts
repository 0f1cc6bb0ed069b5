import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { App } from '../../../src/store/store.ts'
import { aTenant, aTenantNamed, groupId, putGroup, type StoreFactory, tenantOf } from '../tenant.ts'

function anApp(clientId: string, number: number): App {
  return {
    clientId,
    tenant: aTenantNamed(number).id,
    displayName: `App ${clientId}`,
    roles: ['Group.Read.All', 'User.Read.All'],
    scopes: ['User.Read.All', 'Group.Read.All'],
    secretHashes: ['first', 'second'],
    certificates: [
      { thumbprint: 'one', sha1: 'two', publicJwk: { kty: 'RSA', n: 'n', e: 'AQAB' }, notAfter: 1_900_000_000_000 },
    ],
    redirectUris: ['http://localhost/a?b=c', 'tidemark://zoë'],
    publicClient: true,
    demo: false,
  }
}

/** Tenants and applications. */
export function registry(open: StoreFactory): void {
  test('a tenant is read as it was put', async t => {
    const { store } = await aTenant(t, open)
    await store.putTenant({ ...aTenantNamed(2), domains: ['t2.example', 'zoë.example'] })
    assert.deepEqual(await store.tenant(aTenantNamed(2).id), {
      ...aTenantNamed(2),
      domains: ['t2.example', 'zoë.example'],
    })
    assert.equal(await store.tenant(aTenantNamed(3).id), null)
    const ids = (await store.tenants()).map(({ id }) => id)
    assert.deepEqual(ids.toSorted(), [aTenantNamed(1).id, aTenantNamed(2).id])
  })

  test('a tenant is found by each of its domains, and by no more once it has others', async t => {
    const { store } = await aTenant(t, open)
    const domains = ['t2.example', 'shared.example']
    await store.putTenant({ ...aTenantNamed(2), domains })
    await store.putTenant({ ...aTenantNamed(3), domains: ['t3.example', 'shared.example'] })
    const found = async (domain: string) => (await store.tenantOfDomain(domain))?.displayName ?? null
    const asked = ['t2.example', 't3.example', 'shared.example', 'T2.example', 'example', '']
    assert.deepEqual(await Promise.all(asked.map(found)), ['t2.example', 't3.example', 't2.example', null, null, null])
    await store.putTenant({ ...aTenantNamed(2), domains: ['t2.example'] })
    assert.deepEqual(await Promise.all(asked.map(found)), ['t2.example', 't3.example', 't3.example', null, null, null])
    assert.deepEqual(await store.tenantOfDomain('t1.example'), await store.tenant(aTenantNamed(1).id))
  })

  test('a tenant that is put again keeps its directory', async t => {
    const tenant = await aTenant(t, open)
    await tenant.commit(transaction => putGroup(transaction, groupId(1)))
    await tenant.store.putTenant({ ...aTenantNamed(1), displayName: 'Renamed' })
    assert.equal((await tenant.store.tenant(tenant.id))?.displayName, 'Renamed')
    assert.equal((await tenant.store.tenants()).length, 1)
    assert.equal(await tenant.look(async ({ head }) => head), 1)
    assert.equal((await tenant.look(snapshot => snapshot.object(groupId(1))))?.version, 1)
  })

  test('a tenant that was never put has no directory to read or write', async t => {
    const { store } = await aTenant(t, open)
    const { id } = aTenantNamed(2)
    const by = { at: 0, app: null, user: null, requestId: null }
    await assert.rejects(
      store.read(id, async ({ head }) => head),
      Error,
    )
    await assert.rejects(
      store.write(id, by, transaction => putGroup(transaction, groupId(1))),
      Error,
    )
    assert.equal(await store.tenant(id), null)
  })

  test('an app is changed in one step, or deleted, or left as it is where the change throws', async t => {
    const { store } = await aTenant(t, open)
    await store.putApp(anApp('one', 1))
    await store.putApp(anApp('two', 1))
    const roles = ['Group.Read.All']
    await store.changeApp('two', found => (found === null ? null : { ...found, roles }))
    await store.changeApp('one', () => null)
    await store.changeApp('nobody', found => found)
    await assert.rejects(
      store.changeApp('two', () => {
        throw new RangeError('not this one')
      }),
      RangeError,
    )
    assert.equal(await store.app('one'), null)
    assert.deepEqual(await store.apps(aTenantNamed(1).id), [{ ...anApp('two', 1), roles }])
  })

  test('changes of one app that come together are all made', async t => {
    const { store } = await aTenant(t, open)
    await store.putApp({ ...anApp('one', 1), roles: [] })
    const names = Array.from({ length: 20 }, (_, index) => `role ${index}`)
    await Promise.all(
      names.map(name => store.changeApp('one', found => found && { ...found, roles: [...found.roles, name] })),
    )
    assert.deepEqual([...((await store.app('one'))?.roles ?? [])].sort(), names.sort())
  })

  test('of two tenants with one domain that are added at once one is made, and the other is told which', async t => {
    const { store } = await aTenant(t, open)
    const [second, third] = [2, 3].map(number => ({ ...aTenantNamed(number), domains: ['one.example'] }))
    assert.ok(second !== undefined && third !== undefined)
    const holders = await Promise.all([store.addTenant(second), store.addTenant(third)])
    assert.deepEqual(
      holders.map(holder => holder?.id ?? null),
      [null, second.id],
    )
    assert.equal(await store.tenant(third.id), null)
  })

  test('the time of housekeeping is unknown at first, and then the one that was put last', async t => {
    const { store } = await aTenant(t, open)
    assert.equal(await store.housekeepingTime(), null)
    for (const time of [1_768_467_600_000, 1_000, 0]) {
      await store.putHousekeepingTime(time)
      assert.equal(await store.housekeepingTime(), time)
    }
  })

  test('an app is read as it was put last', async t => {
    const { store } = await aTenant(t, open)
    await store.putApp(anApp('one', 1))
    assert.deepEqual(await store.app('one'), anApp('one', 1))
    const changed: App = {
      ...anApp('one', 1),
      displayName: 'Other',
      roles: [],
      scopes: [],
      secretHashes: ['third'],
      certificates: [],
      redirectUris: [],
      publicClient: false,
      demo: true,
    }
    await store.putApp(changed)
    assert.deepEqual(await store.app('one'), changed)
    assert.equal(await store.app('two'), null)
  })

  test('the apps of a tenant are listed with it and with no other', async t => {
    const { store } = await aTenant(t, open)
    await tenantOf(store, 2)
    for (const app of [anApp('one', 1), anApp('two', 2), anApp('three', 1)]) await store.putApp(app)
    const listed = async (number: number) => (await store.apps(aTenantNamed(number).id)).map(app => app.clientId)
    assert.deepEqual((await listed(1)).toSorted(), ['one', 'three'])
    assert.deepEqual(await listed(2), ['two'])
    assert.deepEqual(await listed(3), [])
  })
}
