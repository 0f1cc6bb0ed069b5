import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { LOCAL_ALONE } from '../../src/auth/bearer/trust.ts'
import { GRAPH_RESOURCE, issueAccessToken, issueDelegatedToken, issuerOf } from '../../src/auth/issuer/issuer.ts'
import { type KeyRing, newKeyRing } from '../../src/auth/keys/keyRing.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import type { PageLimit } from '../../src/core/snapshot.ts'
import { buildApp } from '../../src/server/app.ts'
import { NO_OBSERVER } from '../../src/server/monitor/observer.ts'
import { fixedBase } from '../../src/server/publicBase.ts'
import type { Services } from '../../src/server/services.ts'
import { NO_THROTTLE } from '../../src/server/throttle/throttle.ts'
import { aPlainApp } from '../auth/aPlainApp.ts'
import { newGroupBody, newOtherBody, newUserBody, runCommand } from './command.ts'
import {
  type Answer,
  type Asking,
  BASE,
  type Driver,
  type Ground,
  Keys,
  type Listed,
  ROOT,
  TOKEN_LIFE_MS,
} from './driver.ts'
import { openLink, STRANGER } from './inProcess.ts'
import type { Operation, Refusal, SingleOperation, Type } from './operation.ts'
import type { StoreHouse } from './storeHouse.ts'

const ROLES = [
  'Group.ReadWrite.All',
  'User.ReadWrite.All',
  'User.DeleteRestore.All',
  'Device.ReadWrite.All',
  'Application.ReadWrite.All',
]
const READER_ROLES = [
  'Group.Read.All',
  'User.Read.All',
  'Device.Read.All',
  'Application.Read.All',
  'OrgContact.Read.All',
]
/** Access tokens live an hour; the clock of a history may jump. */
const TOKEN_USE_MS = 1_800_000

/** Drives the server by HTTP requests, without a socket. What has no request, a batch, goes to its store. */
export async function httpDriver(house: StoreHouse): Promise<Driver> {
  return new OverHttp(house, await newKeyRing())
}

/** What is asked of the server, and as whom: the app alone, or on behalf of a person. */
interface Asked {
  readonly body?: unknown
  readonly roles?: readonly string[]
  readonly person?: ObjectId | null
  readonly tenant?: TenantId
  readonly prefer?: string
}

type Reply = Awaited<ReturnType<FastifyInstance['inject']>>
type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

class OverHttp implements Driver {
  readonly #house: StoreHouse
  readonly #ring: KeyRing
  readonly #tokens = new Map<string, { readonly text: string; readonly at: number }>()
  #ground: Ground | null = null
  #app: FastifyInstance | null = null
  #services: Services | null = null
  #keys = new Keys()
  #limit: PageLimit = { objects: 200, edges: 2_500, examined: 10_000, bytes: 4_000_000 }
  #newIds: string[] = []

  constructor(house: StoreHouse, ring: KeyRing) {
    this.#house = house
    this.#ring = ring
  }

  get losesTail(): boolean {
    return this.#house.save !== null
  }

  get ground(): Ground {
    if (this.#ground === null) throw new Error('No history has begun.')
    return this.#ground
  }

  get tenant(): TenantId {
    return this.ground.tenant as TenantId
  }

  async begin(ground: Ground): Promise<void> {
    this.#ground = ground
    this.#keys = new Keys()
    this.#tokens.clear()
    const { domain } = ground
    for (const id of [this.tenant, STRANGER]) {
      await this.#house
        .store()
        .putTenant({ id, kind: 'workforce', displayName: 'Model', defaultDomain: domain, domains: [domain] })
    }
    await this.#serve(0)
  }

  async #serve(expiredAt: number): Promise<void> {
    await this.#app?.close()
    const limit = (): PageLimit => this.#limit
    this.#services = {
      store: this.#house.store(),
      clock: { now: this.ground.clock.now, elapsed: this.ground.clock.now },
      newId: () => (this.#newIds.shift() ?? '') as ObjectId,
      settings: {
        tokenLifeMs: TOKEN_LIFE_MS,
        recycleBinMs: 30 * 86_400_000,
        recycleSecurityGroups: this.ground.recyclesSecurityGroups,
        get pageLimit() {
          return limit()
        },
      },
      controls: {
        expiredAt,
        resyncForm: 'gone',
        ring: { ...this.#ring, state: this.#keys.ring },
        throttle: NO_THROTTLE,
      },
      trust: LOCAL_ALONE,
      publicBase: fixedBase(BASE),
      observer: NO_OBSERVER,
      signIns: null,
      usedAssertions: null,
    }
    this.#app = buildApp(this.#services, pino({ level: 'silent' }))
  }

  get services(): Services {
    if (this.#services === null) throw new Error('No history has begun.')
    return this.#services
  }

  async #call(
    method: Method,
    url: string,
    { body, roles = ROLES, person = null, tenant = this.tenant, prefer }: Asked = {},
  ): Promise<Reply> {
    const authorization = `Bearer ${await this.#token(roles, person, tenant)}`
    const headers = { host: 'localhost:3000', authorization, ...(prefer === undefined ? {} : { prefer }) }
    if (this.#app === null) throw new Error('No history has begun.')
    if (body === undefined) return this.#app.inject({ method, url, headers })
    const payload = JSON.stringify(body)
    return this.#app.inject({ method, url, headers: { ...headers, 'content-type': 'application/json' }, payload })
  }

  async #token(roles: readonly string[], person: ObjectId | null, tenant: TenantId): Promise<string> {
    const now = this.ground.clock.now()
    const name = `${tenant} ${person} ${roles.join()}`
    const known = this.#tokens.get(name)
    if (known !== undefined && now - known.at < TOKEN_USE_MS) return known.text
    const clientId = 'a11ce000-0000-4000-8000-000000000001'
    const grant = {
      tenant,
      app: aPlainApp({ clientId, tenant, displayName: 'Model', roles }),
      audience: GRAPH_RESOURCE,
      now,
      issuer: issuerOf(BASE, tenant),
      ring: this.#ring,
    }
    const text = await (person === null
      ? issueAccessToken(grant)
      : issueDelegatedToken({
          ...grant,
          user: { id: person, displayName: 'Model', userPrincipalName: 'model@tidemark.example' },
          scopes: roles,
          directoryRoles: ['Global Administrator'],
        }))
    this.#tokens.set(name, { text, at: now })
    return text
  }

  async write(operation: Operation): Promise<Refusal | null> {
    if (operation.kind === 'batch') return this.#writeToStore(operation)
    if ('id' in operation) this.#newIds = [operation.id]
    const [method, path, body] = requestOf(operation, this.ground.domain)
    const person = operation.kind === 'purge' ? await this.#someone() : null
    // No app purges a group by itself. Where nobody is left who could be signed in, it is done like a batch.
    if (operation.kind === 'purge' && person === null) return this.#writeToStore(operation)
    const reply = await this.#call(method, `/v1.0${path}`, { body, person })
    return reply.statusCode < 300 ? null : JSON.parse(reply.payload).error.code
  }

  /** A user who can be signed in as. */
  #someone(): Promise<ObjectId | null> {
    return this.#house.store().read(this.tenant, async snapshot => {
      const users = await snapshot.objects('user', 'live', null, 100)
      return users.find(({ properties }) => properties.accountEnabled === true)?.id ?? null
    })
  }

  async #writeToStore(operation: Operation): Promise<Refusal | null> {
    const { domain, recyclesSecurityGroups, clock } = this.ground
    const ground = { now: clock.now(), domain, recyclesSecurityGroups }
    const by = { at: ground.now, app: null, user: null, requestId: null }
    try {
      await this.#house.store().write(this.tenant, by, transaction => runCommand(transaction, operation, ground))
      return null
    } catch (error) {
      if (error instanceof Error && 'code' in error) return error.code as Refusal
      throw error
    }
  }

  async ask(path: string, { limit, minimal, seesHiddenMembers, asStranger = false }: Asking): Promise<Answer> {
    this.#limit = limit
    const roles = seesHiddenMembers ? [...READER_ROLES, 'Member.Read.Hidden'] : READER_ROLES
    const url = path.startsWith(BASE) ? path.slice(BASE.length) : `/v1.0${path}`
    const tenant = asStranger ? STRANGER : this.tenant
    const reply = await this.#call('GET', url, { roles, tenant, ...(minimal && { prefer: 'return=minimal' }) })
    if (reply.statusCode === 200) return { status: 200, text: reply.payload }
    const { code, message } = JSON.parse(reply.payload).error
    const { location } = reply.headers
    return { status: reply.statusCode, code, message, location: typeof location === 'string' ? location : null }
  }

  open(url: string): ReturnType<typeof openLink> {
    return openLink(url, this.ground, this.#keys)
  }

  async listed(type: Type): Promise<Listed[]> {
    const listed: Listed[] = []
    for (const id of (await this.#list(`/${type}s?$top=3`)).sort()) {
      const edges = (relation: string): Promise<string[]> =>
        type === 'group' ? this.#list(`/groups/${id}/${relation}?$top=2`) : Promise.resolve([])
      listed.push({ id, members: (await edges('members')).sort(), owners: (await edges('owners')).sort() })
    }
    return listed
  }

  async #list(path: string): Promise<string[]> {
    const ids: string[] = []
    const roles = [...READER_ROLES, 'Member.Read.Hidden']
    for (let url: string | undefined = `/v1.0${path}`; url !== undefined; ) {
      const reply: Reply = await this.#call('GET', url, { roles })
      const body = JSON.parse(reply.payload) as { value: { id: string }[]; '@odata.nextLink'?: string }
      ids.push(...body.value.map(({ id }) => id))
      url = body['@odata.nextLink']?.slice(BASE.length)
    }
    return ids
  }

  head(): Promise<number> {
    return this.#house.store().read(this.tenant, async ({ head }) => head)
  }

  async compact(horizon: number): Promise<void> {
    await this.#house.store().compact(this.tenant, horizon)
  }

  async restart(): Promise<void> {
    const { expiredAt } = this.services.controls
    await this.#house.restart()
    await this.#serve(expiredAt)
  }

  async save(): Promise<(() => Promise<void>) | null> {
    const putBack = this.#house.save?.(this.tenant)
    return putBack === undefined ? null : async () => putBack()
  }

  expireTokens(): void {
    this.services.controls.expiredAt = this.ground.clock.now()
  }

  replaceKey(keepOld: boolean): void {
    this.#keys.replace(keepOld)
    this.services.controls.ring = { ...this.#ring, state: this.#keys.ring }
  }

  async close(): Promise<void> {
    await this.#app?.close()
    await this.#house.close()
  }
}

function requestOf(operation: SingleOperation, domain: string): [method: Method, path: string, body?: unknown] {
  switch (operation.kind) {
    case 'createUser':
      return ['POST', '/users', newUserBody(operation, domain)]
    case 'createGroup':
      return ['POST', '/groups', { ...newGroupBody(operation), ...bound(operation) }]
    case 'createOther':
      return ['POST', `/${operation.type}s`, newOtherBody(operation)]
    case 'patchOther':
      return ['PATCH', `/${operation.type}s/${operation.id}`, operation.values]
    case 'patchUser':
      return ['PATCH', `/users/${operation.id}`, operation.values]
    case 'patchGroup':
      return ['PATCH', `/groups/${operation.id}`, { ...operation.values, ...bound(operation) }]
    case 'link': {
      const { group, relation, target } = operation
      return ['POST', `/groups/${group}/${relation}/$ref`, { '@odata.id': `${ROOT}/directoryObjects/${target}` }]
    }
    case 'unlink': {
      const { group, relation, target } = operation
      return ['DELETE', `/groups/${group}/${relation}/${target}/$ref`]
    }
    case 'delete':
      return ['DELETE', `/${operation.type}s/${operation.id}`]
    case 'restore':
      return ['POST', `/directory/deletedItems/${operation.id}/restore`]
    case 'purge':
      return ['DELETE', `/directory/deletedItems/${operation.id}`]
  }
}

function bound({ members, owners }: { readonly members: readonly string[]; readonly owners: readonly string[] }) {
  const urls = (ids: readonly string[]): string[] => ids.map(id => `${ROOT}/directoryObjects/${id}`)
  return { 'members@odata.bind': urls(members), 'owners@odata.bind': urls(owners) }
}
