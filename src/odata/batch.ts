import type { JsonValue } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import type { ApiVersion } from './address.ts'
import { quoted } from './quote.ts'
import type { JsonObject } from './resourceBody.ts'

/** How many requests a batch may hold (learn.microsoft.com, graph/json-batching). */
const ITEMS_MAX = 20

/** As much as one line of HTTP can hold: an item's URL is no longer than that of a request. */
const URL_CHARACTERS_MAX = 16_384

const METHOD = /^[A-Za-z]{1,20}$/

/** What belongs to the connection, or to the batch as a whole: an item has none of its own. */
const OUTER_HEADERS: ReadonlySet<string> = new Set(['authorization', 'host', 'accept-encoding', 'connection'])

/** One request of a batch. */
export interface BatchItem {
  /** As sent; a number as its digits. */
  readonly id: string
  readonly method: string
  readonly url: string
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON, or text that is the base64 of JSON; undefined when there is none. */
  readonly body: JsonValue | undefined
  /** Where in the batch the items stand that it comes after. */
  readonly dependsOn: readonly number[]
}

/**
 * Reads the body of a batch. Names are known in any case; those that are not listed here, `atomicityGroup` among them,
 * are passed over, as Graph does.
 *
 * Throws `BadRequest` for a batch that is not well formed: then none of its items is done.
 */
export function readBatch(body: JsonValue | undefined): BatchItem[] {
  const requests = isObject(body) ? fieldsOf(body).get('requests') : undefined
  if (!Array.isArray(requests)) throw refused("The body must be an object with an array 'requests'.")
  if (requests.length === 0) throw refused('It holds no request.')
  if (requests.length > ITEMS_MAX) {
    throw refused(`Number of requests inside batch exceeds the limit: ${requests.length} of ${ITEMS_MAX}.`)
  }
  const places = new Map<string, number>()
  return requests.map((request, place) => {
    const item = readItem(request, places)
    places.set(item.id.toLowerCase(), place)
    return item
  })
}

/** `places` holds the items before this one, by their ids in lower case. */
function readItem(request: JsonValue, places: ReadonlyMap<string, number>): BatchItem {
  if (!isObject(request)) throw refused('A request is not an object.')
  const fields = fieldsOf(request)
  const id = readId(fields.get('id'))
  if (id === null) {
    throw refused(`A request has no 'id'${butFound(fields.get('id'))}: it must be text, or a whole number.`)
  }
  if (places.has(id.toLowerCase())) throw refused(`Each request id must be unique, and ${quoted(id)} is not.`)
  const method = fields.get('method')
  const url = fields.get('url')
  if (typeof method !== 'string' || !METHOD.test(method)) {
    throw refused(`The request ${quoted(id)} has no 'method'${butFound(method)}.`)
  }
  if (typeof url !== 'string' || url === '') throw refused(`The request ${quoted(id)} has no 'url'${butFound(url)}.`)
  const headers = readHeaders(id, fields.get('headers'))
  const body = fields.get('body') ?? undefined
  // Text is let pass: a client of Microsoft's writes its JSON as base64, and no headers beside it.
  if (body !== undefined && typeof body !== 'string' && headers['content-type'] === undefined) {
    throw refused(`Write request with id ${quoted(id)} does not contain a Content-Type header.`)
  }
  const dependsOn = readDependsOn(id, fields.get('dependson'), places)
  return { id, method: method.toUpperCase(), url, headers, body, dependsOn }
}

/** What stands where something else must. */
function butFound(value: JsonValue | undefined): string {
  return value === undefined ? '' : ` but ${quoted(JSON.stringify(value))}`
}

function readId(value: JsonValue | undefined): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

function readHeaders(id: string, value: JsonValue | undefined): Record<string, string> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw refused(`The headers of the request ${quoted(id)} are not an object.`)
  const headers: Record<string, string> = {}
  for (const [name, text] of fieldsOf(value)) {
    if (typeof text !== 'string') throw refused(`The header ${quoted(name)} of the request ${quoted(id)} is not text.`)
    if (!OUTER_HEADERS.has(name)) headers[name] = text
  }
  return headers
}

/** An item comes after items before it only (OData JSON Format 4.01 §19.1), so that none can wait for itself. */
function readDependsOn(id: string, value: JsonValue | undefined, places: ReadonlyMap<string, number>): number[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw refused(`'dependsOn' of the request ${quoted(id)} is not an array.`)
  return value.map(entry => {
    const place = places.get(readId(entry)?.toLowerCase() ?? '')
    if (place !== undefined) return place
    throw refused(
      `The request ${quoted(id)} depends on ${quoted(JSON.stringify(entry))}, which is no request before it.`,
    )
  })
}

/**
 * The path and query that an item's URL stands for. It may be relative to the batch's version, with a slash or without,
 * begin with a version, or be a whole link of this server. A URL in JSON is text: what HTTP could not carry, such as a
 * blank, is encoded.
 *
 * Throws `BadRequest` for the URL of another server and for one that is too long.
 */
export function itemTarget({ url }: BatchItem, version: ApiVersion, bases: readonly string[]): string {
  if (url.length > URL_CHARACTERS_MAX) {
    throw new Problem('BadRequest', `The url is longer than ${URL_CHARACTERS_MAX} characters.`)
  }
  const folded = url.toLowerCase()
  const base = bases.find(known => folded.startsWith(`${known.toLowerCase()}/`))
  const local = base === undefined ? url : url.slice(base.length)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(local)) {
    throw new Problem('BadRequest', `The url ${quoted(url)} is not one of this server.`)
  }
  const path = (local.startsWith('/') ? local : `/${local}`).replaceAll(/[^!-~]+/g, encodeURIComponent)
  return /^\/(v1\.0|beta)(\/|\?|$)/i.test(path) ? path : `/${version}${path}`
}

/** What was answered to one item. */
export interface ItemAnswer {
  readonly id: string
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** In parts. */
  readonly body: readonly Uint8Array[] | null
}

/** The body of a batch's answer. Bodies that are JSON already stay the bytes that they are. */
export function batchBody(answers: readonly ItemAnswer[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (const { id, status, headers, body } of answers) {
    const shown = Object.fromEntries(Object.entries(headers).map(([name, text]) => [shownName(name), text]))
    const head = `{"id":${JSON.stringify(id)},"status":${status},"headers":${JSON.stringify(shown)}`
    parts.push(Buffer.from(parts.length === 0 ? head : `,${head}`))
    if (body !== null) parts.push(Buffer.from(',"body":'), ...shownBody(headers['content-type'] ?? '', body))
    parts.push(Buffer.from('}'))
  }
  return [Buffer.from('{"responses":['), ...parts, Buffer.from(']}')]
}

/** Text is a string, and what is neither text nor JSON the base64url of its bytes (OData JSON Format 4.01 §19.2). */
function shownBody(type: string, body: readonly Uint8Array[]): readonly Uint8Array[] {
  if (type.startsWith('application/json')) return body
  return [Buffer.from(JSON.stringify(Buffer.concat(body).toString(type.startsWith('text/') ? 'utf8' : 'base64url')))]
}

/** Header names as Graph spells them: a client looks for `Content-Type`, in this spelling alone. */
function shownName(name: string): string {
  if (name === 'odata-version') return 'OData-Version'
  if (name.endsWith('request-id') || name.startsWith('x-')) return name
  return name.replaceAll(/(^|-)[a-z]/g, letter => letter.toUpperCase())
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** No two names of an object differ in case alone: it was read by `readJson`. */
function fieldsOf(object: JsonObject): Map<string, JsonValue> {
  return new Map(Object.entries(object).map(([name, value]) => [name.toLowerCase(), value]))
}

function refused(reason: string): Problem {
  return new Problem('BadRequest', `Invalid batch payload format. ${reason}`)
}
