import type { Filter } from '../core/filter.ts'
import { foldText } from '../core/foldedText.ts'
import { Problem } from '../core/problem.ts'
import { wordsOf } from '../core/searchWords.ts'
import type { FilterSubject } from './filterSubject.ts'
import { unsupportedQuery } from './listProblem.ts'
import { quoted } from './quote.ts'

const BYTES_MAX = 8192
const DEPTH_MAX = 8

type Token = { readonly kind: '(' | ')' | 'AND' | 'OR' | 'end' } | { readonly kind: 'clause'; readonly text: string }

/**
 * Reads a `$search`: clauses `"property:text"` in double quotes, joined by `AND` and `OR` in capitals, which parentheses
 * group (learn.microsoft.com, graph/search-query-parameter). The words of a display name or a description are found in
 * any order, each by its beginning; any other text that can be filtered is found by how it begins.
 *
 * Throws `BadRequest` for text that is no search or names no property, `Request_UnsupportedQuery` for one that is too
 * long or too deep, or a property that cannot be searched.
 */
export function readSearch(text: string, subject: FilterSubject): Filter {
  if (Buffer.byteLength(text) > BYTES_MAX) throw unsupportedQuery(`The search is longer than ${BYTES_MAX} bytes.`)
  const tokens = readTokens(text)
  let at = 0
  let depth = 0

  function take(kind: Token['kind']): boolean {
    if (tokens[at]?.kind !== kind) return false
    at += 1
    return true
  }

  function joined(kind: 'and' | 'or', word: 'AND' | 'OR', read: () => Filter): Filter {
    const first = read()
    if (tokens[at]?.kind !== word) return first
    const terms = [first]
    while (take(word)) terms.push(read())
    return { kind, terms }
  }

  const either = (): Filter => joined('or', 'OR', both)
  const both = (): Filter => joined('and', 'AND', operand)

  function operand(): Filter {
    const token = tokens[at]
    at += 1
    if (token?.kind === 'clause') return readClause(token.text, subject)
    if (token?.kind !== '(') throw syntaxError('a clause in double quotes is missing')
    depth += 1
    if (depth > DEPTH_MAX) throw unsupportedQuery(`The search is nested deeper than ${DEPTH_MAX} parentheses.`)
    const inner = either()
    if (!take(')')) throw syntaxError('a closing parenthesis is missing')
    depth -= 1
    return inner
  }

  const search = either()
  if (!take('end')) throw syntaxError("clauses are joined by 'AND' or 'OR'")
  return search
}

function syntaxError(cause: string): Problem {
  return new Problem('BadRequest', `Invalid search clause: ${cause}.`)
}

const PIECE = /[ \t]*(?:([()])|(AND|OR)(?![A-Za-z0-9])|"((?:[^"\\]|\\.)*)")/suy

function readTokens(text: string): Token[] {
  const tokens: Token[] = []
  const source = text.trimEnd()
  let at = 0
  while (at < source.length) {
    PIECE.lastIndex = at
    const piece = PIECE.exec(source)
    if (piece === null) throw syntaxError(`${quoted(source.slice(at))} is no clause in double quotes`)
    const [, mark, word, clause] = piece
    if (clause !== undefined) tokens.push({ kind: 'clause', text: clause.replaceAll(/\\(.)/gsu, '$1') })
    else tokens.push({ kind: (mark ?? word) as '(' | 'AND' })
    at = PIECE.lastIndex
  }
  return [...tokens, { kind: 'end' }]
}

function readClause(clause: string, { type, rules, names, kindOf }: FilterSubject): Filter {
  const colon = clause.indexOf(':')
  if (colon === -1) throw syntaxError(`${quoted(clause)} does not begin with a property and a colon`)
  const name = clause.slice(0, colon).trim()
  const text = clause.slice(colon + 1).trim()
  const property = names.get(name.toLowerCase())
  if (property === undefined) {
    throw syntaxError(`Could not find a property named ${quoted(name)} on type 'microsoft.graph.${type}'`)
  }
  const rule = rules.get(property)
  const operators = rule === undefined ? [] : [...rule.basic, ...rule.advanced]
  if (rule === undefined || kindOf(property) !== 'string' || !operators.includes('startsWith')) {
    throw unsupportedQuery(`The property '${property}' cannot be searched.`)
  }
  const words = wordsOf(text)
  if (words.length === 0) throw syntaxError(`${quoted(clause)} has no word to search for`)
  if (rule.searched) return { kind: 'property', property, test: { kind: 'search', words } }
  return { kind: 'property', property, test: { kind: 'startsWith', text: foldText(text) } }
}
