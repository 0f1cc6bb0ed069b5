import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { withNewStateKey } from '../auth/keys/keyRing.ts'
import type { JsonValue, Version } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import type { MovableClock } from './clock.ts'
import { openSideListener, type SideListener } from './connection/sideListener.ts'
import { createContact, deleteContact, updateContact } from './contactControl.ts'
import { type Fields, readFields, refuseOthers, take, takeTenants } from './controlFields.ts'
import { parseDuration } from './duration.ts'
import { type Housekeeping, housekeep } from './housekeeping.ts'
import { RESYNC_FORMS, type Services } from './services.ts'
import { setThrottling, throttlingState } from './throttle/throttleControl.ts'

/** What the control API works on: a running server's services, and the clock that they were given. */
export interface Controlled {
  readonly services: Services
  readonly clock: MovableClock
}

/**
 * Opens the control API (docs/control.md) on loopback; port 0 takes any free one. Rejects with the system's error where
 * it cannot listen. What it changes lasts until the server ends, except for what compaction and housekeeping remove.
 */
export function startControl(port: number, controlled: Controlled, logger: FastifyBaseLogger): Promise<SideListener> {
  const serve = (app: FastifyInstance): void => {
    app.get('/', () => stateOf(controlled))
    for (const [path, act] of Object.entries(ACTS)) {
      app.post(path, request => act(readFields(request.body), controlled))
    }
  }
  return openSideListener({ host: '127.0.0.1', port }, serve, logger)
}

type Act = (fields: Fields, controlled: Controlled) => Promise<object>

/** By path. A field that is read is taken out, so that what is left is what nobody knows. */
const ACTS: Readonly<Record<string, Act>> = {
  '/clock': async (fields, controlled) => {
    const ms = readAdvance(take(fields, 'advance'), controlled.clock.now())
    refuseOthers(fields)
    controlled.clock.advance(ms)
    return stateOf(controlled)
  },
  '/tokens/expire': async (fields, controlled) => {
    refuseOthers(fields)
    const { controls } = controlled.services
    controls.expiredAt = controlled.clock.now()
    // A token of this very millisecond would count as expired too, however much later it was asked for.
    controlled.clock.advance(1)
    return stateOf(controlled)
  },
  '/tokens/reset': async (fields, controlled) => {
    refuseOthers(fields)
    const { controls } = controlled.services
    controls.ring = withNewStateKey(controls.ring, false)
    return stateOf(controlled)
  },
  '/compact': (fields, { services }) => compact(fields, services),
  '/contacts/create': (fields, { services }) => createContact(fields, services),
  '/contacts/update': (fields, { services }) => updateContact(fields, services),
  '/contacts/delete': (fields, { services }) => deleteContact(fields, services),
  '/housekeep': async (fields, { services }): Promise<Housekeeping> => {
    refuseOthers(fields)
    return housekeep(services, services.clock.now())
  },
  '/resync': async (fields, controlled) => {
    const wanted = take(fields, 'form')
    refuseOthers(fields)
    const form = RESYNC_FORMS.find(known => known === wanted)
    if (form === undefined) throw new Problem('BadRequest', `'form' must be one of ${RESYNC_FORMS.join(', ')}.`)
    controlled.services.controls.resyncForm = form
    return stateOf(controlled)
  },
  '/throttling': async (fields, controlled) => {
    await setThrottling(fields, controlled.services)
    return stateOf(controlled)
  },
}

/** The last moment that the protocol's dates, of four-digit years, can tell. */
const LAST_MOMENT = Date.UTC(9999, 11, 31)

/** A length of time: text with a unit, or whole milliseconds. */
function readAdvance(value: JsonValue | undefined, now: number): number {
  const ms = typeof value === 'string' ? parseDuration(value) : value
  if (typeof ms === 'number' && Number.isSafeInteger(ms) && ms > 0 && now + ms <= LAST_MOMENT) return ms
  throw new Problem(
    'BadRequest',
    "'advance' must be a time such as 30s, 15m, 12h or 8d, or a number of milliseconds, above 0 and within the year 9999.",
  )
}

/** Moves the horizon of one tenant, or of all, up to its head: every link from before the head is too old then. */
async function compact(fields: Fields, { store }: Services): Promise<object> {
  const tenants = await takeTenants(fields, store)
  refuseOthers(fields)
  const done = []
  for (const id of tenants) {
    const horizon: Version = await store.read(id, async ({ head }) => head)
    done.push({ id, ...(await store.compact(id, horizon)) })
  }
  return { tenants: done }
}

async function stateOf({ services, clock }: Controlled): Promise<object> {
  const { store, settings, controls } = services
  const tenants = []
  for (const { id, displayName } of await store.tenants()) {
    tenants.push(await store.read(id, async ({ head, horizon }) => ({ id, displayName, head, horizon })))
  }
  return {
    now: new Date(clock.now()).toISOString(),
    settings,
    resync: controls.resyncForm,
    throttling: throttlingState(controls.throttle),
    tokensExpiredAt: controls.expiredAt === 0 ? null : new Date(controls.expiredAt).toISOString(),
    tenants,
  }
}
