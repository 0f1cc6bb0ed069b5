import type { ObjectType } from '../core/fact.ts'
import { listBody, readListRequest } from '../odata/listPage.ts'
import { type QueryOptions, readSelect } from '../odata/options.ts'
import { resourceBody } from '../odata/resourceBody.ts'
import { ENTITY_SETS, readCollectionSelect, selectableNames } from '../odata/resourceNames.ts'
import { type Answer, json } from './answer.ts'
import { type GraphRequest, refuseOptions } from './graphRequest.ts'
import type { Services } from './services.ts'

/** Options that change what a list holds, and are not offered on it. */
const UNOFFERED: readonly (keyof QueryOptions)[] = ['filter', 'search', 'orderby', 'expand', 'skip', 'apply', 'compute']

/** The names that `$select` asks for on one object; null without it. */
export function readSelected(type: ObjectType, { select }: QueryOptions): string[] | null {
  return select === undefined ? null : readSelect(select, selectableNames(type), type)
}

/** The context of answers that hold objects of one type, or one of them. */
export function contextOf(
  { root }: GraphRequest,
  type: ObjectType,
  selected: readonly string[] | null,
  form: 'collection' | 'entity',
): string {
  const names = selected === null ? '' : `(${selected.join(',')})`
  return `${root}/$metadata#${ENTITY_SETS[type]}${names}${form === 'entity' ? '/$entity' : ''}`
}

/** Lists the objects of a type that are live, or in the recycle bin, in pages. */
export async function listObjects(
  request: GraphRequest,
  type: ObjectType,
  state: 'live' | 'deleted',
  path: string,
  { store }: Services,
): Promise<Answer> {
  refuseOptions(request, UNOFFERED)
  const { select } = request.options
  const selected = select === undefined ? null : readCollectionSelect(type, select, selectableNames(type))
  const { after, limit } = readListRequest(request.options)
  const found = await store.read(request.caller.tenant, snapshot => snapshot.objects(type, state, after, limit + 1))
  const shown = found.slice(0, limit)
  const next = found.length > limit ? (shown.at(-1)?.id ?? null) : null
  const body = listBody(
    contextOf(request, type, selected, 'collection'),
    shown.map(object => resourceBody(object, selected)),
    next,
    { path: `${request.root}/${path}`, options: request.options },
  )
  return json(200, body)
}
