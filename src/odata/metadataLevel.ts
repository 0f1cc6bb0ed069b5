import { Problem } from '../core/problem.ts'
import { quoted } from './quote.ts'

/**
 * How much an answer tells besides its data (OData JSON Format 4.01 §3.1): nothing that is not needed to read on, what
 * its reader cannot know by `$metadata`, or all of it.
 */
export const METADATA_LEVELS = ['none', 'minimal', 'full'] as const
export type MetadataLevel = (typeof METADATA_LEVELS)[number]

/**
 * The level that a request asks for: by `$format`, else by the JSON that its Accept header likes best. A header that
 * asks for no JSON, or for a level that nobody knows, is passed over, as the whole of it may be (RFC 9110 §12.5.1).
 *
 * Throws `BadRequest` for a `$format` with such a level.
 */
export function readMetadataLevel(accept: string | undefined, format: string | undefined): MetadataLevel {
  if (format !== undefined) {
    const [, ...parameters] = partsOf(format)
    const text = levelIn(parameters)
    if (text === null) return 'minimal'
    return known(text) ?? refuse(text)
  }
  let best: { readonly level: MetadataLevel; readonly weight: number } | null = null
  for (const range of (accept ?? '').split(',')) {
    const [type, ...parameters] = partsOf(range)
    const level = known(levelIn(parameters) ?? 'minimal')
    const weight = weightIn(parameters)
    if (type !== 'application/json' || level === null || weight <= (best?.weight ?? 0)) continue
    best = { level, weight }
  }
  return best?.level ?? 'minimal'
}

/** The Content-Type of JSON at a level. */
export function jsonType(level: MetadataLevel): string {
  return `application/json;odata.metadata=${level};odata.streaming=true;IEEE754Compatible=false;charset=utf-8`
}

function partsOf(text: string): string[] {
  return text.split(';').map(part => part.trim().toLowerCase())
}

/** What a media type's parameters say of the level. Its name has no prefix in version 4.01. */
function levelIn(parameters: readonly string[]): string | null {
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=').map(text => text.trim())
    if (name === 'odata.metadata' || name === 'metadata') return value.replace(/^"(.*)"$/, '$1')
  }
  return null
}

/** By RFC 9110 §12.4.2; what is written otherwise is no weight. */
function weightIn(parameters: readonly string[]): number {
  const text = parameters
    .map(parameter => /^q=([01](?:\.[0-9]{0,3})?)$/.exec(parameter)?.[1])
    .find(found => found !== undefined)
  return text === undefined ? 1 : Number(text)
}

function known(text: string): MetadataLevel | null {
  return METADATA_LEVELS.find(level => level === text) ?? null
}

function refuse(text: string): never {
  throw new Problem('BadRequest', `The metadata level ${quoted(text)} is not one of ${METADATA_LEVELS.join(', ')}.`)
}
