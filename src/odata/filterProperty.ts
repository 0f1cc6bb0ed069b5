import type { Relation } from '../core/fact.ts'
import type { Filter, Operand, Test } from '../core/filter.ts'
import type { FilterOperator } from '../core/filterRule.ts'
import { foldText } from '../core/foldedText.ts'
import { Problem } from '../core/problem.ts'
import type { FilterSubject } from './filterSubject.ts'
import { syntaxError } from './filterToken.ts'
import { quoted } from './quote.ts'

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le'

/** A value as it is written: in quotes, or a word in lower case. */
export type Literal = { readonly kind: 'text' | 'word'; readonly text: string }

/** What can be asked of the properties of a subject, and notes whether only advanced queries may ask it. */
export class PropertyReader {
  readonly #subject: FilterSubject
  /** Whether something was asked that only advanced queries may ask. */
  advanced = false

  constructor(subject: FilterSubject) {
    this.#subject = subject
  }

  /** The name of a property of one value. Throws `BadRequest` for a name that the subject does not have. */
  scalar(name: string): string {
    const property = this.#known(name)
    if (this.#isCollection(property)) throw this.#refused(property)
    return property
  }

  /** The name of a collection of texts. */
  collection(name: string): string {
    const property = this.#known(name)
    if (this.#subject.kindOf(property) !== 'strings') throw this.#refused(property)
    return property
  }

  compare(name: string, operator: Comparison, literal: Literal): Test {
    const property = this.#known(name)
    if (operator === 'gt' || operator === 'lt') throw this.#refused(property)
    this.#ask(property, operator)
    const value = this.#operand(property, literal)
    if (value === null && (operator === 'ge' || operator === 'le')) throw this.#refused(property)
    if (value === null) this.#ask(property, 'null')
    return { kind: operator, value }
  }

  among(name: string, literals: readonly Literal[]): Test {
    const property = this.#known(name)
    this.#ask(property, 'in')
    const values = literals.map(literal => this.#operand(property, literal))
    if (values.includes(null)) this.#ask(property, 'null')
    return { kind: 'in', values }
  }

  begins(name: string, test: 'startsWith' | 'endsWith' | 'contains', literal: Literal): Test {
    const property = this.#known(name)
    if (test === 'contains') throw this.#refused(property)
    this.#ask(property, test)
    const text = this.#operand(property, literal)
    if (typeof text !== 'string') throw this.#mismatch(property, literal)
    return { kind: test, text }
  }

  /** `property/$count eq 0` and `ne 0`: whether a collection is empty. Of a relation `eq 1` and `ne 1` too. */
  size(name: string, operator: Comparison, literal: Literal): Filter {
    const { kind, text } = literal
    const relation = this.#relation(name)
    if (relation !== undefined) return this.#edges(relation, operator, literal)
    const property = this.#known(name)
    if (!this.#isCollection(property)) throw this.#refused(property)
    if (kind !== 'word' || text !== '0' || (operator !== 'eq' && operator !== 'ne')) throw this.#refused(property)
    this.#ask(property, 'empty')
    const filled: Filter = { kind: 'any', property, term: null }
    return operator === 'ne' ? filled : { kind: 'not', term: filled }
  }

  #edges(relation: Relation, operator: Comparison, { kind, text }: Literal): Filter {
    const isOffered = kind === 'word' && (text === '0' || text === '1') && (operator === 'eq' || operator === 'ne')
    if (!isOffered) throw this.#refused(relation)
    this.advanced = true
    const showHidden = this.#subject.edges?.showHidden ?? false
    const atLeast = (count: number): Filter => ({ kind: 'edges', relation, atLeast: count, showHidden })
    const more: Filter = { kind: 'not', term: atLeast(Number(text) + 1) }
    const exactly: Filter = text === '0' ? more : { kind: 'and', terms: [atLeast(1), more] }
    return operator === 'eq' ? exactly : { kind: 'not', term: exactly }
  }

  #relation(name: string): Relation | undefined {
    return this.#subject.edges?.relations.find(known => known.toLowerCase() === name.toLowerCase())
  }

  #known(name: string): string {
    const property = this.#subject.names.get(name.toLowerCase())
    if (property !== undefined) return property
    const relation = this.#relation(name)
    if (relation !== undefined) throw this.#refused(relation)
    throw syntaxError(`Could not find a property named ${quoted(name)} on type 'microsoft.graph.${this.#subject.type}'`)
  }

  #isCollection(property: string): boolean {
    const kind = this.#subject.kindOf(property)
    return kind === 'strings' || kind === 'objects'
  }

  #ask(property: string, operator: FilterOperator): void {
    const rule = this.#subject.rules.get(property)
    if (rule === undefined) {
      throw new Problem(
        'Request_UnsupportedQuery',
        `The request uses a filter property that is not indexed: '${property}'.`,
      )
    }
    if (rule.basic.includes(operator)) return
    if (!rule.advanced.includes(operator)) throw this.#refused(property)
    this.advanced = true
  }

  #refused(property: string): Problem {
    return new Problem(
      'Request_UnsupportedQuery',
      `Unsupported or invalid query filter clause specified for property '${property}' of resource '${this.#subject.resource}'.`,
    )
  }

  #mismatch(property: string, { text }: Literal): Problem {
    return syntaxError(`${quoted(text)} is no value that '${property}' can have`)
  }

  /** A value of the property's kind; of text and of moments one that can be compared at once. */
  #operand(property: string, literal: Literal): Operand {
    if (literal.kind === 'word' && literal.text === 'null') return null
    const kind = this.#subject.kindOf(property)
    const value =
      kind === 'boolean' ? truth(literal) : kind === 'dateTime' ? moment(literal) : this.#text(property, literal)
    if (value === null) throw this.#mismatch(property, literal)
    return value
  }

  /** Ids may stand without quotes: they are GUIDs. */
  #text(property: string, { kind, text }: Literal): string | null {
    return kind === 'text' || (property === 'id' && text.includes('-')) ? foldText(text) : null
  }
}

function truth({ kind, text }: Literal): boolean | null {
  if (kind !== 'word' || (text !== 'true' && text !== 'false')) return null
  return text === 'true'
}

const MOMENT = /^(\d{4}-\d\d-\d\d)(?:t\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:z|[+-]\d\d:\d\d))?$/

/** A moment, or the beginning of a day in UTC; null for a day that no month has. */
function moment({ kind, text }: Literal): number | null {
  const day = MOMENT.exec(text)?.[1]
  if (kind !== 'word' || day === undefined) return null
  const start = new Date(`${day}T00:00Z`)
  const at = Date.parse(text.toUpperCase())
  return Number.isNaN(at) || Number.isNaN(start.getTime()) || !start.toISOString().startsWith(day) ? null : at
}
