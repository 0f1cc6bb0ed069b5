import { type ObjectId, parseObjectId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'

const LENGTH_MAX = 8192
const NESTING_MAX = 8
const IDS_MAX = 50

type Token = { readonly kind: '(' | ')' | 'id' | 'eq' | 'or' } | { readonly kind: 'literal'; readonly text: string }

/** What a part of a filter stands for: the property, a value, or the objects whose id is one of `values`. */
type Term =
  | { readonly kind: 'id' }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'choice'; readonly values: readonly string[] }

/**
 * Reads the only filter of a delta round: `id eq '…'`, or several joined by `or`, up to 50 ids. Gives each id once, in
 * ascending order.
 *
 * Throws `Request_UnsupportedQuery` for any other filter, more than 50 ids, and text that is too long or too deep
 * (DELTA-38), and `Request_BadRequest` for a value that is no GUID.
 */
export function readIdFilter(text: string): ObjectId[] {
  if (text.length > LENGTH_MAX) {
    throw unsupported(`The filter is longer than ${LENGTH_MAX} characters.`)
  }
  const ids = new Set(parseChoice(readTokens(text)).map(parseObjectId))
  if (ids.size > IDS_MAX) {
    throw unsupported(`The filter names ${ids.size} ids; at most ${IDS_MAX} are allowed.`)
  }
  return [...ids].sort()
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

function keyword(word: string): 'id' | 'eq' | 'or' {
  const folded = word.toLowerCase()
  if (folded === 'id' || folded === 'eq' || folded === 'or') return folded
  throw unsupported()
}

/**
 * By recursive descent over `choice = equality *( "or" equality )`, `equality = operand [ "eq" operand ]`,
 * `operand = "(" choice ")" / "id" / literal`. Parentheses may so stand around any part; what the parts are is checked
 * where they are joined.
 */
function parseChoice(tokens: readonly Token[]): readonly string[] {
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
    const values = [...valuesOf(first)]
    while (take('or')) values.push(...valuesOf(equality()))
    return { kind: 'choice', values }
  }

  function equality(): Term {
    const left = operand()
    if (!take('eq')) return left
    const right = operand()
    if (left.kind === 'id' && right.kind === 'literal') return { kind: 'choice', values: [right.text] }
    if (left.kind === 'literal' && right.kind === 'id') return { kind: 'choice', values: [left.text] }
    throw unsupported()
  }

  function operand(): Term {
    const token = tokens[at]
    at += 1
    if (token?.kind === 'id') return { kind: 'id' }
    if (token?.kind === 'literal') return token
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

  const values = valuesOf(choice())
  if (at < tokens.length) throw unsupported()
  return values
}

function valuesOf(term: Term): readonly string[] {
  if (term.kind !== 'choice') throw unsupported()
  return term.values
}
