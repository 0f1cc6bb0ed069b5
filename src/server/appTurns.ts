import type { ServerResponse } from 'node:http'
import type { Caller } from '../auth/caller.ts'
import { turnsInLines } from './connection/lines.ts'
import { brokenOff } from './errors.ts'
import { fairTurns } from './fairTurns.ts'

/** How the requests of many apps have their turns: what one asks, however much, holds up another by little. */
export interface AppTurns {
  /**
   * Resolves when fewer than so many requests of the caller's app in its tenant are under way, their answers not taken
   * yet. Throws `BadRequest` where the client goes away meanwhile.
   */
  readonly begin: (caller: Caller, response: ServerResponse) => Promise<void>
  /**
   * Resolves when a read of this app, or of its large body, may begin: the apps have like shares of the event loop.
   * (Writes have lanes of their own in the store.)
   */
  readonly read: (caller: Caller) => Promise<void>
}

export function appTurns(underWayMax: number): AppTurns {
  const take = turnsInLines<string>(underWayMax)
  const turnOf = fairTurns(() => performance.now())
  return {
    begin: async (caller, response) => {
      if (!(await take(nameOf(caller), response))) throw brokenOff()
    },
    read: caller => turnOf(nameOf(caller)),
  }
}

function nameOf({ tenant, app }: Caller): string {
  return `${tenant}/${app}`
}
