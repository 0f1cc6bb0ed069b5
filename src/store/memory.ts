import { randomBytes } from 'node:crypto'
import type { Nonce } from '../core/fact.ts'
import type { TenantId } from '../core/id.ts'
import { notFound } from '../core/problem.ts'
import { openCommit } from './memory/commit.ts'
import { snapshotOf } from './memory/snapshot.ts'
import { compacted, compareText, EMPTY, kept, type State } from './memory/state.ts'
import { type App, type Store, type Tenant, UnknownTenant } from './store.ts'

export interface MemoryOptions {
  /** Where the nonces of commits come from, one for each; random ones by default. */
  readonly nonce?: () => Nonce
}

interface Directory {
  tenant: Tenant
  state: State
  /** Fulfilled when every change asked for so far has ended: the next one begins then. */
  turn: Promise<unknown>
}

/** The shortest correct store, for tests and as the measure of the others: it keeps nothing beyond the process. */
export function openMemoryStore({ nonce = randomNonce }: MemoryOptions = {}): Store {
  const directories = new Map<TenantId, Directory>()
  const apps = new Map<string, App>()
  let housekeepingTime: number | null = null

  function directoryOf(tenant: TenantId): Directory {
    const directory = directories.get(tenant)
    if (directory === undefined) throw new UnknownTenant(`There is no tenant '${tenant}'.`)
    return directory
  }

  /** Runs `change` when all that was asked for before has ended. */
  function inTurn<T>(tenant: TenantId, change: (directory: Directory) => Promise<T>): Promise<T> {
    const directory = directoryOf(tenant)
    const result = directory.turn.then(() => {
      if (directories.get(tenant) === directory) return change(directory)
      throw new UnknownTenant(`The tenant '${tenant}' is gone.`)
    })
    directory.turn = result.catch(() => {})
    return result
  }

  return {
    async write(tenant, by, work) {
      return inTurn(tenant, async directory => {
        const commit = openCommit(directory.state)
        const result = await work(commit.transaction)
        directory.state = commit.end(() => ({ ...by, nonce: nonce() }))
        return result
      })
    },
    async read(tenant, work) {
      return work(snapshotOf(directoryOf(tenant).state))
    },
    async survey(tenant, work) {
      return work(snapshotOf(directoryOf(tenant).state))
    },

    async tenant(id) {
      return directories.get(id)?.tenant ?? null
    },
    async tenantOfDomain(domain) {
      return [...directories.values()].find(({ tenant }) => tenant.domains.includes(domain))?.tenant ?? null
    },
    async tenants() {
      return [...directories.values()].map(({ tenant }) => tenant)
    },
    async putTenant(tenant) {
      const directory = directories.get(tenant.id)
      if (directory !== undefined) directory.tenant = kept(tenant)
      else directories.set(tenant.id, { tenant: kept(tenant), state: EMPTY, turn: Promise.resolve() })
    },
    async addTenant(tenant) {
      const taken = [...directories.values()].find(other =>
        other.tenant.domains.some(domain => tenant.domains.includes(domain)),
      )
      if (taken === undefined) await this.putTenant(tenant)
      return taken?.tenant ?? null
    },
    async deleteTenant(id) {
      if (!directories.has(id)) return false
      return inTurn(id, async () => {
        for (const { clientId, tenant } of apps.values()) if (tenant === id) apps.delete(clientId)
        return directories.delete(id)
      })
    },
    async sweep() {
      return 0
    },
    async app(clientId) {
      return apps.get(clientId) ?? null
    },
    async apps(tenant) {
      const found = [...apps.values()].filter(app => app.tenant === tenant)
      return found.sort((a, b) => compareText(a.clientId, b.clientId))
    },
    async putApp(app) {
      directoryOf(app.tenant)
      apps.set(app.clientId, kept(app))
    },
    async changeApp(clientId, change) {
      const app = change(apps.get(clientId) ?? null)
      if (app !== null) directoryOf(app.tenant)
      if (app === null) apps.delete(clientId)
      else apps.set(clientId, kept(app))
    },

    async directoryRoles(tenant, user) {
      return directoryOf(tenant).state.roles.get(user) ?? []
    },
    async roleHolders(tenant) {
      const holders = [...directoryOf(tenant).state.roles].map(([user, roles]) => ({ user, roles }))
      return holders.sort((a, b) => compareText(a.user, b.user))
    },
    async changeDirectoryRoles(tenant, user, change) {
      return inTurn(tenant, async directory => {
        const { objects, roles: before } = directory.state
        const object = objects.get(user)
        if (object?.type !== 'user' || object.state === 'purged') throw notFound(user)
        const roles = new Map(before)
        const changed = new Set(change(before.get(user) ?? []))
        if (changed.size === 0) roles.delete(user)
        else roles.set(user, kept([...changed].sort(compareText)))
        directory.state = { ...directory.state, roles }
      })
    },

    async commits(tenant, limit) {
      const { commits } = directoryOf(tenant).state
      const newest = [...commits].sort(([a], [b]) => b - a).slice(0, limit)
      return newest.map(([version, { at, app, user, requestId }]) => ({ version, at, app, user, requestId }))
    },
    async versionAt(tenant, at) {
      const { head, horizon, commits } = directoryOf(tenant).state
      const later = [...commits].find(([, commit]) => commit.at > at)
      return Math.max(horizon, later === undefined ? head : later[0] - 1)
    },
    async compact(tenant, horizon) {
      return inTurn(tenant, async directory => {
        const before = directory.state
        directory.state = compacted(before, horizon)
        const { objects, edges, commits } = directory.state
        return {
          tombstones: before.objects.size - objects.size + before.edges.size - edges.size,
          records: before.commits.size - commits.size,
        }
      })
    },
    async housekeepingTime() {
      return housekeepingTime
    },
    async putHousekeepingTime(at) {
      housekeepingTime = at
    },
    async probe() {},
    waiting() {
      return { writes: 0, reads: 0 }
    },
    async close() {
      await Promise.all([...directories.values()].map(({ turn }) => turn))
    },
  }
}

function randomNonce(): Nonce {
  return randomBytes(8).toString('hex') as Nonce
}
