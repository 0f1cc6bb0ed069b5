import assert from 'node:assert/strict'
import { type Reply, shown } from './client.ts'
import { bodyAt, idsAt } from './current.ts'
import type { Named } from './round.ts'
import type { Refusal, Scene } from './scene.ts'

/** How a request must be refused: its status; another code or message than Graph's is noted. */
export interface Demand extends Refusal {
  readonly status: number
}

/** Graph's usual answer to a body that it does not accept. */
export const BAD_REQUEST: Demand = { status: 400, code: 'Request_BadRequest' }

/** That an answer is a refusal with this status. */
export function assertRefused({ refused }: Pick<Scene, 'refused'>, reply: Reply, demand: Demand): void {
  assert.equal(reply.status, demand.status, `${demand.status} was due, not ${shown(reply)}`)
  refused(reply, demand)
}

/**
 * That a request about a group is refused, leaves its properties, members and owners as they are, and tells nothing.
 * Without a demand any refusal will do.
 */
export async function assertLeft(
  scene: Scene,
  group: Named,
  request: () => Promise<Reply>,
  demand?: Demand,
): Promise<void> {
  const before = await standingOf(scene, group)
  const link = await scene.latest()
  const reply = await request()
  if (demand === undefined) scene.refused(reply)
  else assertRefused(scene, reply, demand)
  assert.deepEqual(await standingOf(scene, group), before)
  assert.deepEqual((await scene.news(link, [])).of(group), [])
}

/**
 * That a POST of each of these to /groups is refused, and that none of them makes a group. A body gets names of its own
 * where it has none; undefined is left out.
 */
export async function assertNotMade(scene: Scene, bodies: readonly object[], demand: Demand): Promise<void> {
  const description = scene.newName()
  const link = await scene.latest()
  for (const body of bodies) {
    const name = scene.newName()
    const reply = await scene.post('/v1.0/groups', { displayName: name, mailNickname: name, description, ...body })
    // What was made against the rule goes away with the rest.
    if (reply.status === 201) scene.adopt('groups', reply.body)
    assertRefused(scene, reply, demand)
  }
  const { items } = await scene.news(link, [])
  assert.deepEqual(
    items.filter(item => item['description'] === description),
    [],
  )
}

async function standingOf(scene: Scene, { id }: Named) {
  const path = `/v1.0/groups/${id}`
  const { '@odata.context': _, ...properties } = await bodyAt(scene, path)
  return { properties, members: await idsAt(scene, `${path}/members`), owners: await idsAt(scene, `${path}/owners`) }
}
