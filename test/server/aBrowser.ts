import assert from 'node:assert/strict'
import type { TestServer } from './aServer.ts'

/** What a browser has got. */
export interface Seen {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** A form of a page: where it goes, its fields as they stand, and what its buttons do, the one of the key Enter first. */
export interface SeenForm {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
  readonly acts: readonly string[]
}

/** A browser without scripts, of one person: it keeps cookies, follows nothing by itself and sends forms as browsers do. */
export interface Browser {
  readonly open: (url: string) => Promise<Seen>
  /** Sends the form of a page whose button was pressed, some fields filled in otherwise. */
  readonly submit: (page: Seen, fields: Readonly<Record<string, string>>) => Promise<Seen>
  readonly cookies: Map<string, string>
}

export type Send = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string },
) => Promise<Seen>

export function aBrowser(send: Send): Browser {
  const cookies = new Map<string, string>()
  const ask: Send = async (url, init) => {
    const cookie = [...cookies].map(pair => pair.join('=')).join('; ')
    const seen = await send(url, { ...init, headers: { ...init.headers, ...(cookie && { cookie }) } })
    const [name, value] = seen.headers['set-cookie']?.split(';')[0]?.split('=') ?? []
    if (name !== undefined && value !== undefined) cookies.set(name, value)
    return seen
  }
  return {
    cookies,
    open: url => ask(url, { method: 'GET', headers: { 'sec-fetch-site': 'none' } }),
    submit: (page, fields) => {
      const form = formOf(page, fields['act'])
      const { origin } = new URL(form.action)
      const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, 'sec-fetch-site': 'same-origin' }
      const body = new URLSearchParams({ ...form.fields, ...fields }).toString()
      return ask(form.action, { method: 'POST', headers, body })
    },
  }
}

/** A browser that reaches a server of this process, which has no socket. */
export function aBrowserOf({ app }: TestServer): Browser {
  return aBrowser(async (url, { method, headers, body }) => {
    const { host } = new URL(url)
    const reply = await app.inject({
      method: method as 'GET' | 'POST',
      url: url.slice(new URL(url).origin.length),
      headers: { host, ...headers },
      ...(body !== undefined && { payload: body }),
    })
    return { status: reply.statusCode, headers: textsOf(reply.headers), text: reply.payload }
  })
}

/** A browser on the network. */
export function aRealBrowser(): Browser {
  return aBrowser(async (url, init) => {
    const answer = await fetch(url, { ...init, redirect: 'manual' })
    return { status: answer.status, headers: Object.fromEntries(answer.headers), text: await answer.text() }
  })
}

function textsOf(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** The form of a page that does something, or else its first one. */
export function formOf(page: Seen, act?: string): SeenForm {
  const forms = formsOf(page)
  const form = forms.find(({ acts }) => act !== undefined && acts.includes(act)) ?? forms[0]
  assert.ok(form, `the page has no form: ${page.text}`)
  return form
}

/** The forms of a page: their hidden and text fields, and of choices the one that is made already. */
export function formsOf({ text }: Seen): readonly SeenForm[] {
  return [...text.matchAll(/<form [^>]*>.*?<\/form>/gs)].map(([form]) => readForm(form))
}

function readForm(text: string): SeenForm {
  const action = attribute(/<form [^>]*>/.exec(text)?.[0] ?? '', 'action')
  const acts = [...text.matchAll(/<button [^>]*>/g)].map(([button]) => attribute(button, 'value'))
  const fields: Record<string, string> = {}
  for (const [input] of text.matchAll(/<input [^>]*>/g)) {
    if (attribute(input, 'type') === 'radio' && !input.includes(' checked')) continue
    fields[attribute(input, 'name')] = attribute(input, 'value')
  }
  return { action, fields, acts }
}

/** Those who can be chosen on a page, by id. */
export function choicesOn({ text }: Seen): readonly string[] {
  return [...text.matchAll(/<input type="radio"[^>]*>/g)].map(([input]) => attribute(input, 'value'))
}

function attribute(tag: string, name: string): string {
  const text = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}
