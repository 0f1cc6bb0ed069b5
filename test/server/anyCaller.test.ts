import assert from 'node:assert/strict'
import test from 'node:test'
import { chanceOf, freshSeed } from '../durability/chance.ts'
import { ASKS, type Asked } from './anyAsk.ts'
import { anyCaller, aPlace, callAs, type Place } from './anyCaller.ts'
import type { Reply } from './aServer.ts'
import type { AnyCaller } from './callerRules.ts'

/** More of them: `CALLERS=5000 node --test test/server/anyCaller.test.ts`; the same again: `CALLERS_SEED=…`. */
const CALLERS = Number(process.env['CALLERS'] ?? 100)
const SEED = Number(process.env['CALLERS_SEED'] ?? freshSeed())
const REQUESTS_EACH = 6

/** Asks alone, or in a batch. */
async function ask({ server }: Place, caller: AnyCaller, asked: Asked, inBatch: boolean): Promise<Reply> {
  const { path, method = 'GET', body, headers = {} } = asked
  const as = callAs(caller)
  if (!inBatch) {
    return server.call(`/v1.0/${path}`, { ...as, method, headers, ...(body !== undefined && { body }) })
  }
  const item = {
    id: '1',
    method,
    url: `/${path}`,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  }
  const reply = await server.call('/v1.0/$batch', { ...as, method: 'POST', body: { requests: [item] } })
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return reply.body.responses[0]
}

/** An answer that is no refusal is one of success, or tells what is wrong with a write that would change nothing. */
function assertAnswered({ status, body }: Reply, { method = 'GET', check }: Asked): void {
  assert.ok(status < 300 || method !== 'GET' || [400, 404, 410].includes(status), String(status))
  if (status < 300 || status === 410) check?.(body)
}

test('whatever rights a caller has, it is let in, refused and shown what the pages say, alone and in a batch (DELTA-98, DELTA-129, DELTA-199, DELTA-200)', async t => {
  const place = await aPlace(t)
  const chance = chanceOf(SEED)
  for (let callers = 0; callers < CALLERS; callers += 1) {
    const caller = anyCaller(chance, place)
    for (let requests = 0; requests < REQUESTS_EACH; requests += 1) {
      const asked = await chance.pick(ASKS)(chance, place, caller)
      const reply = await ask(place, caller, asked, chance.happens(0.2))
      const { method = 'GET', path, body } = asked
      const told = [`CALLERS_SEED=${SEED}`, caller, `${method} ${path}`, body, reply.status, reply.body]
        .map(part => (typeof part === 'string' ? part : JSON.stringify(part)))
        .join(' ')
      assert.equal(reply.status !== 403, asked.may, told)
      try {
        if (asked.may) assertAnswered(reply, asked)
      } catch (error) {
        throw new Error(told, { cause: error })
      }
      await asked.after?.()
    }
  }
})
