import { randomUUID } from 'node:crypto'
import { newUsedAssertions } from '../auth/issuer/clientAssertion.ts'
import { trustedAt } from '../auth/issuer/keyRotation.ts'
import { openKeyRing } from '../auth/keys/keyFile.ts'
import { newSignIns } from '../auth/signIn/signIns.ts'
import type { ObjectId } from '../core/id.ts'
import { movableClock, systemClock } from '../server/clock.ts'
import { startControl } from '../server/control.ts'
import { startServer } from '../server/server.ts'
import { tenantSizes } from '../server/throttle/tenantSize.ts'
import { NO_THROTTLE, newThrottle } from '../server/throttle/throttle.ts'
import { lockDatabase } from '../store/sqlite/lock.ts'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { checkContent } from './content.ts'
import { exposureOf } from './databaseFile.ts'
import { demoApp } from './demo/demo.ts'
import { firstApp } from './firstApp.ts'
import { certificateOf, startRenewal } from './https/certificate.ts'
import { exposureOfKey } from './https/given.ts'
import { authorityFile } from './https/kept.ts'
import { startKeyFetching, trustOf } from './issuerKeys.ts'
import { startKeyRenewal } from './keyRenewal.ts'
import { orRefusal } from './listening.ts'
import { openLog } from './logging.ts'
import { readyLine, readyText } from './ready.ts'
import type { ServeOrder } from './serveCommand.ts'
import { stopSignal } from './stopSignal.ts'
import { startUpkeep } from './upkeep.ts'
import { openWatch } from './watch.ts'

/** What takes the place of the first app where the server issues no tokens. */
const NO_APP = { tenantId: null, clientId: null, clientSecret: null }

/** Serves a directory until a signal or a failure of the store ends it. Resolves once all is closed: false for a failure. */
export async function serve(order: ServeOrder): Promise<boolean> {
  const ends: (() => void | Promise<void>)[] = []
  try {
    return await run(order, end => ends.unshift(end))
  } finally {
    for (const end of ends) await end()
  }
}

/** `atEnd` is told what to undo; the last comes first. */
async function run(order: ServeOrder, atEnd: (end: () => void | Promise<void>) => void): Promise<boolean> {
  const { listening, https, database, settings, throttle: rates, demo, controlPort } = order
  const logger = openLog(order.logLevel)
  // Heard from the first moment: filling a new database takes longer than a signal waits.
  const stopped = stopSignal()
  const failure = Promise.withResolvers<Error>()

  const lock = lockDatabase(database)
  atEnd(lock.release)
  // The first that listens and the last to go: it tells of the start and of the end, too.
  const watch = await openWatch(order.monitor, logger)
  atEnd(watch.close)
  checkContent(database, demo)
  const store = openSqliteStore({ path: database, onFailure: failure.resolve, onGroup: watch.committed })
  atEnd(store.close)
  const exposure = exposureOf(database)
  if (exposure !== null) logger.warn(exposure)
  const keyFile = `${database}.keys`
  const ring = trustedAt(await openKeyRing(keyFile), Date.now())

  const openCertificate = https === null ? null : certificateOf(https, database, listening)
  const certificate = (await openCertificate?.(systemClock.now())) ?? null
  const keyExposure = https === null || https === 'own authority' ? null : exposureOfKey(https)
  if (keyExposure !== null) logger.warn(keyExposure)

  const clock = movableClock(systemClock)
  const newId = (): ObjectId => randomUUID() as ObjectId
  const throttle = rates === null ? NO_THROTTLE : await newThrottle(rates, clock, tenantSizes(store, clock))
  const controls = { expiredAt: 0, resyncForm: 'gone' as const, ring, throttle }
  const signIns = demo ? newSignIns() : null
  const usedAssertions = order.singleUseAssertions ? newUsedAssertions() : null
  const { observer } = watch
  const ended = new AbortController()
  atEnd(() => ended.abort())
  const trust = trustOf(order.issuers, clock, ended.signal)
  const parts = { store, clock, newId, settings, controls, trust, observer, signIns, usedAssertions }
  const server = await orRefusal(startServer({ ...listening, certificate }, parts, logger), {
    ...listening,
    option: '--port',
  })
  atEnd(server.close)
  atEnd(startKeyFetching(trust.external, logger))
  atEnd(startKeyRenewal(keyFile, server.services.controls, clock, logger))
  if (openCertificate !== null && certificate !== null) {
    atEnd(startRenewal(openCertificate, certificate, server, logger))
  }
  const control =
    controlPort === null
      ? null
      : await orRefusal(startControl(controlPort, { services: server.services, clock }, logger), {
          host: '127.0.0.1',
          port: controlPort,
          option: '--control',
        })
  if (control !== null) atEnd(control.close)

  // Made only now: a secret that nobody got to see, because the port was taken, would be lost.
  const app = demo ? await demoApp(store, clock.now()) : trust.local ? await firstApp(store) : NO_APP
  const caFile = https === 'own authority' ? authorityFile(database) : null
  const issuers = trust.external.map(({ name }) => name)
  const urls = { url: server.url, controlUrl: control?.url ?? null, monitorUrl: watch.url }
  const ready = { ...app, ...urls, issuers, caFile, throttling: rates !== null, demo }
  watch.begin(store, server)
  atEnd(watch.end)
  console.log(order.json ? readyLine(ready) : readyText(ready))
  atEnd(startUpkeep({ store, clock, settings }, logger))

  const reason = await Promise.race([stopped, failure.promise])
  if (!(reason instanceof Error)) return true
  logger.fatal({ err: reason }, 'the server ends')
  return false
}
