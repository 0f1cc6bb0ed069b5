import { describe } from 'node:test'
import { changes } from './contract/changes.ts'
import { commits } from './contract/commits.ts'
import { compaction } from './contract/compaction.ts'
import { deletedTenants } from './contract/deletedTenants.ts'
import { edges } from './contract/edges.ts'
import { histories } from './contract/histories.ts'
import { isolation } from './contract/isolation.ts'
import { lists } from './contract/lists.ts'
import { memberships } from './contract/memberships.ts'
import { objects } from './contract/objects.ts'
import { pages } from './contract/pages.ts'
import { registry } from './contract/registry.ts'
import { roles } from './contract/roles.ts'
import { scans } from './contract/scans.ts'
import { surveys } from './contract/surveys.ts'
import { walks } from './contract/walks.ts'
import type { StoreFactory } from './tenant.ts'

/** The contract of every store, as tests: each opens a store of its own and closes it. */
export function describeStore(name: string, open: StoreFactory): void {
  describe(name, () => {
    describe('commits', () => commits(open))
    describe('isolation', () => isolation(open))
    describe('surveys', () => surveys(open))
    describe('objects', () => objects(open))
    describe('edges', () => edges(open))
    describe('memberships', () => memberships(open))
    describe('lists', () => lists(open))
    describe('changes', () => changes(open))
    describe('what a scan writes', () => scans(open))
    describe('where a scan’s page ends', () => pages(open))
    describe('all pages of a scan', () => walks(open))
    describe('compaction', () => compaction(open))
    describe('tenants and apps', () => registry(open))
    describe('deleted tenants', () => deletedTenants(open))
    describe('directory roles', () => roles(open))
    describe('random histories', () => histories(open))
  })
}
