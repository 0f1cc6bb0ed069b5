import { createHash } from 'node:crypto'
import { readFileSync, writeSync } from 'node:fs'
import { openKeyRing } from '../../src/auth/keys/keyFile.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import { aTenantNamed } from '../store/tenant.ts'
import { chanceOf } from './chance.ts'
import { nonceOfPlanned, writePlanned } from './plan.ts'

/**
 * The program whose system calls are recorded: makes a database and its keys, then writes planned commits in a storm,
 * reads, compacts, and closes and opens the file a few times. What it has been promised it tells on standard output, one
 * line each, written at once: so the record of its calls holds promises and disk writes in one order.
 */
const SESSIONS = 3
const TOGETHER_MAX = 8

const [path = '', seed = '', commits = ''] = process.argv.slice(2)
const chance = chanceOf(Number(seed))
const tenant = aTenantNamed(1)
const by = { at: 0, app: null, user: null, requestId: null }
let next = 1

const tell = (word: string, value: number | string): void => {
  writeSync(1, `${word} ${value}\n`)
}

for (let session = 1; session <= SESSIONS; session += 1) {
  const store = openSqliteStore({ path, nonce: () => nonceOfPlanned(next++) })
  await openKeyRing(`${path}.keys`)
  tell(
    'keys',
    createHash('sha256')
      .update(readFileSync(`${path}.keys`))
      .digest('hex'),
  )
  await store.putTenant(tenant)
  tell('tenant', tenant.id)
  const end = (session * Number(commits)) / SESSIONS
  while (next <= end) {
    const writes = Array.from({ length: chance.from(1, TOGETHER_MAX) }, async () => {
      tell('ack', await store.write(tenant.id, by, writePlanned))
    })
    const read = store.read(tenant.id, async ({ head }) => tell('seen', head))
    await Promise.all([...writes, read])
    if (chance.happens(0.05)) {
      const horizon = Math.max(0, next - chance.from(1, 40))
      await store.compact(tenant.id, horizon)
      tell('horizon', horizon)
    }
  }
  await store.close()
}
