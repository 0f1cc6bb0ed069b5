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
  assert.equal(reply.status, demand.status, shown(reply))
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

/** A group as a POST asks for it. */
export interface GroupBody {
  readonly displayName?: unknown
  readonly mailNickname?: unknown
  readonly [property: string]: unknown
}

/** That a POST of each of these to /groups is refused and makes no group. Every body has a name that no group has. */
export async function assertNotMade(scene: Scene, bodies: readonly GroupBody[], demand: Demand): Promise<void> {
  const link = await scene.latest()
  for (const body of bodies) {
    const reply = await scene.post('/v1.0/groups', body)
    // What was made against the rule goes away with the rest.
    if (reply.status === 201) scene.adopt('groups', reply.body)
    assertRefused(scene, reply, demand)
  }
  const { items } = await scene.news(link, [])
  for (const { displayName, mailNickname } of bodies) {
    const made = items.filter(
      item => item['displayName'] === displayName || (mailNickname && item['mailNickname'] === mailNickname),
    )
    assert.deepEqual(made, [])
  }
}

async function standingOf(scene: Scene, { id }: Named) {
  const path = `/v1.0/groups/${id}`
  const { '@odata.context': _, ...properties } = await bodyAt(scene, path)
  return { properties, members: await idsAt(scene, `${path}/members`), owners: await idsAt(scene, `${path}/owners`) }
}
