import assert from 'node:assert/strict'
import { compare, type Difference, tellDifference } from '../replay/comparison.ts'
import { type Copy, emptyGroup } from '../replay/copy.ts'
import { shown } from './client.ts'
import type { Named } from './round.ts'
import type { Scene } from './scene.ts'

type Get = Pick<Scene, 'get'>

/** The ids that the server lists in a collection (`/v1.0/groups/{id}/members`), all its pages, sorted. */
export async function idsAt({ get }: Get, path: string): Promise<readonly string[]> {
  const ids: string[] = []
  for (let next: string | undefined = path; next !== undefined; ) {
    const reply = await get(next)
    assert.equal(reply.status, 200, shown(reply))
    ids.push(...reply.body.value.map(({ id }: Named) => id))
    next = reply.body['@odata.nextLink']
  }
  return ids.sort()
}

export function membersOf(scene: Get, { id }: Named): Promise<readonly string[]> {
  return idsAt(scene, `/v1.0/groups/${id}/members`)
}

/** What a GET of one object shows; it must be there. */
// biome-ignore lint/suspicious/noExplicitAny: cases look at bodies as their readers do
export async function bodyAt({ get }: Get, path: string): Promise<any> {
  const reply = await get(path)
  assert.equal(reply.status, 200, shown(reply))
  return reply.body
}

/** That a client's copy holds of each group the default properties and the members that the server itself shows. */
export async function assertCurrent(scene: Get, copy: Copy, groups: readonly Named[]): Promise<void> {
  const [here, there]: [Copy, Copy] = [new Map(), new Map()]
  const names = new Set<string>()
  for (const group of groups) {
    const held = copy.get(group.id)
    if (held !== undefined) here.set(group.id, held)
    const body = await bodyAt(scene, `/v1.0/groups/${group.id}`)
    const properties = Object.entries(body).filter(([name]) => name !== 'id' && !name.includes('@'))
    for (const [name] of properties) names.add(name)
    const members = new Set(await membersOf(scene, group))
    there.set(group.id, { ...emptyGroup(), properties: new Map(properties), members })
  }
  const differences: Difference[] = []
  compare(here, there, { properties: [...names], relations: ['members'] }, found => differences.push(found))
  assert.deepEqual(differences.map(tellDifference), [])
}
