import { Problem } from '../core/problem.ts'
import { decodePercent } from './percent.ts'
import { quoted } from './quote.ts'

const NAMES = [
  'select',
  'expand',
  'filter',
  'orderby',
  'search',
  'top',
  'skip',
  'count',
  'skiptoken',
  'deltatoken',
  'format',
  'apply',
  'compute',
] as const
type OptionName = (typeof NAMES)[number]

/** The OData options of a request: a name that is absent was not given, one given without a value is empty. */
export type QueryOptions = Readonly<Partial<Record<OptionName, string>>>

const TOP_MAX = 999

/** State tokens have one spelling: a blank beside them is not taken off. */
const OPAQUE: ReadonlySet<OptionName> = new Set(['skiptoken', 'deltatoken'])

/**
 * Reads the raw text behind the question mark of a URL. Names are known in any case, with or without `$`; what is no
 * OData option is passed over.
 *
 * Throws `BadRequest` for a broken escape, and `Request_BadRequest` for an option that is given twice.
 */
export function readOptions(query: string): QueryOptions {
  const options: Partial<Record<OptionName, string>> = {}
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    const name = optionName(decodeFormText(equals === -1 ? part : part.slice(0, equals)))
    const value = equals === -1 ? '' : decodeFormText(part.slice(equals + 1))
    if (name === null) continue
    if (options[name] !== undefined) {
      throw new Problem('Request_BadRequest', `The query option '$${name}' is given more than once.`)
    }
    options[name] = OPAQUE.has(name) ? value : value.trim()
  }
  return options
}

/** Blanks may be written `+` or `%20`. */
function decodeFormText(text: string): string {
  const decoded = decodePercent(text.replaceAll('+', ' '))
  if (decoded === null)
    throw new Problem('BadRequest', `The query holds ${quoted(text)}, which is not percent-encoded UTF-8.`)
  return decoded
}

function optionName(text: string): OptionName | null {
  const name = text.trim().toLowerCase()
  const bare = name.startsWith('$') ? name.slice(1) : name
  return NAMES.find(known => known === bare) ?? null
}

/** What an answer is written in: JSON, save for `$metadata`. */
export type Format = 'json' | 'xml'

/** Throws `BadRequest` for a `$format` other than the one that is offered, by its short name or its media type. */
export function checkFormat(text: string, offered: Format): void {
  const format = text.toLowerCase().split(';')[0]?.trim()
  if (format !== offered && format !== `application/${offered}`) {
    throw new Problem(
      'BadRequest',
      `The format ${quoted(text)} is not offered: the answer is ${offered.toUpperCase()}.`,
    )
  }
}

/**
 * Reads the value of `$select` against the names of a resource (lower case to canonical), and gives them in the order
 * in which they are asked for, each once. `*` stands for all. `resource` is the type without its namespace: `group`.
 *
 * Throws `BadRequest` for a name that is not in the table, a path, and an empty name.
 */
export function readSelect(text: string, known: ReadonlyMap<string, string>, resource: string): string[] {
  const selected = new Set<string>()
  for (const item of text.split(',')) {
    const name = item.trim()
    const canonical = known.get(name.toLowerCase())
    if (name === '*') for (const every of known.values()) selected.add(every)
    else if (canonical !== undefined) selected.add(canonical)
    else throw unknownName(name, resource)
  }
  return [...selected]
}

function unknownName(name: string, resource: string): Problem {
  const cause =
    name === ''
      ? 'A property name is empty'
      : `Could not find a property named ${quoted(name)} on type 'microsoft.graph.${resource}'`
  return new Problem('BadRequest', `Parsing OData Select and Expand failed: ${cause}.`)
}

/** Reads the value of `$top`: a page size from 1 to 999. Throws `Request_BadRequest` for anything else. */
export function readTop(text: string): number {
  const top = /^[0-9]{1,3}$/.test(text) ? Number(text) : 0
  if (top < 1 || top > TOP_MAX) {
    throw new Problem(
      'Request_BadRequest',
      `Invalid page size ${quoted(text)}: '$top' takes a number from 1 to ${TOP_MAX}.`,
    )
  }
  return top
}
