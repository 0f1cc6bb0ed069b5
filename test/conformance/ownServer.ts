import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance, HTTPMethods } from 'fastify'
import { pino } from 'pino'
import { LOCAL_ALONE } from '../../src/auth/bearer/trust.ts'
import {
  type AccessTokenGrant,
  GRAPH_RESOURCE,
  issueAccessToken,
  issueDelegatedToken,
  issuerOf,
} from '../../src/auth/issuer/issuer.ts'
import { newKeyRing } from '../../src/auth/keys/keyRing.ts'
import { FIRST_ROLES } from '../../src/cli/firstApp.ts'
import { type ObjectId, parseObjectId, type TenantId } from '../../src/core/id.ts'
import { buildApp } from '../../src/server/app.ts'
import { movableClock, systemClock } from '../../src/server/clock.ts'
import { startControl } from '../../src/server/control.ts'
import { NO_OBSERVER } from '../../src/server/monitor/observer.ts'
import { fixedBase } from '../../src/server/publicBase.ts'
import { startServer } from '../../src/server/server.ts'
import type { Settings } from '../../src/server/services.ts'
import { NO_THROTTLE } from '../../src/server/throttle/throttle.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import type { Store, TenantKind } from '../../src/store/store.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { type Answer, type Connections, openConnections, type Request } from '../replay/connection.ts'
import type { TokenSource } from '../replay/token.ts'
import { openControl } from './control.ts'
import { newScene } from './scene.ts'
import type { Target } from './target.ts'

/** A server of this process that has all that cases ask for. */
export interface OwnServer {
  readonly target: Target
  readonly close: () => Promise<void>
}

/** Pages so small that few objects fill several. */
const SETTINGS: Settings = {
  pageLimit: { objects: 8, edges: 30, examined: 10_000, bytes: 4_000_000 },
  tokenLifeMs: 7 * 86_400_000,
  recycleBinMs: 30 * 86_400_000,
  recycleSecurityGroups: true,
}

const WRITER: readonly string[] = FIRST_ROLES
const READER = ['GroupMember.Read.All']
/** Where the same directory is seen behind a proxy, which takes this off before it asks. */
const ALIAS = 'https://graph.tidemark.example/cloud'

const NEIGHBOUR = ['GroupMember.Read.All', 'User.Read.All']

/** Starts a server on a new SQLite database: a tenant that holds other things than those of the cases, and three more. */
export async function startOwnServer(): Promise<OwnServer> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-conformance-'))
  const store = openSqliteStore({ path: join(folder, 'directory.db') })
  const clock = movableClock(systemClock)
  const logger = pino({ level: 'silent' })
  const controls = { expiredAt: 0, resyncForm: 'gone' as const, ring: await newKeyRing(), throttle: NO_THROTTLE }
  const newId = (): ObjectId => randomUUID() as ObjectId
  const listening = { host: '127.0.0.1', port: 0, publicUrl: null }
  const parts = {
    store,
    clock,
    newId,
    settings: SETTINGS,
    controls,
    trust: LOCAL_ALONE,
    observer: NO_OBSERVER,
    signIns: null,
    usedAssertions: null,
  }
  const server = await startServer(listening, parts, logger)
  const aliased = buildApp({ ...server.services, publicBase: fixedBase(ALIAS) }, logger)
  const control = await startControl(0, { services: server.services, clock }, logger)
  const connections = openConnections()
  const send: Connections['send'] = request => {
    const { href } = request.url
    return href.startsWith(`${ALIAS}/`) ? sendInside(aliased, request) : connections.send(request)
  }

  const tenant = await newTenant(store)
  const [neighbour, empty] = [await newTenant(store), await newTenant(store)]
  const external = await newTenant(store, 'external')
  // To sign takes longer than to answer: a token is kept until the clock has moved on.
  const renewed = (shiftMs: number, sign: (now: number) => Promise<string>): TokenSource => {
    let last = { minute: Number.NaN, token: Promise.resolve('') }
    return () => {
      const now = clock.now() + shiftMs
      const minute = Math.floor(now / 60_000)
      if (minute !== last.minute) last = { minute, token: sign(now) }
      return last.token
    }
  }
  const grantOf = (of: TenantId, roles: readonly string[], now: number, root = server.url): AccessTokenGrant => ({
    tenant: of,
    app: aPlainApp({ clientId: newId(), tenant: of, displayName: 'Conformance', roles }),
    audience: GRAPH_RESOURCE,
    now,
    issuer: issuerOf(root, of),
    ring: controls.ring,
  })
  const tokensOf = (of: TenantId, roles: readonly string[], shiftMs = 0, root = server.url): TokenSource =>
    renewed(shiftMs, now => issueAccessToken(grantOf(of, roles, now, root)))
  const tokensFor = (id: ObjectId, scopes: readonly string[]): TokenSource =>
    renewed(0, now => {
      const user = { id, displayName: 'Administrator', userPrincipalName: `administrator@${domainOf(tenant)}` }
      const directoryRoles = ['Global Administrator'] as const
      return issueDelegatedToken({ ...grantOf(tenant, [], now), user, scopes, directoryRoles })
    })
  const opened = await openControl(new URL(control.url), send)
  const withoutPeople: Target = {
    url: server.url,
    alias: ALIAS,
    tenant,
    domain: domainOf(tenant),
    send,
    tokens: {
      writer: tokensOf(tenant, WRITER),
      reader: tokensOf(tenant, READER),
      expired: tokensOf(tenant, WRITER, -7_200_000),
      neighbour: tokensOf(neighbour, NEIGHBOUR),
      empty: tokensOf(empty, READER),
      external: tokensOf(external, [...READER, 'User.Read.All']),
      alias: tokensOf(tenant, READER, 0, ALIAS),
      weak: tokensOf(tenant, ['User.Read.All']),
      'groupmember-reader': tokensOf(tenant, ['GroupMember.Read.All']),
      'groupmember-writer': tokensOf(tenant, ['GroupMember.ReadWrite.All']),
      'group-creator': tokensOf(tenant, ['Group.Create']),
      'group-writer': tokensOf(tenant, ['Group.ReadWrite.All']),
      'directory-writer': tokensOf(tenant, ['Directory.ReadWrite.All']),
    },
    canRenew: true,
    control: opened,
    page: opened.page,
    patienceMs: 0,
    wait: setTimeout,
  }
  const administrator = await populate(withoutPeople)
  const purger = tokensFor(administrator, ['Group.ReadWrite.All'])
  return {
    target: { ...withoutPeople, tokens: { ...withoutPeople.tokens, purger } },
    close: async () => {
      connections.close()
      await control.close()
      await aliased.close()
      await server.close()
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function newTenant(store: Store, kind: TenantKind = 'workforce'): Promise<TenantId> {
  const id = randomUUID() as TenantId
  const domain = domainOf(id)
  await store.putTenant({ id, kind, displayName: 'Conformance', defaultDomain: domain, domains: [domain] })
  return id
}

/** What a proxy does with a request below the alias, without its socket. */
async function sendInside(app: FastifyInstance, { method, url, headers, body }: Request): Promise<Answer> {
  const reply = await app.inject({
    method: method as HTTPMethods,
    url: url.href.slice(ALIAS.length),
    headers,
    ...(body !== undefined && { body }),
  })
  return { status: reply.statusCode, headers: reply.headers as IncomingHttpHeaders, text: reply.payload }
}

function domainOf(tenant: TenantId): string {
  return `${tenant.slice(0, 8)}.tidemark.example`
}

/** What a tenant holds besides: more groups than a page, with members, one of them deleted. Gives one of its people. */
async function populate(target: Target): Promise<ObjectId> {
  const { scene } = newScene(target)
  const users = await scene.users(12)
  for (let number = 0; number < SETTINGS.pageLimit.objects + 3; number += 1) {
    await scene.group({ members: users.slice(number), description: `Group ${number}` })
  }
  await scene.team({ members: users })
  const deleted = await scene.group({ members: users.slice(0, 2) })
  await deleted.delete()
  return parseObjectId((await scene.user()).id)
}
