import { Problem } from '../core/problem.ts'
import { hasAlternateKey, type PathKey } from '../odata/objectKey.ts'
import type { Segment } from '../odata/segment.ts'
import { MethodProblem } from './methodProblem.ts'
import type { Method, Route } from './route.ts'
import { ROUTES } from './routes.ts'

export interface RouteMatch {
  readonly route: Route
  readonly parameters: Readonly<Record<string, PathKey>>
}

interface Path {
  /** As it stands in the table of routes. */
  readonly name: string
  readonly steps: readonly string[]
  readonly methods: Partial<Record<Method, Route>>
}

const PATHS: readonly Path[] = Object.entries(ROUTES).map(([name, methods]) => ({
  name,
  steps: name === '' ? [] : name.split('/'),
  methods,
}))
const COLLECTIONS: ReadonlySet<string> = new Set(PATHS.map(({ steps }) => steps[0] ?? ''))

/**
 * Finds what a request asks for. Throws `BadRequest` for a first segment that names nothing, `ResourceNotFound` for a
 * path that leads nowhere, `Request_MethodNotAllowed` for a path that knows no such method (DELTA-105).
 */
export function findRoute(method: string, segments: readonly Segment[]): RouteMatch {
  for (const { steps, methods } of PATHS) {
    const parameters = match(steps, segments)
    if (parameters === null) continue
    const route = Object.entries(methods).find(([known]) => known === method)?.[1]
    if (route === undefined) throw new MethodProblem(Object.keys(methods))
    return { route, parameters }
  }
  throw unknownPath(segments)
}

/** The path of the table of routes that these segments lead to, whatever the method; null for none. */
export function findPath(segments: readonly Segment[]): string | null {
  return PATHS.find(({ steps }) => match(steps, segments) !== null)?.name ?? null
}

function match(steps: readonly string[], segments: readonly Segment[]): Record<string, PathKey> | null {
  if (steps.length !== segments.length) return null
  const parameters: Record<string, PathKey> = {}
  for (const [index, step] of steps.entries()) {
    const segment = segments[index]
    if (segment === undefined) return null
    if (step === '{type}') {
      if (segment.kind !== 'name' || !segment.name.startsWith('microsoft.graph.')) return null
      parameters['type'] = { property: null, text: segment.name }
    } else if (step.startsWith('{')) {
      const property = segment.kind === 'key' ? segment.property : null
      if (property !== null && !hasAlternateKey(steps[index - 1], property)) return null
      parameters[step.slice(1, -1)] = { property, text: segment.text }
    } else if (segment.kind !== 'name' || segment.name !== step) return null
  }
  return parameters
}

function unknownPath(segments: readonly Segment[]): Problem {
  const unknown = firstUnknown(segments)
  if (unknown === null) return new Problem('ResourceNotFound', 'There is no resource at this path.')
  return new Problem('BadRequest', `Resource not found for the segment '${unknown}'.`)
}

/** The first segment that no path knows after those before it. A key is never unknown. */
function firstUnknown(segments: readonly Segment[]): string | null {
  for (const [index, segment] of segments.entries()) {
    const goesOn = PATHS.some(
      ({ steps }) => steps.length > index && match(steps.slice(0, index + 1), segments.slice(0, index + 1)) !== null,
    )
    if (!goesOn) return index === 0 && segment.kind === 'name' && COLLECTIONS.has(segment.name) ? null : segment.text
  }
  return null
}
