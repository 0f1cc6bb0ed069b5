import { OBJECT_TYPES, type ObjectType } from '../core/fact.ts'
import { type ObjectId, parseObjectId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import { quoted } from './quote.ts'
import { typeNamed } from './resourceNames.ts'

const LENGTH_MAX = 8192
const NESTING_MAX = 8
const IDS_MAX = 50

const KEYWORDS = ['id', 'eq', 'or', 'isof'] as const
type Keyword = (typeof KEYWORDS)[number]

type Token = { readonly kind: '(' | ')' | Keyword } | { readonly kind: 'literal'; readonly text: string }

/** The ids and types that a filter names, as they stand there. */
interface Named {
  readonly ids: readonly string[]
  readonly types: readonly string[]
}

/** What a part of a filter stands for: the property, a value, or the objects of these ids and types. */
type Term =
  | { readonly kind: 'id' }
  | { readonly kind: 'literal'; readonly text: string }
  | ({ readonly kind: 'choice' } & Named)

/**
 * Reads the only filter of a round of one type: `id eq '…'`, or several joined by `or`, up to 50 ids. Gives each id
 * once, in ascending order.
 *
 * Throws `Request_UnsupportedQuery` for any other filter, more than 50 ids, and text that is too long or too deep
 * (DELTA-38), and `Request_BadRequest` for a value that is no GUID.
 */
export function readIdFilter(text: string): ObjectId[] {
  const { ids, types } = parseFilter(text)
  if (types.length > 0) throw unsupported()
  return idsNamed(ids)
}

/** The objects that a filter chooses: of these types and with these ids; null where it names none. */
export interface Chosen {
  /** Each once, in the order of OBJECT_TYPES. */
  readonly types: readonly ObjectType[] | null
  /** Each once, in ascending order. */
  readonly ids: readonly ObjectId[] | null
}

/**
 * Reads the filter of a round of directory objects: the same, and `isof('microsoft.graph.group')`. All are joined by
 * `or`; ids beside types are those of these types (learn.microsoft.com, graph/api/directoryobject-delta).
 *
 * Throws as `readIdFilter` does, and `Request_UnsupportedQuery` for a type that is not kept here.
 */
export function readObjectFilter(text: string): Chosen {
  const { ids, types } = parseFilter(text)
  const named = types.map(name => typeNamed(name) ?? unknownType(name))
  return {
    types: types.length === 0 ? null : OBJECT_TYPES.filter(type => named.includes(type)),
    ids: ids.length === 0 ? null : idsNamed(ids),
  }
}

function unknownType(name: string): never {
  throw unsupported(`Objects of the type ${quoted(name)} are not kept here.`)
}

function idsNamed(texts: readonly string[]): ObjectId[] {
  const ids = new Set(texts.map(parseObjectId))
  if (ids.size > IDS_MAX) {
    throw unsupported(`The filter names ${ids.size} ids; at most ${IDS_MAX} are allowed.`)
  }
  return [...ids].sort()
}

function parseFilter(text: string): Named {
  if (text.length > LENGTH_MAX) {
    throw unsupported(`The filter is longer than ${LENGTH_MAX} characters.`)
  }
  return parseChoice(readTokens(text))
}

function unsupported(limit?: string): Problem {
  return new Problem(
    'Request_UnsupportedQuery',
    limit === undefined ? 'Unsupported Query.' : `Unsupported Query. ${limit}`,
  )
}

function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (isBlank(character)) {
      at += 1
    } else if (character === '(' || character === ')') {
      tokens.push({ kind: character })
      at += 1
    } else if (character === "'") {
      const end = endOfLiteral(text, at)
      tokens.push({ kind: 'literal', text: text.slice(at + 1, end - 1).replaceAll("''", "'") })
      at = end
    } else {
      const end = endOfWord(text, at)
      tokens.push({ kind: keyword(text.slice(at, end)) })
      at = end
    }
  }
  return tokens
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}

/** The place after the closing quote; a quote inside is written twice. */
function endOfLiteral(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text.charAt(at) !== "'") continue
    if (text.charAt(at + 1) !== "'") return at + 1
    at += 1
  }
  throw unsupported()
}

function endOfWord(text: string, start: number): number {
  let at = start
  while (at < text.length && !isBlank(text.charAt(at)) && !"()'".includes(text.charAt(at))) at += 1
  return at
}

function keyword(word: string): Keyword {
  const folded = word.toLowerCase()
  const found = KEYWORDS.find(known => known === folded)
  if (found === undefined) throw unsupported()
  return found
}

/**
 * By recursive descent over `choice = equality *( "or" equality )`, `equality = operand [ "eq" operand ]`,
 * `operand = "(" choice ")" / "isof" "(" literal ")" / "id" / literal`. Parentheses may so stand around any part; what
 * the parts are is checked where they are joined.
 */
function parseChoice(tokens: readonly Token[]): Named {
  let at = 0
  let nesting = 0

  function take(kind: Token['kind']): boolean {
    if (tokens[at]?.kind !== kind) return false
    at += 1
    return true
  }

  function choice(): Term {
    const first = equality()
    if (tokens[at]?.kind !== 'or') return first
    const parts = [named(first)]
    while (take('or')) parts.push(named(equality()))
    return { kind: 'choice', ids: parts.flatMap(({ ids }) => ids), types: parts.flatMap(({ types }) => types) }
  }

  function equality(): Term {
    const left = operand()
    if (!take('eq')) return left
    const right = operand()
    if (left.kind === 'id' && right.kind === 'literal') return chosen({ ids: [right.text] })
    if (left.kind === 'literal' && right.kind === 'id') return chosen({ ids: [left.text] })
    throw unsupported()
  }

  function operand(): Term {
    const token = tokens[at]
    at += 1
    if (token?.kind === 'id') return { kind: 'id' }
    if (token?.kind === 'literal') return token
    if (token?.kind === 'isof') return chosen({ types: [typeAsked()] })
    if (token?.kind !== '(') throw unsupported()
    nesting += 1
    if (nesting > NESTING_MAX) {
      throw unsupported(`The filter is nested deeper than ${NESTING_MAX} parentheses.`)
    }
    const inner = choice()
    if (!take(')')) throw unsupported()
    nesting -= 1
    return inner
  }

  function typeAsked(): string {
    if (!take('(')) throw unsupported()
    const token = tokens[at]
    at += 1
    if (token?.kind !== 'literal' || !take(')')) throw unsupported()
    return token.text
  }

  const whole = named(choice())
  if (at < tokens.length) throw unsupported()
  return whole
}

function chosen({ ids = [], types = [] }: Partial<Named>): Term {
  return { kind: 'choice', ids, types }
}

function named(term: Term): Named {
  if (term.kind !== 'choice') throw unsupported()
  return term
}
