import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import type { Scene } from '../scene.ts'
import { controlOf } from '../target.ts'

/** More requests than the limit that the case sets. */
const TRIES_MAX = 20

export const LIMITS: readonly Case[] = [
  must(
    'C148 a caller over its limit is 429 with Retry-After, and its link stays good (DELTA-213)',
    async scene => {
      const { limitUnits, advance } = controlOf(scene.target)
      const link = await scene.latest()
      const endLimit = await limitUnits('3/10s')
      try {
        const refused = await firstRefusal(scene, link)
        assert.equal(refused.status, 429, shown(refused))
        scene.refused(refused, { code: 'TooManyRequests' })
        assert.ok(!('value' in refused.body))
        const { 'retry-after': wait = '' } = refused.headers
        assert.match(wait, /^[1-9]\d*$/, 'Retry-After is whole seconds')
        await advance(`${wait}s`)
        const { status, body } = await askOnce(scene, link)
        assert.deepEqual([status, body.value], [200, []])
      } finally {
        await endLimit()
      }
    },
    ['control'],
  ),
  should('C149 a delta request costs one resource unit and says so (DELTA-214)', async scene => {
    const first = await scene.get('/v1.0/groups/delta')
    for (const reply of [first, await scene.get(await scene.latest())]) {
      assert.equal(reply.headers['x-ms-resource-unit'], '1')
    }
  }),
]

/** The first answer to a repeated request that is not 200. */
async function firstRefusal(scene: Scene, link: string): Promise<Reply> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const reply = await askOnce(scene, link)
    if (reply.status !== 200) return reply
  }
  throw new Error(`${TRIES_MAX} requests were let through.`)
}

/** Other requests of a case wait and come again where they are throttled. */
async function askOnce({ target }: Scene, link: string): Promise<Reply> {
  const authorization = `Bearer ${await target.tokens.writer?.()}`
  const answer = await target.send({ method: 'GET', url: new URL(link), headers: { authorization } })
  return { ...answer, body: JSON.parse(answer.text) }
}
