import { namedId } from '../core/alternateKey.ts'
import type { DirectoryObject } from '../core/fact.ts'
import { parseObjectId } from '../core/id.ts'
import { liveObject, liveObjectOfAnyType } from '../core/membership.ts'
import { checkNames } from '../core/nameCheck.ts'
import { Problem } from '../core/problem.ts'
import { deleteObject } from '../core/recycleBin.ts'
import { sizeOf } from '../core/size.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { type NameCheck, readNameCheck, readWanted } from '../odata/actionBody.ts'
import { type JsonObject, typedResourceBody } from '../odata/resourceBody.ts'
import { type Answer, json, NO_CONTENT } from './answer.ts'
import { readMixedSelect, typedDirectoryObjectBody } from './directoryObjectBody.ts'
import { authorship, type GraphRequest, objectKey, parameter, refuseOptions } from './graphRequest.ts'
import { authorizeDeletion, seenBy } from './objectPermissions.ts'
import { readSelected } from './resources.ts'
import { commandContext, type Services } from './services.ts'

/** learn.microsoft.com, graph/api/directoryobject-getbyids. */
const IDS_MAX = 1_000

/** What has no pages may be as large as so many. */
const PAGES_MAX = 10

/** Observed. */
const NOT_IN_GET_BY_IDS = ['filter', 'search', 'orderby', 'expand', 'top', 'skip', 'skiptoken', 'count'] as const

/** GET /directoryObjects/{id} */
export async function getDirectoryObject(request: GraphRequest, { store }: Services): Promise<Answer> {
  const id = parseObjectId(parameter(request, 'id'))
  const object = await store.read(request.caller.tenant, snapshot => liveObjectOfAnyType(snapshot, id))
  const selected = readSelected(object.type, request.options)
  const context = `${request.root}/$metadata#directoryObjects/$entity`
  return json(200, { '@odata.context': context, ...typedResourceBody(object, selected) })
}

/** POST /directoryObjects/getByIds: those that are there, in the order in which they are asked for. */
export async function getByIds(request: GraphRequest, { store, settings }: Services): Promise<Answer> {
  refuseOptions(request, NOT_IN_GET_BY_IDS)
  const { ids, types } = readWanted(request.body, IDS_MAX)
  const selected = readMixedSelect(request.options)
  const bytesMax = settings.pageLimit.bytes * PAGES_MAX
  const value = await store.read(request.caller.tenant, async snapshot => {
    const bodies: JsonObject[] = []
    let bytes = 0
    for (const id of new Set(ids)) {
      const object = await snapshot.object(id)
      if (object === null || object.state !== 'live') continue
      bytes += sizeOf(object)
      if (bytes > bytesMax) throw tooLarge()
      if (types === null || types.includes(object.type)) {
        bodies.push(typedDirectoryObjectBody(await seenBy(request.caller, object, snapshot), selected))
      }
    }
    return bodies
  })
  return json(200, { '@odata.context': `${request.root}/$metadata#directoryObjects`, value })
}

function tooLarge(): Problem {
  return new Problem(
    'Directory_ResultSizeLimitExceeded',
    'These objects are too large to be shown together: ask for fewer ids.',
  )
}

/**
 * DELETE /directoryObjects/{id}: as if the object were deleted in its own collection. Graph lets no app do so
 * (learn.microsoft.com, graph/api/directoryobject-delete); here it asks what the collection asks.
 */
export async function deleteDirectoryObject(request: GraphRequest, services: Services): Promise<Answer> {
  const { caller } = request
  const id = parseObjectId(parameter(request, 'id'))
  const context = await commandContext(services, caller.tenant)
  await services.store.write(caller.tenant, authorship(request, services.clock), async transaction => {
    const object = await liveObjectOfAnyType(transaction, id)
    await authorizeDeletion(caller, object, transaction)
    await deleteObject(transaction, object, context)
  })
  return NO_CONTENT
}

/** POST /directoryObjects/validateProperties: the names of a group that is still to be created. */
export async function validateNewNames(request: GraphRequest, { store }: Services): Promise<Answer> {
  const check = readNameCheck(request.body, 'directoryObject')
  await store.read(request.caller.tenant, snapshot => validate(snapshot, check, null))
  return NO_CONTENT
}

/** POST /groups/{id}/validateProperties: other names for a group. */
export async function validateGroupNames(request: GraphRequest, { store }: Services): Promise<Answer> {
  const key = objectKey(request, 'group')
  const check = readNameCheck(request.body, 'group')
  await store.read(request.caller.tenant, async snapshot =>
    validate(snapshot, check, await liveObject(snapshot, 'group', await namedId(snapshot, key))),
  )
  return NO_CONTENT
}

async function validate(
  snapshot: Snapshot,
  { values, onBehalfOf }: NameCheck,
  group: DirectoryObject | null,
): Promise<void> {
  // No name is open to some people and closed to others: the user need only be there.
  if (onBehalfOf !== null) await liveObject(snapshot, 'user', onBehalfOf)
  await checkNames(snapshot, values, group)
}
