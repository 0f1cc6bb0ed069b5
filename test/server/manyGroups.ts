import type { JsonValue } from '../../src/core/fact.ts'
import { createGroup } from '../../src/core/group.ts'
import type { ObjectId } from '../../src/core/id.ts'
import { deleteObject } from '../../src/core/recycleBin.ts'
import type { Named } from './aDirectory.ts'
import type { TestServer } from './aServer.ts'

/** What is made: groups that are live or in the recycle bin. */
export interface Many {
  readonly members?: readonly Named[]
  readonly deleted?: boolean
}

/** Makes security groups in one commit: more than a test would ask for one by one. */
export async function manyGroups(
  { store, tenant, services, domain }: TestServer,
  count: number,
  { members = [], deleted = false }: Many = {},
): Promise<void> {
  const context = {
    now: services.clock.now(),
    newId: services.newId,
    domains: [domain] as const,
    recycleSecurityGroups: true,
  }
  const ids = members.map(({ id }) => id as ObjectId)
  await store.write(tenant, { at: context.now, app: null, user: null, requestId: null }, async transaction => {
    for (let index = 0; index < count; index += 1) {
      const values = new Map<string, JsonValue>([
        ['displayName', `Group ${index}`],
        ['mailNickname', `group-${index}`],
        ['mailEnabled', false],
        ['securityEnabled', true],
      ])
      const group = await createGroup(transaction, { values, members: ids, owners: [] }, context)
      if (deleted) await deleteObject(transaction, group, context)
    }
  })
}
