import { seesHiddenMembers } from '../auth/permissions.ts'
import type { ObjectType } from '../core/fact.ts'
import { type PageRequest, readPage } from '../core/page.ts'
import type { Problem } from '../core/problem.ts'
import { isOfLaterRound, type Query, queryOf } from '../core/round.ts'
import { deltaBody, deltaProjection, restartLocation } from '../odata/deltaPage.ts'
import { readDeltaRequest } from '../odata/deltaRequest.ts'
import { readPrefer } from '../odata/prefer.ts'
import { openStateToken, sealStateToken, type TokenBinding } from '../odata/stateToken.ts'
import { type Answer, json } from './answer.ts'
import { type GraphRequest, refuseOptions } from './graphRequest.ts'
import { resyncProblem } from './resync.ts'
import type { Services } from './services.ts'

/** GET /groups/delta and /users/delta: the first page of a round, or the page that a state token names. */
export function getDelta(type: 'group' | 'user') {
  return async (request: GraphRequest, services: Services): Promise<Answer> => {
    const { caller, root, options, apiVersion, metadata } = request
    const { store, clock, settings, controls } = services
    const binding: TokenBinding = { tenant: caller.tenant, apiVersion, resource: type }
    const asked = readDeltaRequest(type, options, seesHiddenMembers(caller))
    // Unlike the options that are passed over, these ask for objects of another shape.
    if (asked.kind !== 'token') refuseOptions(request, ['apply', 'compute'])
    const pageRequest: PageRequest = asked.kind === 'token' ? follow(asked, request, binding, services) : asked
    const query = pageRequest.kind === 'follow' ? queryOf(pageRequest.link) : pageRequest.query
    const { minimal } = readPrefer(request.prefer)
    const projection = deltaProjection(query, metadata)
    const page = await store.read(caller.tenant, snapshot =>
      readPage(snapshot, pageRequest, { limit: settings.pageLimit, minimal, projection }),
    )
    if (page === null) throw resync(type, request, query, services)
    const token = sealStateToken(page.link, binding, clock.now(), controls.ring.state)
    const selected = asked.kind === 'token' ? null : asked.selected
    const isApplied = minimal && pageRequest.kind === 'follow' && isOfLaterRound(pageRequest.link)
    const body = deltaBody(page, { type, root, level: metadata, selected, token })
    return json(200, body, isApplied ? { 'preference-applied': 'return=minimal' } : {})
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

function resync(type: ObjectType, { root }: GraphRequest, query: Query | null, { controls }: Services): Problem {
  return resyncProblem(controls.resyncForm, restartLocation(type, root, query))
}
