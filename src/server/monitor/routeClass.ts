import { readAddress } from '../../odata/address.ts'
import { findPath } from '../router.ts'

/** The class of a request that no route has. */
export const UNKNOWN_ROUTE = 'unknown'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'])

/**
 * A request's route without what it names, such as `/groups/{id}/members`: there are as many classes as routes, whatever
 * is asked. Below an API version it is that of the table of routes, elsewhere the framework's.
 */
export function routeClass(target: string, route: string | null): string {
  if (route !== null && !route.endsWith('*')) return route.replaceAll(/:(\w+)/g, '{$1}')
  try {
    const { version, segments } = readAddress(target)
    const path = version === null ? null : findPath(segments)
    return path === null ? UNKNOWN_ROUTE : `/${path}`
  } catch {
    return UNKNOWN_ROUTE
  }
}

/** A request's method, where it is one that anybody uses. */
export function methodClass(method: string): string {
  return METHODS.has(method) ? method : 'other'
}
