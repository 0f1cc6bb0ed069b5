import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { openKeyRing } from '../auth/keyFile.ts'
import type { ObjectId } from '../core/id.ts'
import { movableClock, systemClock } from '../server/clock.ts'
import { startServer } from '../server/server.ts'
import type { Services } from '../server/services.ts'
import { lockDatabase } from '../store/sqlite/lock.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { firstApp } from './firstApp.ts'
import { Refusal } from './refusal.ts'
import type { ServeOrder } from './serveCommand.ts'

export async function serve(order: ServeOrder): Promise<void> {
  const { listening, database, settings, json, logLevel } = order
  const logger = pino({ level: logLevel }, pino.destination({ dest: 2, sync: true }))
  const clock = movableClock(systemClock)
  const lock = lockDatabase(database)
  const store = openSqliteStore({ path: database })
  const ring = await openKeyRing(`${database}.keys`)
  const server = await startServer(
    listening,
    {
      store,
      clock,
      newId: () => randomUUID() as ObjectId,
      settings,
      controls: { expiredAt: 0, resyncForm: 'gone', ring },
    },
    logger,
  )
  const app = await firstApp(store)
  console.log(JSON.stringify({ url: server.url, tokenUrl: `${server.url}/${app.tenantId}/oauth2/v2.0/token`, ...app, controlUrl: null }))
  const signal = await new Promise(r => { process.once('SIGTERM', r); process.once('SIGINT', r) })
  await server.close()
  await store.close()
  lock.release()
}
