import type { DirectoryObject } from '../core/fact.ts'
import type { ObjectId, TenantId } from '../core/id.ts'
import { purgeObject, RECYCLED_TYPES } from '../core/recycleBin.ts'
import { dateTime } from '../core/value.ts'
import { type Store, UnknownTenant } from '../store/store.ts'
import type { Clock } from './clock.ts'
import type { Settings } from './services.ts'

/** What one run of housekeeping did. */
export interface Housekeeping {
  /** Objects whose time in the recycle bin was over. */
  readonly purged: number
  /** Tombstones that no token can need any more. */
  readonly tombstones: number
  readonly records: number
}

export interface HousekeepingParts {
  readonly store: Store
  readonly clock: Clock
  readonly settings: Pick<Settings, 'tokenLifeMs' | 'recycleBinMs'>
}

/** How much longer than a token's life tombstones are kept: the longest round (a day), and an hour. */
const RETENTION_EXTRA_MS = 25 * 3_600_000
/** Objects that are looked at, at a time. */
const BATCH = 500

/**
 * Purges what has been in the recycle bin too long, moves the horizon and sweeps what lies below it, in every tenant, and
 * what deleted tenants have left: as it is due at `time`, which may lie behind the clock (`believedTime`). In milliseconds since 1970 UTC.
 */
export async function housekeep({ store, clock, settings }: HousekeepingParts, time: number): Promise<Housekeeping> {
  const done = { purged: 0, tombstones: 0, records: 0 }
  for (const { id: tenant } of await store.tenants()) {
    try {
      done.purged += await emptyBin(store, tenant, clock.now(), dateTime(time - settings.recycleBinMs))
      const horizon = await store.versionAt(tenant, time - settings.tokenLifeMs - RETENTION_EXTRA_MS)
      const { tombstones, records } = await store.compact(tenant, horizon)
      done.tombstones += tombstones
      done.records += records
    } catch (error) {
      // Deleted meanwhile: then nothing of it has to be kept in order.
      if (!(error instanceof UnknownTenant)) throw error
    }
  }
  await store.sweep()
  return done
}

async function emptyBin(store: Store, tenant: TenantId, now: number, limit: string): Promise<number> {
  const by = { at: now, app: null, user: null, requestId: null }
  let purged = 0
  for (const type of RECYCLED_TYPES) {
    let after: ObjectId | null = null
    for (;;) {
      const start: ObjectId | null = after
      const found: DirectoryObject[] = await store.read(tenant, snapshot =>
        snapshot.objects(type, 'deleted', start, BATCH),
      )
      for (const { id, deletedAt } of found) {
        if (deletedAt === null || deletedAt > limit) continue
        purged += await store.write(tenant, by, async transaction => {
          // It may have been restored, or purged by its owner, since it was looked at.
          const object = await transaction.object(id)
          if (object?.state !== 'deleted' || object.deletedAt !== deletedAt) return 0
          await purgeObject(transaction, id)
          return 1
        })
      }
      after = found.at(-1)?.id ?? null
      if (found.length < BATCH) break
    }
  }
  return purged
}
