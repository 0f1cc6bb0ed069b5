import assert from 'node:assert/strict'
import type { TestServer } from '../server/aServer.ts'
import { limited, unitsOf } from '../server/limited.ts'
import type { Client } from './story.ts'

/** Limits requests; whoever is refused finds, when it comes again, that the time which it was told has gone by. */
async function limitedForNow(server: TestServer): Promise<{ readonly refusals: () => number }> {
  const { controls } = (await limited(server, unitsOf('2/1s'))).services
  const { throttle } = controls
  let refusals = 0
  controls.throttle = {
    ...throttle,
    async count(charge) {
      const verdict = await throttle.count(charge)
      if (verdict.refusal !== null) {
        refusals += 1
        server.clock.advance(verdict.refusal.waitMs)
      }
      return verdict
    },
  }
  return { refusals: () => refusals }
}

/** A client that writes and reads more than it may, waits a second as it is told, twice, and has all in the end. */
export async function tellThrottledStory(client: Client, server: TestServer): Promise<void> {
  const { refusals } = await limitedForNow(server)
  const names = ['One', 'Two', 'Three']
  for (const name of names) await client.createGroup(name)
  const first = await client.firstRound()
  assert.deepEqual(first.items.map(({ displayName }) => displayName).sort(), names.toSorted())
  assert.deepEqual((await client.laterRound(first.deltaLink)).items, [])
  assert.equal(refusals(), 2)
}
