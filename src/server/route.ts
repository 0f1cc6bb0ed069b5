import type { Permission } from '../auth/permission/permissionTable.ts'
import type { Format } from '../odata/options.ts'
import type { Answer } from './answer.ts'
import type { GraphRequest } from './graphRequest.ts'
import type { Services } from './services.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export type Handler = (request: GraphRequest, services: Services) => Promise<Answer>

/** What can be done at one path. Any one of a route's permissions lets a caller in; its handler may ask for more. */
export interface Route {
  readonly permissions: readonly [Permission, ...Permission[]]
  readonly handle: Handler
  /** The one that its answers have, and that `$format` may name. */
  readonly format: Format
}

/**
 * Routes by path. A path's steps are names in lower case, or parameters in braces, of which `{type}` takes the names of
 * types alone (`microsoft.graph.user`).
 */
export type Routes = Readonly<Record<string, Partial<Record<Method, Route>>>>

export function route(handle: Handler, ...permissions: [Permission, ...Permission[]]): Route {
  return { permissions, handle, format: 'json' }
}
