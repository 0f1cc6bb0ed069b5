import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { pino } from 'pino'
import { LOCAL_ALONE } from '../../src/auth/bearer/trust.ts'
import type { DirectoryRole } from '../../src/auth/directoryRoles.ts'
import {
  type AccessTokenGrant,
  GRAPH_RESOURCE,
  issueAccessToken,
  issueDelegatedToken,
  issuerOf,
} from '../../src/auth/issuer/issuer.ts'
import { type KeyRing, newKeyRing } from '../../src/auth/keys/keyRing.ts'
import { FIRST_ROLES } from '../../src/cli/firstApp.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import type { PageLimit } from '../../src/core/snapshot.ts'
import { buildApp } from '../../src/server/app.ts'
import { type MovableClock, movableClock } from '../../src/server/clock.ts'
import { NO_OBSERVER } from '../../src/server/monitor/observer.ts'
import { fixedBase } from '../../src/server/publicBase.ts'
import type { Services, Settings } from '../../src/server/services.ts'
import { NO_THROTTLE } from '../../src/server/throttle/throttle.ts'
import { copyDatabase } from '../../src/store/sqlite/copy.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import type { Store } from '../../src/store/store.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { assertDeclared, readSchema, type Schema } from './schema.ts'

export const BASE = 'http://localhost:3000'

/** All that the demonstration app holds. */
export const ALL_ROLES: readonly string[] = FIRST_ROLES

/** A user for whom an app asks. */
export interface SignedIn {
  readonly user: ObjectId
  /** What the app was granted on behalf of people. */
  readonly scopes: readonly string[]
  readonly directoryRoles?: readonly DirectoryRole[]
}

export interface Reply {
  readonly status: number
  readonly headers: Record<string, string | string[] | number | undefined>
  // biome-ignore lint/suspicious/noExplicitAny: tests look at bodies as their readers do
  readonly body: any
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'
  readonly body?: unknown
  readonly prefer?: string
  readonly headers?: Record<string, string>
  /** Roles of the token; those of the demonstration app unless given. Null sends no token. */
  readonly roles?: readonly string[] | null
  /** Whom the app asks for; it asks by itself unless given. */
  readonly as?: SignedIn
  readonly tenant?: TenantId
}

/** A server in this process, without a socket, on a new database and a clock that the test moves. */
export interface TestServer {
  readonly app: FastifyInstance
  readonly services: Services
  readonly store: Store
  readonly clock: MovableClock
  readonly tenant: TenantId
  readonly domain: string
  /** `path` is below the service root (`/v1.0/groups`), or a whole link. */
  readonly call: (path: string, call?: Call) => Promise<Reply>
  readonly token: (roles?: readonly string[], tenant?: TenantId) => Promise<string>
  readonly tokenFor: (person: SignedIn, tenant?: TenantId) => Promise<string>
  /** A user of the tenant as a global administrator, for what no app does by itself. One is made where there is none. */
  readonly administrator: (tenant?: TenantId) => Promise<SignedIn>
  readonly addTenant: () => Promise<TenantId>
}

/** What else a server in this process can be: one with parts of its own, that knows the tenant and the keys of another. */
export type OtherParts = Partial<
  Pick<Services, 'store' | 'publicBase' | 'settings' | 'observer' | 'trust' | 'signIns' | 'usedAssertions'>
>

let sharedSchema: Schema | null = null
/** What the server says of itself: every answer is held to it. */
async function aSchema(app: FastifyInstance): Promise<Schema> {
  sharedSchema ??= readSchema(
    (await app.inject({ url: '/v1.0/$metadata', headers: { host: 'localhost:3000' } })).payload,
  )
  return sharedSchema
}

let sharedRing: Promise<KeyRing> | null = null
/** An RSA key takes long to make: the tests of a file share one ring. */
function aKeyRing(): Promise<KeyRing> {
  sharedRing ??= newKeyRing()
  return sharedRing
}

const SETTINGS: Settings = {
  pageLimit: { objects: 200, edges: 2_500, examined: 10_000, bytes: 4_000_000 },
  tokenLifeMs: 7 * 86_400_000,
  recycleBinMs: 30 * 86_400_000,
  recycleSecurityGroups: true,
}

/** Pages smaller than the usual ones. */
export function pagesOf(limit: Partial<PageLimit>): Partial<Settings> {
  return { pageLimit: { ...SETTINGS.pageLimit, ...limit } }
}

export async function aServer(context: TestContext | null, settings: Partial<Settings> = {}): Promise<TestServer> {
  const store = await openStore(context, async () => {})
  // A fixed beginning: what a test sees of time is what it does.
  const clock = movableClock({ now: () => Date.UTC(2026, 0, 15, 9), elapsed: () => 0 })
  const services: Services = {
    store,
    clock,
    newId: () => randomUUID() as ObjectId,
    settings: { ...SETTINGS, ...settings },
    controls: { expiredAt: 0, resyncForm: 'gone', ring: await aKeyRing(), throttle: NO_THROTTLE },
    trust: LOCAL_ALONE,
    publicBase: fixedBase(BASE),
    observer: NO_OBSERVER,
    signIns: null,
    usedAssertions: null,
  }
  return serverOf(context, services, store, clock, await newTenant(store))
}

/** The same server with other parts: behind another base, or on another database that holds its tenant. */
export function aSibling(
  context: TestContext | null,
  { services, store, clock, tenant }: TestServer,
  parts: OtherParts & { readonly store?: Store },
): TestServer {
  return serverOf(context, { ...services, ...parts }, parts.store ?? store, clock, tenant)
}

/** A copy of the server's database as it is now, opened as a database of its own: what a restored backup is. */
export async function aBackup(context: TestContext | null, { store }: TestServer): Promise<Store> {
  return openStore(context, path => copyStore(store, path))
}

const paths = new WeakMap<Store, string>()

/** Copies the database file of a server of this process. */
export async function copyStore(store: Store, target: string): Promise<void> {
  const path = paths.get(store)
  if (path === undefined) throw new Error('The store is none of a test server.')
  await copyDatabase(path, target, new AbortController().signal)
}

async function openStore(context: TestContext | null, prepare: (path: string) => Promise<void>): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'))
  const path = join(folder, 'directory.db')
  await prepare(path)
  const store = openSqliteStore({ path })
  paths.set(store, path)
  atEnd(context, async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return store
}

function atEnd(context: TestContext | null, end: () => Promise<void>): void {
  if (context === null) after(end)
  else context.after(end)
}

function domainOf(tenant: TenantId): string {
  return `${tenant.slice(0, 8)}.tidemark.example`
}

async function newTenant(store: Store): Promise<TenantId> {
  const id = randomUUID() as TenantId
  const domain = domainOf(id)
  await store.putTenant({ id, kind: 'workforce', displayName: 'Test', defaultDomain: domain, domains: [domain] })
  return id
}

function serverOf(
  context: TestContext | null,
  services: Services,
  store: Store,
  clock: MovableClock,
  tenant: TenantId,
): TestServer {
  const app = buildApp(services, pino({ level: 'silent' }))
  atEnd(context, () => app.close())
  const base = services.publicBase.all[0] ?? BASE
  const grantTo = (roles: readonly string[], of: TenantId): AccessTokenGrant => ({
    tenant: of,
    app: aPlainApp({
      clientId: 'a11ce000-0000-4000-8000-000000000001',
      tenant: of,
      displayName: 'Test',
      roles,
    }),
    audience: GRAPH_RESOURCE,
    now: clock.now(),
    issuer: issuerOf(base, of),
    ring: services.controls.ring,
  })
  // To sign takes longer than to answer: whoever asks for the same token at the same moment gets the same.
  const signed = new Map<string, Promise<string>>()
  const signedOnce = (what: unknown, of: TenantId, sign: () => Promise<string>): Promise<string> => {
    const key = JSON.stringify([of, what, clock.now(), services.controls.ring.signing[0].kid])
    const known = signed.get(key) ?? sign()
    signed.set(key, known)
    return known
  }
  const token = (roles: readonly string[] = ALL_ROLES, of: TenantId = tenant): Promise<string> =>
    signedOnce(roles, of, () => issueAccessToken(grantTo(roles, of)))
  const tokenFor = (person: SignedIn, of: TenantId = tenant): Promise<string> =>
    signedOnce(person, of, () => {
      const user = { id: person.user, displayName: 'Person', userPrincipalName: 'person@tidemark.example' }
      const { scopes, directoryRoles = [] } = person
      return issueDelegatedToken({ ...grantTo([], of), user, scopes, directoryRoles })
    })
  const call = async (path: string, call: Call = {}): Promise<Reply> => {
    const { method = 'GET', body, prefer, headers, roles, as, tenant: of } = call
    const sent: Record<string, string> = { host: 'localhost:3000' }
    if (as !== undefined) sent['authorization'] = `Bearer ${await tokenFor(as, of)}`
    else if (roles !== null) sent['authorization'] = `Bearer ${await token(roles, of)}`
    if (prefer !== undefined) sent['prefer'] = prefer
    if (body !== undefined) sent['content-type'] = 'application/json'
    const url = path.startsWith(base) ? path.slice(base.length) : path
    const options: InjectOptions = { method, url, headers: { ...sent, ...headers } }
    if (body !== undefined) options.payload = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await app.inject(options)
    const read = readBody(reply.payload, String(reply.headers['content-type']))
    if (reply.statusCode < 300) assertDeclared(await aSchema(app), read)
    return { status: reply.statusCode, headers: reply.headers, body: read }
  }
  const newUser = async (of: TenantId): Promise<ObjectId> => {
    const body = {
      accountEnabled: true,
      displayName: 'Administrator',
      mailNickname: 'administrator',
      userPrincipalName: `administrator@${domainOf(of)}`,
      passwordProfile: { password: 'not kept' },
    }
    return (await call('/v1.0/users', { method: 'POST', body, tenant: of })).body.id
  }
  return {
    app,
    services,
    store,
    clock,
    tenant,
    domain: domainOf(tenant),
    call,
    token,
    tokenFor,
    administrator: async (of = tenant) => {
      const [known] = await store.read(of, snapshot => snapshot.objects('user', 'live', null, 1))
      const user = known?.id ?? (await newUser(of))
      return { user, scopes: ['Group.ReadWrite.All'], directoryRoles: ['Global Administrator'] }
    },
    addTenant: () => newTenant(store),
  }
}

function readBody(text: string, type: string): unknown {
  if (text === '') return null
  return type === 'application/xml' ? text : JSON.parse(text)
}
