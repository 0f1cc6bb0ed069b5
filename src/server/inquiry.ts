import type { IncomingHttpHeaders } from 'node:http'
import type { Caller } from '../auth/caller.ts'
import { mayAsk, preauthorize } from '../auth/permission/permissions.ts'
import type { JsonValue } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import type { Work } from '../core/work.ts'
import type { Address } from '../odata/address.ts'
import { readMetadataLevel } from '../odata/metadataLevel.ts'
import { checkFormat, readOptions } from '../odata/options.ts'
import { type Answer, atLevel } from './answer.ts'
import type { Ask, GraphRequest } from './graphRequest.ts'
import { noBody } from './requestHead.ts'
import type { Route } from './route.ts'
import { findRoute } from './router.ts'
import type { Services } from './services.ts'

/** What a known caller asks below an API version: a request of its own, or an item of a batch. */
export interface Inquiry {
  readonly caller: Caller
  /** Where the caller sees the server. */
  readonly base: string
  readonly method: string
  readonly address: Address
  readonly headers: IncomingHttpHeaders
  readonly requestId: string
  /** Reads the body, once it is known that the caller may ask; undefined when there is none. */
  readonly body: () => JsonValue | undefined
  readonly ask: Ask | null
  /** One for all items of a batch. */
  readonly work: Work
  /** Waits until a read of the caller, or of its large body, may begin. */
  readonly readTurn: () => Promise<void>
}

/** Answers an inquiry: what for, whether the caller may, the answer. Throws a `Problem` for a refusal. */
export async function answerInquiry(inquiry: Inquiry, services: Services): Promise<Answer> {
  const { caller, base, headers, requestId, ask, work } = inquiry
  const { version, segments, query } = inquiry.address
  if (version === null) throw new Error('A request outside the API versions was dispatched.')
  // The answer to HEAD is that to GET; who sends it leaves its body out.
  const { route, parameters } = findRoute(inquiry.method === 'HEAD' ? 'GET' : inquiry.method, segments)
  authorizeRoute(caller, route)
  const options = readOptions(query)
  if (options.format !== undefined) checkFormat(options.format, route.format)
  const request: GraphRequest = {
    caller,
    apiVersion: version,
    root: `${base}/${version}`,
    parameters,
    options,
    metadata: readMetadataLevel(headers.accept, options.format),
    prefer: headers['prefer'],
    eventual: isEventual(headers['consistencylevel']),
    requestId,
    body: readBodyOf(inquiry),
    ask,
    work,
  }
  if (inquiry.method === 'GET' || inquiry.method === 'HEAD') await inquiry.readTurn()
  return atLevel(await route.handle(request, services), request.metadata, request.root)
}

function authorizeRoute(caller: Caller, { permissions }: Route): void {
  if (permissions.some(permission => mayAsk(caller, permission))) return
  preauthorize(caller, permissions[0])
}

const WITHOUT_BODY: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE'])

/** Throws `BadRequest` for the body of a method that has none: none knows what is meant by it (RFC 9110 §9.3.1, §9.3.5). */
function readBodyOf({ method, body }: Inquiry): JsonValue | undefined {
  const found = body()
  if (found === undefined || !WITHOUT_BODY.has(method)) return found
  throw new Problem('BadRequest', noBody(method))
}

function isEventual(level: string | string[] | undefined): boolean {
  return typeof level === 'string' && level.trim().toLowerCase() === 'eventual'
}
