import type { ServerResponse } from 'node:http'
import { setImmediate as inNextTurn } from 'node:timers'
import type { Caller } from '../auth/caller.ts'
import { Lanes } from '../core/lanes.ts'
import { turnsInLines } from './connection/lines.ts'
import { brokenOff } from './errors.ts'

/** How the requests of many apps have their turns: what one asks, however much, holds up another by little. */
export interface AppTurns {
  /**
   * Resolves when fewer than so many requests of the caller's app in its tenant are under way, their answers not taken
   * yet. Throws `BadRequest` where the client goes away meanwhile.
   */
  readonly begin: (caller: Caller, response: ServerResponse) => Promise<void>
  /**
   * Resolves when a read of this app may begin. In one turn of the event loop one does: so others are heard between any
   * two, and the apps take turns. (Writes have lanes of their own in the store.)
   */
  readonly read: (caller: Caller) => Promise<void>
}

export function appTurns(underWayMax: number): AppTurns {
  const take = turnsInLines<string>(underWayMax)
  const waiting = new Lanes<string, () => void>()
  let isTaken = false
  const next = (): void => {
    const begin = waiting.take()
    isTaken = begin !== undefined
    if (begin === undefined) return
    begin()
    inNextTurn(next)
  }
  return {
    begin: async (caller, response) => {
      if (!(await take(nameOf(caller), response))) throw brokenOff()
    },
    read: async caller => {
      if (isTaken) return new Promise(resolve => waiting.push(nameOf(caller), resolve))
      isTaken = true
      inNextTurn(next)
    },
  }
}

function nameOf({ tenant, app }: Caller): string {
  return `${tenant}/${app}`
}
