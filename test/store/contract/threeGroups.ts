import { groupId, link, personId, putGroup, type TestTenant, unlink } from '../tenant.ts'

export const [staff, board, crew] = [groupId(1), groupId(2), groupId(3)]
export const [ann, bob, cyd] = [personId(1), personId(2), personId(3)]

/** Staff: members ann, bob, cyd, owner ann · board: none · crew: one owner, one removed member. */
export async function threeGroups(tenant: TestTenant): Promise<void> {
  await tenant.commit(async transaction => {
    for (const id of [staff, board, crew])
      await putGroup(transaction, id, { properties: { displayName: id.slice(-1) } })
    await link(transaction, staff, 'members', ann, bob, cyd)
    await link(transaction, staff, 'owners', ann)
    await link(transaction, crew, 'members', ann)
    await link(transaction, crew, 'owners', bob)
    await unlink(transaction, crew, 'members', ann)
  })
}
