import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import type { Store, Tenant } from '../store/store.ts'
import { askName } from './askName.ts'
import { databaseOption } from './databaseFile.ts'
import { DEMO_TENANT } from './demo/demo.ts'
import { onStore } from './onStore.ts'
import { option, readSwitch } from './option.ts'
import { Refusal, Stopped } from './refusal.ts'
import { stopSignal } from './stopSignal.ts'
import { readTenantId } from './tenantOption.ts'

/** After each step a server that waits to write gets its turn: it asks for the lock every 10 ms. */
const PAUSE_MS = 12

/** `tidemark tenant delete`: all that a tenant has, for good. */
export function tenantDeleteCommand(): Command {
  const command = new Command('delete')
  return command
    .description('Deletes a tenant with its apps and all that it holds, for good. Its tokens end at once.')
    .argument('<tenant-id>', 'the tenant')
    .addOption(databaseOption())
    .addOption(option('--yes', 'do not ask for its name'))
    .addOption(option('--json', 'print one line of JSON'))
    .action((id: string) =>
      onStore(command, async store => {
        const tenant = await readTenantId(id, store)
        if (tenant.id === DEMO_TENANT.id)
          throw new Refusal('The demonstration has one tenant: delete its file instead.')
        if (!readSwitch(command, 'yes')) await confirm(tenant, store)
        const rows = await remove(tenant, store)
        if (readSwitch(command, 'json')) {
          return JSON.stringify({ tenantId: tenant.id, displayName: tenant.displayName, rows })
        }
        return `Tenant ${tenant.id} (${tenant.displayName}) is deleted: ${rows.toLocaleString('en')} rows.`
      }),
    )
}

async function confirm({ id, displayName }: Tenant, store: Store): Promise<void> {
  const [groups, users] = await store.read(id, async snapshot => [
    await snapshot.countObjects('group', 'live'),
    await snapshot.countObjects('user', 'live'),
  ])
  const what = `Tenant ${id} has ${groups.toLocaleString('en')} groups and ${users.toLocaleString('en')} users.`
  await askName(`${what} To delete it for good type its name, ${displayName}: `, displayName)
}

/** Gives how many rows there were. Throws `Stopped` where a signal comes before the last of them is gone. */
async function remove(tenant: Tenant, store: Store): Promise<number> {
  let stopped: NodeJS.Signals | null = null
  stopSignal().then(signal => {
    stopped = signal
  })
  if (!(await store.deleteTenant(tenant.id))) throw new Refusal(`The tenant ${tenant.id} was deleted meanwhile.`)
  const shown = process.stderr.isTTY
  try {
    return await store.sweep(async rows => {
      if (shown) process.stderr.write(`\r${rows.toLocaleString('en')} rows are gone`)
      if (stopped !== null) {
        throw new Stopped(`Ended by ${stopped}: the tenant is deleted, and housekeeping takes away what is left of it.`)
      }
      await setTimeout(PAUSE_MS)
    })
  } finally {
    if (shown) process.stderr.write('\r\x1b[K')
  }
}
