import { tenantsHeld } from '../store/sqlite/copy.ts'
import { DEMO_TENANT } from './demo/demo.ts'
import { Refusal } from './refusal.ts'

/**
 * Throws a `Refusal` for a demonstration that is served as a directory of its own, and the other way round. An older
 * schema stays as it is (DELTA-198).
 */
export function checkContent(database: string, demo: boolean): void {
  const tenants = tenantsHeld(database)
  const isDemo = tenants.some(({ id }) => id === DEMO_TENANT.id)
  if (demo && tenants.length > 0 && !isDemo) {
    throw new Refusal(`'${database}' holds a directory of its own: --demo needs a new file, or one that it has made.`)
  }
  if (!demo && isDemo) {
    throw new Refusal(`'${database}' holds the demonstration directory: it is served with --demo alone.`)
  }
}
