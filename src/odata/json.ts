import type { JsonValue } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { quoted } from './quote.ts'

const DEPTH_MAX = 32

/** Names that change an object's prototype where a body is copied property by property. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

const BYTE_ORDER_MARK = '\uFEFF'

/**
 * Reads a request body. JSON.parse alone would keep the last of two equal names, change integers past 2^53, nest
 * without end, and pass on text that no database can hold.
 *
 * Throws `BadRequest` for all of these and for what is no JSON (DELTA-106).
 */
export function readJson(body: string | Uint8Array): JsonValue {
  const text = typeof body === 'string' ? withoutMark(body) : decodeUtf8(body)
  checkTokens(text)
  return parse(text)
}

function unreadable(cause: string): Problem {
  return new Problem(
    'BadRequest',
    `Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format. ${cause}`,
  )
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw unreadable('The payload is not UTF-8.')
  }
}

/** The parser's own message is left out: it quotes the payload, which may hold a password. */
function parse(text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw unreadable('The payload is not JSON.')
  }
}

/**
 * One pass over the tokens, in a loop: it runs before the parser, so it takes any text, and leaves to the parser
 * whether the tokens stand in a right order.
 */
function checkTokens(text: string): void {
  // What is open around the current token: an object with the names it has so far, or an array.
  const open: (Set<string> | 'array')[] = []
  // Whether a string here, were an object open, would be a name: after its brace and after each comma.
  let atName = false
  let at = 0
  while (at < text.length) {
    const start = at
    const token = text.charAt(at)
    at += 1
    if (token === '"') {
      at = endOfString(text, start)
      const string = checkedString(text.slice(start, at))
      const names = open.at(-1)
      if (atName && names instanceof Set) addName(names, string)
    } else if (token === '{' || token === '[') {
      if (open.length === DEPTH_MAX) throw unreadable(`It is nested deeper than ${DEPTH_MAX}.`)
      open.push(token === '{' ? new Set() : 'array')
      atName = true
    } else if (token === '}' || token === ']') {
      open.pop()
    } else if (token === ',') {
      atName = true
    } else if (token === ':') {
      atName = false
    } else if (token === '-' || isDigit(token)) {
      while (at < text.length && (isDigit(text.charAt(at)) || '-+.eE'.includes(text.charAt(at)))) at += 1
      checkNumber(text.slice(start, at))
    }
  }
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

/** The place after the closing quote of the string that opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '"') return at + 1
    if (character === '\\') at += 1
  }
  throw unreadable('A string has no end.')
}

/** The value of a string token. */
function checkedString(token: string): string {
  const string = token.includes('\\') ? String(parse(token)) : token.slice(1, -1)
  if (string.includes('\0')) throw unreadable('A string holds U+0000.')
  if (!string.isWellFormed()) throw unreadable('A string holds half of a surrogate pair.')
  return string
}

/** Names that differ only in case are one name: properties are matched so. */
function addName(names: Set<string>, name: string): void {
  const folded = name.toLowerCase()
  if (FORBIDDEN_NAMES.has(folded)) throw unreadable(`A property cannot be named ${quoted(name)}.`)
  if (names.has(folded)) throw unreadable(`The property ${quoted(name)} is given twice.`)
  names.add(folded)
}

/** Text that is no number at all is left to the parser. */
function checkNumber(token: string): void {
  const number = Number(token)
  if (Number.isNaN(number)) return
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
    throw unreadable(`The number ${quoted(token)} is too large.`)
  }
}
