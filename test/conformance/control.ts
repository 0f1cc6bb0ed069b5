import type { Connections } from '../replay/connection.ts'
import { Fault } from '../replay/fault.ts'
import type { PageSize } from './target.ts'

/** What a server for tests can be made to do: docs/control.md. */
export interface Control {
  /** Moves the clock: `8d`, `12h`. */
  readonly advance: (time: string) => Promise<void>
  readonly expireTokens: () => Promise<void>
  readonly resetTokens: () => Promise<void>
  /** Does what the server does every hour. */
  readonly housekeep: () => Promise<void>
  /** Limits every app to so many resource units (`3/10s`) in a tenant; gives what brings back the limits that were. */
  readonly limitUnits: (rate: string) => Promise<() => Promise<void>>
  readonly createContact: (tenant: string, displayName: string) => Promise<{ readonly id: string }>
  readonly deleteContact: (tenant: string, id: string) => Promise<void>
  /** The server's clock, in milliseconds since 1970 UTC. */
  readonly now: () => number
}

export interface OpenControl extends Control {
  readonly page: PageSize
}

/** The control API at `url`. Throws a `Fault` where it does not answer as one. */
export async function openControl(url: URL, send: Connections['send']): Promise<OpenControl> {
  const ask = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const answer = await send({
      method,
      url: new URL(path, url),
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (answer.status !== 200) {
      throw new Fault(1, `${method} ${path} of the control API at ${url.origin} was answered ${answer.status}.`)
    }
    return JSON.parse(answer.text)
  }
  const first = await ask('GET', '/')
  let ahead = Date.parse(first.now) - Date.now()
  const { objects, edges } = first.settings.pageLimit
  return {
    page: { objects, edges },
    now: () => Date.now() + ahead,
    advance: async time => {
      const { now } = await ask('POST', '/clock', { advance: time })
      ahead = Date.parse(now) - Date.now()
    },
    expireTokens: () => ask('POST', '/tokens/expire'),
    resetTokens: () => ask('POST', '/tokens/reset'),
    createContact: async (tenant, displayName) =>
      (await ask('POST', '/contacts/create', { tenant, contact: { displayName } })).contact,
    deleteContact: (tenant, id) => ask('POST', '/contacts/delete', { tenant, id }),
    housekeep: () => ask('POST', '/housekeep'),
    limitUnits: async rate => {
      const { throttling } = await ask('GET', '/')
      const limits = { 'small-units': rate, 'medium-units': rate, 'large-units': rate }
      await ask('POST', '/throttling', { on: true, limits })
      return () => ask('POST', '/throttling', throttling === null ? { on: false } : { on: true, limits: throttling })
    },
  }
}
