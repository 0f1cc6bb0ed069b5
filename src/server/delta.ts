import type { Caller } from '../auth/caller.ts'
import { allows, authorize, seesHiddenMembers } from '../auth/permission/permissions.ts'
import type { CallerPermission } from '../auth/permission/permissionTable.ts'
import { OBJECT_TYPES, type ObjectType } from '../core/fact.ts'
import type { TenantId } from '../core/id.ts'
import { type PageRequest, readPage } from '../core/page.ts'
import { Problem } from '../core/problem.ts'
import { isOfLaterRound, type Query, queryOf, type TrackedType } from '../core/round.ts'
import type { Projection } from '../core/snapshot.ts'
import { deltaBody, deltaProjection, restartLocation } from '../odata/deltaPage.ts'
import { readDeltaRequest, type Sight } from '../odata/deltaRequest.ts'
import { readPrefer } from '../odata/prefer.ts'
import type { DeltaResource } from '../odata/resourceNames.ts'
import { openStateToken, sealStateToken, type TokenBinding } from '../odata/stateToken.ts'
import { type Answer, json } from './answer.ts'
import { type GraphRequest, refuseOptions } from './graphRequest.ts'
import type { PagePhase } from './monitor/observer.ts'
import { resyncProblem } from './resync.ts'
import { existingTenant, type Services } from './services.ts'

/** GET /groups/delta, /users/delta and /directoryObjects/delta: the first page of a round, or the page that a state token names. */
export function getDelta(resource: 'group' | 'user' | 'directoryObject') {
  return async (request: GraphRequest, services: Services): Promise<Answer> => {
    const { caller, root, options, apiVersion, metadata } = request
    const { store, clock, settings, controls } = services
    await refuseExternal(caller.tenant, services)
    const binding: TokenBinding = { tenant: caller.tenant, apiVersion, resource }
    const asked = readDeltaRequest(resource, options, sightOf(caller))
    // Unlike the options that are passed over, these ask for objects of another shape.
    if (asked.kind !== 'token') refuseOptions(request, ['apply', 'compute'])
    const pageRequest: PageRequest = asked.kind === 'token' ? follow(asked, request, binding, services) : asked
    const query = pageRequest.kind === 'follow' ? queryOf(pageRequest.link) : pageRequest.query
    if (resource === 'directoryObject') for (const { type } of query.types) authorize(caller, PERMISSION[type])
    const { minimal } = readPrefer(request.prefer)
    const frame = { resource, root, level: metadata }
    const projectionOf = (tracked: TrackedType): Projection => deltaProjection(tracked, query, frame)
    const page = await store.read(caller.tenant, snapshot =>
      readPage(snapshot, pageRequest, { limit: settings.pageLimit, minimal, projectionOf }),
    )
    if (page === null) throw resync(resource, request, query, services)
    const ends = page.link.kind === 'delta'
    services.observer.page({ resource, phase: phaseOf(pageRequest), ends })
    const token = sealStateToken(page.link, binding, clock.now(), controls.ring.state)
    const selected = asked.kind === 'token' ? null : asked.selected
    const isApplied = minimal && pageRequest.kind === 'follow' && isOfLaterRound(pageRequest.link)
    const body = deltaBody(page, { ...frame, selected, token })
    return json(200, body, isApplied ? { 'preference-applied': 'return=minimal' } : {})
  }
}

function phaseOf(request: PageRequest): PagePhase {
  if (request.kind === 'first') return 'scan'
  if (request.kind === 'latest') return 'latest'
  const { link } = request
  if (link.kind === 'delta' || !link.round.first) return 'catch_up'
  return link.round.position.phase === 'scan' ? 'scan' : 'first_catch_up'
}

/** Throws `Request_UnsupportedQuery` in a tenant whose changes cannot be followed, whatever else is asked (DELTA-222). */
async function refuseExternal(tenant: TenantId, { store }: Services): Promise<void> {
  const { kind } = await existingTenant(store, tenant)
  if (kind !== 'external') return
  throw new Problem('Request_UnsupportedQuery', 'Change enumeration is not supported for requested tenant.')
}

/** What it takes to follow directory objects of a type. */
const PERMISSION: Readonly<Record<ObjectType, CallerPermission>> = {
  group: 'directoryObjects.delta.group',
  user: 'directoryObjects.delta.user',
  device: 'directoryObjects.delta.device',
  servicePrincipal: 'directoryObjects.delta.servicePrincipal',
  orgContact: 'directoryObjects.delta.orgContact',
}

function sightOf(caller: Caller): Sight {
  return {
    hiddenMembers: seesHiddenMembers(caller),
    types: OBJECT_TYPES.filter(type => allows(caller, PERMISSION[type])),
  }
}

/** Opens the token of a request. A right to see hidden membership that has changed since changes the view: begin again. */
function follow(
  { link: kind, token }: { readonly link: 'next' | 'delta'; readonly token: string },
  request: GraphRequest,
  binding: TokenBinding,
  services: Services,
): PageRequest {
  const { clock, settings, controls } = services
  const opened = openStateToken(token, kind, binding, {
    now: clock.now(),
    lifeMs: settings.tokenLifeMs,
    expiredAt: controls.expiredAt,
    keys: controls.ring.state,
  })
  if (opened.expired) {
    throw resync(binding.resource, request, opened.link === null ? null : queryOf(opened.link), services)
  }
  const query = queryOf(opened.link)
  if (query.seesHiddenMembers !== seesHiddenMembers(request.caller)) {
    throw resync(binding.resource, request, query, services)
  }
  return { kind: 'follow', link: opened.link }
}

function resync(
  resource: DeltaResource,
  { root }: GraphRequest,
  query: Query | null,
  { controls, observer }: Services,
): Problem {
  observer.resync(resource)
  return resyncProblem(controls.resyncForm, restartLocation(resource, root, query))
}
