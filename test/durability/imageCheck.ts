import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { openKeyRing } from '../../src/auth/keys/keyFile.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { aTenantNamed } from '../store/tenant.ts'
import { heldState, nonceOfPlanned, plannedState, writePlanned } from './plan.ts'
import { faultsOfFile } from './wholeFile.ts'

/** What the writer had been promised when the power went. */
export interface Promised {
  readonly tenant: boolean
  /** Of the key file. */
  readonly sha256: string | null
  /** The newest version that was acknowledged, and the newest that a reader saw. */
  readonly acknowledged: number
  readonly seen: number
  readonly horizon: number
}

export function promisedBy(told: readonly (readonly [word: string, value: string])[]): Promised {
  const newest = (name: string): number =>
    Math.max(0, ...told.map(([word, value]) => (word === name ? Number(value) : 0)))
  return {
    tenant: told.some(([word]) => word === 'tenant'),
    sha256: told.findLast(([word]) => word === 'keys')?.[1] ?? null,
    acknowledged: newest('ack'),
    seen: newest('seen'),
    horizon: newest('horizon'),
  }
}

export interface ImageReport {
  /** What is wrong with it, in words; empty for an image that holds what was promised. */
  readonly faults: readonly string[]
  readonly head: number
}

const TENANT = aTenantNamed(1)
const BY = { at: 0, app: null, user: null, requestId: null }

/** Opens what a power cut has left as a server would, compares it with what was promised, and writes to it. */
export async function checkImage(path: string, promised: Promised): Promise<ImageReport> {
  const keyFaults = await faultsOfKeys(`${path}.keys`, promised)
  try {
    const { faults, head } = await checkStore(path, promised)
    return { faults: [...keyFaults, ...faults], head }
  } catch (error) {
    return { faults: [...keyFaults, String(error)], head: 0 }
  }
}

async function faultsOfKeys(path: string, { sha256 }: Promised): Promise<string[]> {
  try {
    // A ring that was not promised is made anew where it is missing; half a ring would be refused.
    if (sha256 === null) await openKeyRing(path)
    return sha256 === null || sha256Of(path) === sha256 ? [] : ['the key file is another one']
  } catch (error) {
    return [String(error)]
  }
}

async function checkStore(path: string, promised: Promised): Promise<ImageReport> {
  const faults: string[] = []
  const expect = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault)
  }
  let newest = 0
  const store = openSqliteStore({ path, nonce: () => nonceOfPlanned(newest + 1) })
  try {
    const hasTenant = (await store.tenant(TENANT.id)) !== null
    expect(hasTenant || !promised.tenant, 'the tenant is gone')
    if (!hasTenant) await store.putTenant(TENANT)
    const { head, horizon, state, nonce } = await store.read(TENANT.id, async snapshot => ({
      head: snapshot.head,
      horizon: snapshot.horizon,
      state: await heldState(snapshot),
      nonce: await snapshot.nonceOf(snapshot.head),
    }))
    newest = head
    expect(head >= promised.acknowledged, `version ${promised.acknowledged} was acknowledged, the head is ${head}`)
    expect(head >= promised.seen, `version ${promised.seen} was read, the head is ${head}`)
    expect(horizon >= promised.horizon, `the horizon went back from ${promised.horizon} to ${horizon}`)
    expect(isDeepStrictEqual(state, plannedState(head)), `the state is not that of version ${head}`)
    expect(head === 0 || nonce === nonceOfPlanned(head), `version ${head} has another nonce`)
    const next = await store.write(TENANT.id, BY, writePlanned)
    expect(next === head + 1, `the next commit became version ${next}`)
    return { faults: [...faults, ...faultsOfFile(path)], head }
  } finally {
    await store.close()
  }
}

function sha256Of(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
