import { Problem } from '../core/problem.ts'
import { quoted } from './quote.ts'
import { parseSegment, type Segment } from './segment.ts'

export type ApiVersion = 'v1.0' | 'beta'

/** What a request is for. */
export interface Address {
  /** Null for a path below no API version, such as the token endpoint's: its segments are then the whole path. */
  readonly version: ApiVersion | null
  readonly segments: readonly Segment[]
  /** What follows the question mark, as sent; empty when nothing does. */
  readonly query: string
}

/** Visible ASCII; a fragment is no part of a request target (RFC 9112 §3.2.1). */
const TARGET = /^[!"$-~]*$/

/**
 * Reads a raw request target in origin form. Each segment is percent-decoded once, after the path was split, so that
 * no encoded slash makes a segment. A slash at the end of the path means nothing.
 *
 * Throws `BadRequest` for any other form and for a segment that is empty or ill-formed.
 */
export function readAddress(target: string): Address {
  if (!target.startsWith('/') || !TARGET.test(target)) {
    throw new Problem('BadRequest', `The request target ${quoted(target)} is not a percent-encoded path.`)
  }
  const question = target.indexOf('?')
  const path = question === -1 ? target : target.slice(0, question)
  const query = question === -1 ? '' : target.slice(question + 1)
  const parts = path.slice(1).split('/')
  if (parts.at(-1) === '') parts.pop()
  const segments = parts.flatMap(readSegment)
  const version = versionOf(segments[0])
  return { version, segments: version === null ? segments : segments.slice(1), query }
}

/** The API version that a path's segment names; null when it names none. */
export function versionOf(segment: Segment | undefined): ApiVersion | null {
  if (segment?.kind !== 'name') return null
  return segment.name === 'v1.0' || segment.name === 'beta' ? segment.name : null
}

function readSegment(raw: string): readonly Segment[] {
  const segments = parseSegment(raw)
  if (segments === null) throw new Problem('BadRequest', `The path segment ${quoted(raw)} is not well formed.`)
  return segments
}
