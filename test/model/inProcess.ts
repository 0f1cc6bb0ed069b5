import { OBJECT_TYPES } from '../../src/core/fact.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import { type PageRequest, readPage } from '../../src/core/page.ts'
import { Problem } from '../../src/core/problem.ts'
import { type Link, type Query, queryOf, type TrackedType } from '../../src/core/round.ts'
import type { Projection } from '../../src/core/snapshot.ts'
import { deltaBody, deltaProjection, restartLocation } from '../../src/odata/deltaPage.ts'
import { readDeltaRequest } from '../../src/odata/deltaRequest.ts'
import { STATUS } from '../../src/odata/error.ts'
import { type QueryOptions, readOptions } from '../../src/odata/options.ts'
import type { DeltaResource } from '../../src/odata/resourceNames.ts'
import { openStateToken, sealStateToken, type TokenBinding } from '../../src/odata/stateToken.ts'
import { ResyncProblem, resyncProblem } from '../../src/server/resync.ts'
import { runCommand } from './command.ts'
import { type Answer, type Asking, type Driver, type Ground, Keys, type Listed, ROOT, TOKEN_LIFE_MS } from './driver.ts'
import type { Operation, Refusal, Type } from './operation.ts'
import type { StoreHouse } from './storeHouse.ts'

/** Drives the core and the token codec directly: a delta request without HTTP. */
export function inProcessDriver(newHouse: () => StoreHouse): Driver {
  return new InProcess(newHouse)
}

/** How many tenants share one file. */
const TENANTS_PER_HOUSE = 300

/** A tenant that the history's tokens are not made for. */
export const STRANGER = '57ab9e40-0000-4000-8000-000000000000' as TenantId

class InProcess implements Driver {
  readonly #newHouse: () => StoreHouse
  #house: StoreHouse | null = null
  #tenants = 0
  #ground: Ground | null = null
  #keys = new Keys()
  #expiredAt = 0

  constructor(newHouse: () => StoreHouse) {
    this.#newHouse = newHouse
  }

  get house(): StoreHouse {
    this.#house ??= this.#newHouse()
    return this.#house
  }

  get losesTail(): boolean {
    return this.house.save !== null
  }

  get ground(): Ground {
    if (this.#ground === null) throw new Error('No history has begun.')
    return this.#ground
  }

  get tenant(): TenantId {
    return this.ground.tenant as TenantId
  }

  async begin(ground: Ground): Promise<void> {
    this.#tenants += 1
    if (this.#tenants % TENANTS_PER_HOUSE === 0) await this.close()
    this.#ground = ground
    this.#keys = new Keys()
    this.#expiredAt = 0
    const { domain } = ground
    await this.house.store().putTenant({
      id: this.tenant,
      kind: 'workforce',
      displayName: 'Model',
      defaultDomain: domain,
      domains: [domain],
    })
  }

  async write(operation: Operation): Promise<Refusal | null> {
    const now = this.ground.clock.now()
    const by = { at: now, app: null, user: null, requestId: null }
    const { domain, recyclesSecurityGroups } = this.ground
    try {
      await this.house
        .store()
        .write(this.tenant, by, transaction =>
          runCommand(transaction, operation, { now, domain, recyclesSecurityGroups }),
        )
      return null
    } catch (error) {
      if (error instanceof Problem) return error.code as Refusal
      throw error
    }
  }

  async ask(path: string, asking: Asking): Promise<Answer> {
    try {
      return await this.#page(path, asking)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { code, message } = error
      return { status: STATUS[code], code, message, location: error instanceof ResyncProblem ? error.location : null }
    }
  }

  async #page(path: string, { limit, minimal, seesHiddenMembers, asStranger = false }: Asking): Promise<Answer> {
    const { root, resource, options } = readPath(path)
    const binding: TokenBinding = {
      tenant: asStranger ? STRANGER : this.tenant,
      apiVersion: root === ROOT ? 'v1.0' : 'beta',
      resource,
    }
    const asked = readDeltaRequest(resource, options, { hiddenMembers: seesHiddenMembers, types: OBJECT_TYPES })
    const request: PageRequest = asked.kind === 'token' ? this.#follow(asked, binding, root) : asked
    const query = request.kind === 'follow' ? queryOf(request.link) : request.query
    const frame = { resource, root, level: 'minimal' } as const
    const projectionOf = (tracked: TrackedType): Projection => deltaProjection(tracked, query, frame)
    const page = await this.house
      .store()
      .read(this.tenant, snapshot => readPage(snapshot, request, { limit, minimal, projectionOf }))
    if (page === null) throw resyncProblem('gone', restartLocation(resource, root, query))
    const token = sealStateToken(page.link, binding, this.ground.clock.now(), this.#keys.ring)
    const selected = asked.kind === 'token' ? null : asked.selected
    const parts = deltaBody(page, { ...frame, selected, token })
    return { status: 200, text: Buffer.concat(parts).toString() }
  }

  #follow(asked: { link: Link['kind']; token: string }, binding: TokenBinding, root: string): PageRequest {
    const opened = openStateToken(asked.token, asked.link, binding, {
      now: this.ground.clock.now(),
      lifeMs: TOKEN_LIFE_MS,
      expiredAt: this.#expiredAt,
      keys: this.#keys.ring,
    })
    if (!opened.expired) return { kind: 'follow', link: opened.link }
    const query: Query | null = opened.link === null ? null : queryOf(opened.link)
    throw resyncProblem('gone', restartLocation(binding.resource, root, query))
  }

  open(url: string): Link {
    return openLink(url, this.ground, this.#keys)
  }

  async listed(type: Type): Promise<Listed[]> {
    return this.house.store().read(this.tenant, async snapshot => {
      const listed: Listed[] = []
      for (const { id } of await snapshot.objects(type, 'live', null, 1_000)) {
        const targets = async (relation: 'members' | 'owners'): Promise<ObjectId[]> =>
          (await snapshot.edges(id, relation, null, 1_000)).map(({ target }) => target)
        listed.push({ id, members: await targets('members'), owners: await targets('owners') })
      }
      return listed
    })
  }

  head(): Promise<number> {
    return this.house.store().read(this.tenant, async ({ head }) => head)
  }

  async compact(horizon: number): Promise<void> {
    await this.house.store().compact(this.tenant, horizon)
  }

  restart(): Promise<void> {
    return this.house.restart()
  }

  async save(): Promise<(() => Promise<void>) | null> {
    const putBack = this.house.save?.(this.tenant)
    return putBack === undefined ? null : async () => putBack()
  }

  expireTokens(): void {
    this.#expiredAt = this.ground.clock.now()
  }

  replaceKey(keepOld: boolean): void {
    this.#keys.replace(keepOld)
  }

  async close(): Promise<void> {
    await this.#house?.close()
    this.#house = null
  }
}

/** Opens the token of a link whatever its age. */
export function openLink(url: string, { tenant, clock }: Ground, keys: Keys): Link {
  const { resource, options } = readPath(url)
  const kind = options.skiptoken === undefined ? 'delta' : 'next'
  const binding: TokenBinding = { tenant: tenant as TenantId, apiVersion: 'v1.0', resource }
  const terms = { now: clock.now(), lifeMs: Number.MAX_SAFE_INTEGER, expiredAt: 0, keys: keys.ring }
  const opened = openStateToken(options.skiptoken ?? options.deltatoken ?? '', kind, binding, terms)
  if (opened.link === null) throw new Error('The link was sealed with a key that is gone.')
  return opened.link
}

const RESOURCES: ReadonlyMap<string, DeltaResource> = new Map([
  ['/groups/delta', 'group'],
  ['/users/delta', 'user'],
  ['/directoryObjects/delta', 'directoryObject'],
])

function readPath(path: string): { root: string; resource: DeltaResource; options: QueryOptions } {
  const [address = '', query = ''] = path.split('?')
  const at = address.lastIndexOf('/', address.lastIndexOf('/') - 1)
  const resource = RESOURCES.get(address.slice(at))
  if (resource === undefined) throw new Error(`There is no delta at ${address}.`)
  return { root: address.slice(0, at) || ROOT, resource, options: readOptions(query) }
}
