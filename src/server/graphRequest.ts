import type { Caller } from '../auth/caller.ts'
import type { ObjectKey } from '../core/alternateKey.ts'
import type { JsonValue, ObjectType } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import type { Work } from '../core/work.ts'
import type { ApiVersion } from '../odata/address.ts'
import type { BatchItem } from '../odata/batch.ts'
import type { ServiceRoot } from '../odata/deltaPage.ts'
import type { MetadataLevel } from '../odata/metadataLevel.ts'
import { type PathKey, readObjectKey } from '../odata/objectKey.ts'
import type { QueryOptions } from '../odata/options.ts'
import type { Authorship } from '../store/store.ts'
import type { Answer } from './answer.ts'
import type { Clock } from './clock.ts'

/**
 * Answers one of the `count` items of a batch for its caller, as if it had been sent alone, once what it comes after is
 * answered. Never rejects: a refusal is an answer too.
 */
export type Ask = (item: BatchItem, after: readonly Promise<Answer>[], count: number) => Promise<Answer>

/** A request to the directory, read and authorised. */
export interface GraphRequest {
  readonly caller: Caller
  readonly apiVersion: ApiVersion
  readonly root: ServiceRoot
  readonly parameters: Readonly<Record<string, PathKey>>
  readonly options: QueryOptions
  /** Answers are brought to it, save for finished bytes: who writes those writes them so. */
  readonly metadata: MetadataLevel
  readonly prefer: string | string[] | undefined
  /** Whether it has the header `ConsistencyLevel: eventual`, which counts and advanced queries ask for. */
  readonly eventual: boolean
  readonly requestId: string
  /** Undefined when the request has none. */
  readonly body: JsonValue | undefined
  /** Null in an item of a batch: batches do not nest. */
  readonly ask: Ask | null
  readonly work: Work
}

/** The text of a parameter that the route's path names. */
export function parameter(request: GraphRequest, name: string): string {
  return pathKey(request, name).text
}

/** The object that `{id}` names in the collection of its type. Throws `Request_BadRequest` for what can be no id. */
export function objectKey(request: GraphRequest, type: ObjectType): ObjectKey {
  return readObjectKey(type, pathKey(request, 'id'))
}

function pathKey({ parameters }: GraphRequest, name: string): PathKey {
  const key = parameters[name]
  if (key === undefined) throw new Error(`The route has no parameter '${name}'.`)
  return key
}

/** Who makes a commit, and when. */
export function authorship({ caller, requestId }: GraphRequest, clock: Clock): Authorship {
  return { at: clock.now(), app: caller.app, user: caller.kind === 'person' ? caller.user : null, requestId }
}

/** Throws `Request_UnsupportedQuery` for an option that would change the answer and is not offered here. */
export function refuseOptions({ options }: GraphRequest, names: readonly (keyof QueryOptions)[]): void {
  const found = names.find(name => options[name] !== undefined)
  if (found === undefined) return
  throw new Problem('Request_UnsupportedQuery', `Unsupported Query: '$${found}' is not offered on this resource.`)
}
