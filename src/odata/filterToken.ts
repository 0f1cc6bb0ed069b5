import { Problem } from '../core/problem.ts'
import { quoted } from './quote.ts'

/** A piece of a `$filter`, and where it begins. */
export type FilterToken =
  | { readonly kind: '(' | ')' | ',' | ':' | '/' | 'end'; readonly at: number; readonly text: string }
  /** `text` has no quotes any more. */
  | { readonly kind: 'literal'; readonly at: number; readonly text: string }
  /** A name, a keyword, a number, a moment or a GUID. */
  | { readonly kind: 'word'; readonly at: number; readonly text: string }

/** Counts what a reading does, character by character and token by token: its work is bounded by its text. */
export interface StepCounter {
  steps: number
}

const MARKS = '(),:/'

/** Splits a `$filter`. Throws `BadRequest` for a literal without end and a character that no token has. */
export function readFilterTokens(text: string, counter: StepCounter): FilterToken[] {
  const tokens: FilterToken[] = []
  let at = 0
  while (at < text.length) {
    counter.steps += 1
    const character = text.charAt(at)
    if (isBlank(character)) {
      at += 1
    } else if (character === "'") {
      const end = endOfLiteral(text, at, counter)
      tokens.push({ kind: 'literal', at, text: text.slice(at + 1, end - 1).replaceAll("''", "'") })
      at = end
    } else if (MARKS.includes(character)) {
      tokens.push({ kind: character as '(', at, text: character })
      at += 1
    } else {
      const end = endOfWord(text, at, counter)
      if (end === at) throw syntaxError(`${quoted(character)} at position ${at} belongs to no expression`)
      tokens.push({ kind: 'word', at, text: text.slice(at, end) })
      at = end
    }
  }
  tokens.push({ kind: 'end', at: text.length, text: '' })
  return tokens
}

export function syntaxError(cause: string): Problem {
  return new Problem('BadRequest', `Invalid filter clause: ${cause}.`)
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t'
}

/** The place after the closing quote; a quote inside is written twice. */
function endOfLiteral(text: string, start: number, counter: StepCounter): number {
  for (let at = start + 1; at < text.length; at += 1) {
    counter.steps += 1
    if (text.charAt(at) !== "'") continue
    if (text.charAt(at + 1) !== "'") return at + 1
    at += 1
  }
  throw syntaxError(`the text that begins at position ${start} has no closing quote`)
}

/** What begins like a number may be a moment, in which colons and signs stand. */
function endOfWord(text: string, start: number, counter: StepCounter): number {
  const allowed = /[0-9+-]/.test(text.charAt(start)) ? /[A-Za-z0-9_.$:+-]/ : /[A-Za-z0-9_.$-]/
  let at = start
  while (at < text.length && allowed.test(text.charAt(at))) {
    counter.steps += 1
    at += 1
  }
  return at
}
