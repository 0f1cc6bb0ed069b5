import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Answer } from '../replay/connection.ts'
import { Fault } from '../replay/fault.ts'
import { must, type Need, should } from './case.ts'
import { countsOf, jsonOf, tableOf } from './report.ts'
import { tryCase, tryCases } from './run.ts'
import type { Target } from './target.ts'

const PASSES = must('C1 it passes (DELTA-1)', async () => {})
const FAILS = should('C2 it fails (DELTA-2)', async () => assert.fail('it is wrong'))

test('a case passes, fails with its reason, or breaks with the place', async () => {
  assert.deepEqual(await tryCase(PASSES, aTarget()), { result: 'passed', notes: [] })
  assert.deepEqual(await tryCase(FAILS, aTarget()), { result: 'failed', reason: 'it is wrong', notes: [] })
  const broken = must('C3 it breaks (DELTA-1)', async () => {
    throw new TypeError('it breaks')
  })
  const verdict = await tryCase(broken, aTarget())
  assert.ok(verdict.result === 'failed')
  assert.match(verdict.reason, /TypeError: it breaks\n.*run\.test\.ts/s)
})

test('a case that lacks what it needs is skipped with what that is, and not run', async () => {
  const needing = (...needs: Need[]) => must('C4 it needs (DELTA-1)', async () => assert.fail('it was run'), needs)
  const reasonOf = async (subject: ReturnType<typeof must>, target: Target) => {
    const verdict = await tryCase(subject, target)
    return verdict.result === 'skipped' ? verdict.reason : verdict.result
  }
  assert.match(await reasonOf(PASSES, { ...aTarget(), tokens: {} }), /token called writer/)
  assert.match(await reasonOf(needing('expired token'), aTarget()), /token called expired/)
  assert.match(await reasonOf(needing('neighbour token'), aTarget()), /token called neighbour/)
  assert.match(await reasonOf(needing('empty token'), aTarget()), /token called empty/)
  assert.match(await reasonOf(needing('control'), aTarget()), /control API/)
  assert.match(await reasonOf(needing('clock'), aTarget()), /control API/)
  assert.match(await reasonOf(needing('alias'), aTarget()), /another address/)
  assert.match(await reasonOf(needing('page size'), aTarget()), /fill a page/)
})

test('what a case made is deleted for good, also when it fails', async () => {
  const sent: string[] = []
  const maker = must('C5 it makes (DELTA-1)', async ({ group }) => {
    await group()
    assert.fail('too late')
  })
  assert.equal((await tryCase(maker, aTarget(sent))).result, 'failed')
  assert.deepEqual(sent, ['POST /v1.0/groups', 'DELETE /v1.0/groups/g', 'DELETE /v1.0/directory/deletedItems/g'])
})

test('another code or message than Graph has is noted, and no refusal at all is a failure', async () => {
  const refusedWith = (code: string) =>
    must('C6 it is refused (DELTA-1)', async ({ get, refused }) =>
      refused(await get('/v1.0/refused'), { status: 400, code }),
    )
  assert.deepEqual(await tryCase(refusedWith('BadRequest'), aTarget()), { result: 'passed', notes: [] })
  assert.deepEqual(await tryCase(refusedWith('Request_BadRequest'), aTarget()), {
    result: 'passed',
    notes: ['says BadRequest where Graph says Request_BadRequest'],
  })
  const worded = must('C6 it is refused (DELTA-1)', async ({ get, refused }) =>
    refused(await get('/v1.0/refused'), { message: 'Yes.' }),
  )
  assert.deepEqual(await tryCase(worded, aTarget()), {
    result: 'passed',
    notes: ["says 'No.' where Graph says 'Yes.'"],
  })
  const passed = must('C6 it is refused (DELTA-1)', async ({ get, refused }) =>
    refused(await get('/v1.0/groups'), { status: 400, code: 'BadRequest' }),
  )
  assert.equal((await tryCase(passed, aTarget())).result, 'failed')
})

test('where the server may lag a write is sent again, and a round followed until the change is told', async () => {
  const sent: string[] = []
  const waits: number[] = []
  const late = aTarget(sent)
  const target: Target = {
    ...late,
    patienceMs: 4_000,
    wait: async ms => {
      waits.push(ms)
    },
    send: async request => {
      const answer = await late.send(request)
      if (request.method === 'PATCH' && waits.length === 0) return { ...answer, status: 404 }
      const deltaLink = { '@odata.deltaLink': `http://localhost/v1.0/groups/delta?$deltatoken=${sent.length}` }
      const value = waits.length < 2 ? [] : [{ id: 'g' }]
      return request.method === 'GET'
        ? { ...answer, status: 200, text: JSON.stringify({ value, ...deltaLink }) }
        : answer
    },
  }
  const patient = must('C7 it waits (DELTA-1)', async ({ group, news }) => {
    const staff = await group()
    await staff.set({ description: 'changed' })
    assert.equal((await news('/v1.0/groups/delta', [staff])).of(staff).length, 1)
    assert.deepEqual((await news('/v1.0/groups/delta', [{ id: 'never' }])).of({ id: 'never' }), [])
  })
  assert.deepEqual(await tryCase(patient, target), { result: 'passed', notes: [] })
  assert.deepEqual(waits, [2_000, 2_000, 2_000, 2_000])
})

test('a request that is throttled is sent again when the server says', async () => {
  const waits: number[] = []
  const open = aTarget()
  const target: Target = {
    ...open,
    wait: async ms => {
      waits.push(ms)
    },
    send: async request => {
      const answer = await open.send(request)
      return waits.length === 0 ? { ...answer, status: 429, headers: { 'retry-after': '7' } } : answer
    },
  }
  const asks = must('C8 it asks (DELTA-1)', async ({ get }) => {
    assert.equal((await get('/v1.0/groups')).status, 204)
  })
  assert.deepEqual(await tryCase(asks, target), { result: 'passed', notes: [] })
  assert.deepEqual(waits, [7_000])
})

test('cases are tried in order until they are interrupted', async () => {
  const interrupt = new AbortController()
  const seen: number[] = []
  const attempt = tryCases([PASSES, FAILS, PASSES], aTarget(), interrupt.signal, findings => {
    seen.push(findings.length)
    if (findings.length === 2) interrupt.abort(new Fault(1, 'enough'))
  })
  await assert.rejects(attempt, /enough/)
  assert.deepEqual(seen, [1, 2])
})

test('the report has a row a case, the reasons below, and the counts last', async () => {
  const lacking = must('C3 it lacks (DELTA-3)', async () => {}, ['control'])
  const findings = await tryCases([PASSES, FAILS, lacking], aTarget(), new AbortController().signal, () => {})
  const lines = tableOf(findings).split('\n')
  assert.deepEqual(
    lines.map(line => line.trim()),
    [
      'C1    MUST   passed   it passes',
      'C2    SHOULD failed   it fails',
      'it is wrong',
      'C3    MUST   skipped  it lacks',
      "needs the server's control API",
      '',
      '1 passed, 1 failed, 1 skipped',
    ],
  )
  assert.deepEqual(countsOf(findings), { passed: 1, failed: 1, skipped: 1 })
  const { url, counts, cases } = JSON.parse(jsonOf('http://localhost', findings))
  assert.equal(url, 'http://localhost')
  assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 })
  assert.deepEqual(cases[1], {
    id: 'C2',
    name: 'C2 it fails (DELTA-2)',
    level: 'SHOULD',
    result: 'failed',
    reason: 'it is wrong',
    notes: [],
  })
})

/** A server that makes a group, refuses `/refused` and does all else. `sent` takes the requests. */
function aTarget(sent: string[] = []): Target {
  const refusal = JSON.stringify({ error: { code: 'BadRequest', message: 'No.' } })
  return {
    url: 'http://localhost',
    alias: null,
    tenant: '5e5b2c4a-0000-4000-8000-000000000001',
    domain: 'example.org',
    send: async ({ method, url }): Promise<Answer> => {
      sent.push(`${method} ${url.pathname}`)
      if (url.pathname.endsWith('/refused')) return { status: 400, headers: {}, text: refusal }
      return { status: method === 'POST' ? 201 : 204, headers: {}, text: method === 'POST' ? '{"id":"g"}' : '' }
    },
    tokens: { writer: async () => 'a token' },
    canRenew: false,
    control: null,
    page: null,
    patienceMs: 0,
    wait: async () => {},
  }
}
