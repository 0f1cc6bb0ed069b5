import { createHash } from 'node:crypto'
import type { DirectoryRole } from '../../auth/directoryRoles.ts'
import { hashSecret, newClientSecret } from '../../auth/issuer/secret.ts'
import { SCOPES } from '../../auth/permission/permissionTable.ts'
import type { CommandContext } from '../../core/change.ts'
import type { DirectoryObject } from '../../core/fact.ts'
import { createGroup } from '../../core/group.ts'
import { guidOf, type ObjectId, parseTenantId } from '../../core/id.ts'
import { addEdges } from '../../core/membership.ts'
import { createObject } from '../../core/plainObject.ts'
import type { Transaction } from '../../core/snapshot.ts'
import type { Store, Tenant } from '../../store/store.ts'
import { FIRST_ROLES, type FirstApp } from '../firstApp.ts'
import { GROUPS, type GroupPlan } from './groups.ts'
import { type Person, person } from './people.ts'

const DOMAIN = '5f1d7a52.tidemark.example'

export const DEMO_TENANT: Tenant = {
  id: parseTenantId('5f1d7a52-8c3e-4b6f-9a41-2e7d0c9b8a13'),
  kind: 'workforce',
  displayName: 'Larkspur Instruments',
  defaultDomain: DOMAIN,
  domains: [DOMAIN],
}

const CLIENT_ID = 'b7a9f0c4-31d2-4e85-a6c7-94e20f5d8b61'
const PEOPLE = 3_000

/** On any port of the person's own machine: where MSAL listens, and the paths that Microsoft's samples take. */
const REDIRECT_URIS = ['', '/', '/redirect', '/auth/redirect', '/auth/callback', '/callback'].map(
  path => `http://localhost${path}`,
)

/** What the first of the people are, in their order. */
const ROLES: readonly DirectoryRole[] = [
  'Global Administrator',
  'Groups Administrator',
  'User Administrator',
  'Privileged Role Administrator',
  'Directory Writers',
  'Global Reader',
]
/** When all of it was created, by its own word. */
const CREATED_AT = Date.UTC(2025, 0, 6, 8)

/**
 * The demonstration's app, with a new secret: those of earlier starts end. A new database is filled first, in one
 * commit of the moment `now` (milliseconds since 1970 UTC); one that has commits stays as it is.
 */
export async function demoApp(store: Store, now: number): Promise<FirstApp> {
  const tenant = DEMO_TENANT.id
  await store.putTenant(DEMO_TENANT)
  await store.write(tenant, { at: now, app: null, user: null, requestId: null }, async transaction => {
    if (transaction.head === 0) await fill(transaction)
  })
  if ((await store.roleHolders(tenant)).length === 0) await giveRoles(store)
  const clientSecret = newClientSecret()
  await store.putApp({
    clientId: CLIENT_ID,
    tenant,
    displayName: 'Tidemark demonstration',
    roles: FIRST_ROLES,
    secretHashes: [hashSecret(clientSecret)],
    scopes: SCOPES,
    certificates: [],
    redirectUris: REDIRECT_URIS,
    publicClient: true,
    demo: true,
  })
  return { tenantId: tenant, clientId: CLIENT_ID, clientSecret }
}

/** To those who are there still: somebody may have deleted them. */
async function giveRoles(store: Store): Promise<void> {
  const newId = fixedIds()
  for (const role of ROLES) {
    const id = newId()
    const user = await store.read(DEMO_TENANT.id, snapshot => snapshot.object(id))
    if (user?.state === 'live') await store.changeDirectoryRoles(DEMO_TENANT.id, id, () => [role])
  }
}

interface Worker extends Person {
  readonly id: ObjectId
}

async function fill(transaction: Transaction): Promise<void> {
  const context: CommandContext = { now: CREATED_AT, newId: fixedIds(), domains: [DOMAIN], recycleSecurityGroups: true }
  const workers: Worker[] = []
  for (let index = 0; index < PEOPLE; index += 1) {
    const made = person(index, DOMAIN)
    const { id } = await createObject(transaction, 'user', made.values, context)
    workers.push({ ...made, id })
  }
  const groups = new Map<string, DirectoryObject>()
  for (const plan of GROUPS) {
    const group = await addGroup(transaction, plan, workers, context)
    for (const parent of plan.within.map(name => groups.get(name))) {
      if (parent === undefined) throw new Error(`The demonstration nests '${group.id}' into a group that is not there.`)
      await addEdges(transaction, parent, 'members', [group.id])
    }
    groups.set(String(group.properties.mailNickname), group)
  }
}

async function addGroup(
  transaction: Transaction,
  { values, holds, owned }: GroupPlan,
  workers: readonly Worker[],
  context: CommandContext,
): Promise<DirectoryObject> {
  const owners = workers.filter(owned).slice(0, 2)
  const group = await createGroup(transaction, { values, members: [], owners: owners.map(({ id }) => id) }, context)
  // Beside its creation: a request can add no more than twenty.
  const members = workers.filter(holds).map(({ id }) => id)
  await addEdges(transaction, group, 'members', members)
  return group
}

/** Ids that look random and are the same on every machine: documents can name them. */
function fixedIds(): () => ObjectId {
  let count = 0
  return () => {
    count += 1
    const bytes = createHash('sha256').update(`tidemark demonstration ${count}`).digest().subarray(0, 16)
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
    return guidOf(bytes.toString('hex')) as ObjectId
  }
}
