import type { Relation } from '../../src/core/fact.ts'
import type { Named } from './aDirectory.ts'
import type { TestServer } from './aServer.ts'

/** The ids that a group's list of members or owners holds, sorted. */
export async function linksOf({ call }: TestServer, { id }: Named, relation: Relation): Promise<string[]> {
  const { body } = await call(`/v1.0/groups/${id}/${relation}?$top=999`)
  return body.value.map(({ id }: Named) => id).sort()
}
