import type { Scene } from './scene.ts'
import type { Target, TokenName } from './target.ts'

/** A token that nobody else's can stand for. */
type TokenNeed = `${Exclude<TokenName, 'writer' | 'reader' | 'alias'>} token`

/** What a case needs of the target beyond a writer's token. */
export type Need = TokenNeed | 'control' | 'clock' | 'page size' | 'alias'

/** One story of the protocol, told to a server from outside. */
export interface Case {
  /** `C77`. */
  readonly id: string
  /** Must: Microsoft documents it. Should: it is inferred, or observed of the real service. */
  readonly level: 'MUST' | 'SHOULD'
  /** The claim, without its number and its promises. */
  readonly claim: string
  /** The promises of docs/protocol.md that it touches: `DELTA-31`. */
  readonly promises: readonly string[]
  readonly needs: readonly Need[]
  /** Throws where the server does not do as the claim says. */
  readonly run: (scene: Scene) => Promise<void>
}

/** A documented clause. `name` is `C77 … (DELTA-31, DELTA-34)`: number, claim, promises. */
export function must(name: string, run: Case['run'], needs: readonly Need[] = []): Case {
  return newCase('MUST', name, run, needs)
}

/** The same for a clause that is inferred or observed only. */
export function should(name: string, run: Case['run'], needs: readonly Need[] = []): Case {
  return newCase('SHOULD', name, run, needs)
}

const NAME = /^(C\d+) (.+) \((DELTA-\d+(?:, DELTA-\d+)*)\)$/

function newCase(level: Case['level'], name: string, run: Case['run'], needs: readonly Need[]): Case {
  const [, id, claim, promises] = NAME.exec(name) ?? []
  if (id === undefined || claim === undefined || promises === undefined) {
    throw new Error(`'${name}' is not of the form 'C77 … (DELTA-31)'.`)
  }
  return { id, level, claim, promises: promises.split(', '), needs, run }
}

/** The whole name, as tests show it. */
export function nameOf({ id, claim, promises }: Case): string {
  return `${id} ${claim} (${promises.join(', ')})`
}

/** Why a target cannot be asked this, null where it can. */
export function obstacle({ needs }: Case, { tokens, control, canRenew, page, alias }: Target): string | null {
  if (tokens.writer === undefined) return 'needs a token called writer'
  for (const need of needs) {
    switch (need) {
      case 'control':
        if (control === null) return "needs the server's control API"
        break
      case 'clock':
        if (control === null) return "needs the server's control API, to move its clock"
        if (!canRenew) return 'moves the clock past the life of the given tokens: needs an app that gets new ones'
        break
      case 'alias':
        if (alias === null) return 'needs another address of the same server'
        break
      case 'page size':
        if (page === null) return 'needs to know how many groups and members fill a page'
        break
      default: {
        const [name] = need.split(' ') as [TokenName]
        if (tokens[name] === undefined) return `needs a token called ${name}`
      }
    }
  }
  return null
}
