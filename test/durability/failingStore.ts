import { writeSync } from 'node:fs'
import { Problem } from '../../src/core/problem.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { aTenantNamed } from '../store/tenant.ts'
import { writePlanned } from './plan.ts'

/**
 * The program that is run on a disk that fails: writes planned commits, compacts and probes now and then, and reads after each of
 * them. Tells what came of each on standard output, one line of JSON at a time.
 */
const [path = '', ...steps] = process.argv.slice(2)
const tenant = aTenantNamed(1)
const by = { at: 0, app: null, user: null, requestId: null }

/** What came of a step: its value, or the refusal or failure that it ended in. */
async function told(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    return error instanceof Problem ? error.code : 'unknown'
  }
}

function done(step: string): Promise<unknown> {
  if (step === 'compact') return store.compact(tenant.id, 2)
  return step === 'probe' ? store.probe() : store.write(tenant.id, by, writePlanned)
}

const tell = (line: object): void => {
  writeSync(1, `${JSON.stringify(line)}\n`)
}

const store = openSqliteStore({ path, onFailure: ({ message }) => tell({ failure: message }) })
await store.putTenant(tenant)
for (const step of steps) {
  tell({ step, came: await told(done(step)), read: await told(store.read(tenant.id, async ({ head }) => head)) })
}
await store.close()
