import type { Filter, Test } from '../core/filter.ts'
import { foldText } from '../core/foldedText.ts'
import { type Comparison, type Literal, PropertyReader } from './filterProperty.ts'
import type { FilterSubject } from './filterSubject.ts'
import { type FilterToken, readFilterTokens, type StepCounter, syntaxError } from './filterToken.ts'
import { unsupportedQuery } from './listProblem.ts'
import { quoted } from './quote.ts'

const BYTES_MAX = 8192
const DEPTH_MAX = 8

/** A `$filter` as it was read. */
export interface ReadFilter {
  readonly filter: Filter
  /** Whether it asks what only advanced queries may: they have `ConsistencyLevel: eventual` and `$count=true`. */
  readonly advanced: boolean
  /** How much was done to read it: at most 20 steps a byte. */
  readonly steps: number
}

/**
 * Reads a `$filter` (OData 4.01 Part 2 §5.1.1, as far as directory objects answer to it).
 * Names and keywords are known in any case, texts are compared without regard to it.
 *
 * Throws `BadRequest` for text that is no filter, a name that the subject does not have and a value of another kind than
 * its property's; `Request_UnsupportedQuery` for one too long or too deep, and for what cannot be asked of a property.
 */
export function readFilter(text: string, subject: FilterSubject): ReadFilter {
  if (Buffer.byteLength(text) > BYTES_MAX) throw unsupportedQuery(`The filter is longer than ${BYTES_MAX} bytes.`)
  const counter: StepCounter = { steps: 0 }
  const parser = new FilterParser(readFilterTokens(text, counter), counter, new PropertyReader(subject))
  const filter = parser.read()
  return { filter, advanced: parser.advanced, steps: counter.steps }
}

const COMPARISONS = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
const FLIPPED = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' } as const
const FUNCTIONS = { startswith: 'startsWith', endswith: 'endsWith', contains: 'contains' } as const
type FunctionName = keyof typeof FUNCTIONS

/** What stands on one side of a comparison: a value, or the path to one. */
type Side =
  | { readonly kind: 'value'; readonly literal: Literal }
  | { readonly kind: 'property'; readonly name: string }
  | { readonly kind: 'size'; readonly name: string }

/** By recursive descent, with `or` outermost, then `and`, `not`, comparisons. Each token is taken once. */
class FilterParser {
  readonly #tokens: readonly FilterToken[]
  readonly #counter: StepCounter
  readonly #properties: PropertyReader
  #at = 0
  #depth = 0
  /** Inside `any`: the name that stands for an element, and the collection's. */
  #element: { readonly variable: string; readonly collection: string } | null = null
  #negates = false

  constructor(tokens: readonly FilterToken[], counter: StepCounter, properties: PropertyReader) {
    this.#tokens = tokens
    this.#counter = counter
    this.#properties = properties
  }

  get advanced(): boolean {
    return this.#negates || this.#properties.advanced
  }

  read(): Filter {
    const filter = this.#or()
    if (this.#peek().kind !== 'end') throw this.#unexpected()
    return filter
  }

  #peek(): FilterToken {
    this.#counter.steps += 1
    const token = this.#tokens[Math.min(this.#at, this.#tokens.length - 1)]
    if (token === undefined) throw new Error('A filter has no last token.')
    return token
  }

  #next(): FilterToken {
    const token = this.#peek()
    this.#at += 1
    return token
  }

  #take(kind: FilterToken['kind']): FilterToken {
    if (this.#peek().kind !== kind) throw this.#unexpected()
    return this.#next()
  }

  #word(word: string): boolean {
    const token = this.#peek()
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false
    this.#at += 1
    return true
  }

  #unexpected(): Error {
    const { kind, at, text } = this.#peek()
    return syntaxError(kind === 'end' ? 'it ends too soon' : `${quoted(text)} at position ${at} does not fit there`)
  }

  #or(): Filter {
    const terms = [this.#and()]
    while (this.#word('or')) terms.push(this.#and())
    return joined('or', terms)
  }

  #and(): Filter {
    const terms = [this.#unary()]
    while (this.#word('and')) terms.push(this.#unary())
    return joined('and', terms)
  }

  #unary(): Filter {
    const token = this.#peek()
    if (token.kind === '(') return this.#deeper(() => this.#parenthesized(() => this.#or()))
    if (!this.#word('not')) return this.#comparison()
    this.#negates = true
    return { kind: 'not', term: this.#deeper(() => this.#unary()) }
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1
    if (this.#depth > DEPTH_MAX) throw unsupportedQuery(`The filter is nested deeper than ${DEPTH_MAX} levels.`)
    const result = read()
    this.#depth -= 1
    return result
  }

  #parenthesized<T>(read: () => T): T {
    this.#take('(')
    const result = read()
    this.#take(')')
    return result
  }

  #comparison(): Filter {
    const name = functionName(this.#peek())
    if (name !== null && this.#tokens[this.#at + 1]?.kind === '(') return this.#function(name)
    const left = this.#side()
    if (left.kind !== 'value' && this.#peek().kind === '/') return this.#lambda(left)
    if (this.#word('in')) return this.#in(left)
    const operator = COMPARISONS.find(word => this.#word(word))
    if (operator === undefined) throw this.#unexpected()
    const right = this.#side()
    if (left.kind === 'value') return this.#compared(right, FLIPPED[operator], left)
    return this.#compared(left, operator, right)
  }

  #compared(subject: Side, operator: Comparison, value: Side): Filter {
    if (value.kind !== 'value' || subject.kind === 'value')
      throw syntaxError('a comparison is of a property with a value')
    if (subject.kind === 'size') return this.#properties.size(subject.name, operator, value.literal)
    return this.#asked(subject.name, collection =>
      this.#properties.compare(collection ?? subject.name, operator, value.literal),
    )
  }

  #in(left: Side): Filter {
    if (left.kind !== 'property') throw syntaxError("'in' stands between a property and values")
    const literals = this.#parenthesized(() => {
      const values = [this.#literal()]
      while (this.#peek().kind === ',') {
        this.#next()
        values.push(this.#literal())
      }
      return values
    })
    return this.#asked(left.name, collection => this.#properties.among(collection ?? left.name, literals))
  }

  #function(name: FunctionName): Filter {
    this.#next()
    const filter = this.#parenthesized(() => {
      const subject = this.#side()
      this.#take(',')
      const literal = this.#literal()
      if (subject.kind !== 'property') throw syntaxError(`'${FUNCTIONS[name]}' asks a property for a text`)
      return this.#asked(subject.name, collection =>
        this.#properties.begins(collection ?? subject.name, FUNCTIONS[name], literal),
      )
    })
    if (!this.#word('eq')) return filter
    if (this.#word('true')) return filter
    if (!this.#word('false')) throw this.#unexpected()
    this.#negates = true
    return { kind: 'not', term: filter }
  }

  /** Asks a property, or inside `any` the element: of that only what the variable names. */
  #asked(name: string, ask: (collection: string | null) => Test): Filter {
    if (this.#element === null) return { kind: 'property', property: this.#properties.scalar(name), test: ask(null) }
    const { variable, collection } = this.#element
    if (name !== variable) throw syntaxError(`inside 'any' only ${quoted(variable)} can be asked, not ${quoted(name)}`)
    return { kind: 'element', test: ask(collection) }
  }

  /** Reads `any()` or `any(x:…)` behind the slash of a collection. */
  #lambda(left: Exclude<Side, { readonly kind: 'value' }>): Filter {
    this.#take('/')
    const token = this.#peek()
    if (this.#element !== null || left.kind !== 'property' || !this.#word('any')) {
      throw unsupportedQuery(`${quoted(token.text)} is not offered there.`)
    }
    const property = this.#properties.collection(left.name)
    return this.#deeper(() =>
      this.#parenthesized(() => {
        if (this.#peek().kind === ')') return { kind: 'any', property, term: null }
        const variable = this.#take('word').text
        this.#take(':')
        this.#element = { variable, collection: property }
        const term = this.#or()
        this.#element = null
        return { kind: 'any', property, term }
      }),
    )
  }

  #side(): Side {
    const token = this.#peek()
    if (token.kind === 'literal' || (token.kind === 'word' && isValue(token.text))) {
      return { kind: 'value', literal: this.#literal() }
    }
    const name = this.#take('word').text
    if (this.#peek().kind !== '/' || this.#tokens[this.#at + 1]?.text.toLowerCase() !== '$count') {
      return { kind: 'property', name }
    }
    this.#at += 2
    return { kind: 'size', name }
  }

  #literal(): Literal {
    const token = this.#next()
    if (token.kind === 'literal') return { kind: 'text', text: token.text }
    if (token.kind === 'word' && isValue(token.text)) return { kind: 'word', text: token.text.toLowerCase() }
    this.#at -= 1
    throw this.#unexpected()
  }
}

function joined(kind: 'and' | 'or', terms: readonly Filter[]): Filter {
  const [only, ...more] = terms
  return only !== undefined && more.length === 0 ? only : { kind, terms }
}

function functionName({ kind, text }: FilterToken): FunctionName | null {
  const name = foldText(text)
  return kind === 'word' && Object.hasOwn(FUNCTIONS, name) ? (name as FunctionName) : null
}

const GUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** A word that is a value: null, true, false, what begins like a number, a GUID. */
function isValue(word: string): boolean {
  return /^(?:null|true|false|[0-9+-].*)$/i.test(word) || GUID.test(word)
}
