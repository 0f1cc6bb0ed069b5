import { createHmac, timingSafeEqual } from 'node:crypto'
import { decodeBase64url, encodeBase64url } from '../../core/base64url.ts'

/** What a page of ours is about, while a person looks at it. */
export interface SealedForm {
  readonly purpose: 'authorize' | 'device' | 'code'
  /** The query of the authorization request, or the code of the device. */
  readonly text: string
}

/** As long as a device waits. */
const LIFE_MS = 900_000

/**
 * The content of a form as text that only we can have made, for this browser, which is known by its cookie: neither another
 * page nor another browser can send it in (RFC 9700 §4.7). `now` in milliseconds since 1970 UTC.
 */
export function sealForm({ purpose, text }: SealedForm, cookie: string, key: Uint8Array, now: number): string {
  const content = encodeBase64url(Buffer.from(JSON.stringify([purpose, text, now])))
  return `${content}.${encodeBase64url(macOf(content, cookie, key))}`
}

/** Null for text that we did not make, not for this browser or this purpose, or too long ago. */
export function openForm(
  sealed: string,
  purpose: SealedForm['purpose'],
  cookie: string,
  key: Uint8Array,
  now: number,
): string | null {
  const [content = '', spelling = ''] = sealed.split('.')
  const mac = decodeBase64url(spelling)
  const expected = macOf(content, cookie, key)
  if (mac?.length !== expected.length || !timingSafeEqual(mac, expected)) return null
  const [made, text, at] = JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as [string, string, number]
  return made === purpose && now >= at && now - at < LIFE_MS ? text : null
}

function macOf(content: string, cookie: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${cookie}.${content}`).digest()
}
