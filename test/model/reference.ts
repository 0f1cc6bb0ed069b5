import { type Entry, type Happening, type Outcome, perform, type State } from './directory.ts'
import type { Operation, Refusal, Relation } from './operation.ts'
import { followedOf, type ReaderQuery, type View } from './view.ts'

/** What has happened to one object in a span of versions. */
export interface News {
  readonly entered: boolean
  readonly left: boolean
  readonly purged: boolean
  readonly set: ReadonlySet<string>
  /** By `edgeName`. */
  readonly edges: ReadonlySet<string>
  /** Those of them that changed while the group was live. */
  readonly liveEdges: ReadonlySet<string>
}

export const NO_NEWS: News = {
  entered: false,
  left: false,
  purged: false,
  set: new Set(),
  edges: new Set(),
  liveEdges: new Set(),
}

export function edgeName(relation: Relation, target: string): string {
  return `${relation} ${target}`
}

/** A version and which commit it was: after a lost tail the number comes again, the serial does not. */
export interface Mark {
  readonly version: number
  readonly serial: number
}

interface Commit {
  readonly serial: number
  readonly state: State
  readonly happenings: readonly Happening[]
}

export interface ReferenceSettings {
  readonly domain: string
  readonly recyclesSecurityGroups: boolean
}

/**
 * The directory as it should be: its state at every version, and what each commit did. It knows nothing of rows,
 * stamps, cursors or tokens, and shares no code with the server.
 */
export class Reference {
  readonly #settings: ReferenceSettings
  #commits: Commit[] = [{ serial: 0, state: new Map(), happenings: [] }]
  #serial = 0
  horizon = 0

  constructor(settings: ReferenceSettings) {
    this.#settings = settings
  }

  get head(): number {
    return this.#commits.length - 1
  }

  /** The present state. */
  get state(): State {
    return this.at(this.head)
  }

  at(version: number): State {
    return this.#commit(version).state
  }

  mark(version: number): Mark {
    return { version, serial: this.#commit(version).serial }
  }

  /** Whether that very commit is still part of the history. */
  holds({ version, serial }: Mark): boolean {
    return this.#commits[version]?.serial === serial
  }

  /** Carries out one write request; gives the reasons for which it is refused, null when it is not. */
  apply(operation: Operation, now: number): ReadonlySet<Refusal> | null {
    const outcome = this.tried(this.state, operation, now)
    if (outcome.refused !== null) return outcome.refused
    if (outcome.happenings.length === 0) return null
    this.#serial += 1
    this.#commits.push({ serial: this.#serial, ...outcome })
    return null
  }

  /** What an operation would come to. */
  tried(state: State, operation: Operation, now = 0): Outcome {
    return perform(state, operation, { ...this.#settings, now })
  }

  compact(wanted: number): void {
    this.horizon = Math.max(this.horizon, Math.min(wanted, this.head))
  }

  /** The history as it is now, to be put back later: what comes between is lost then. */
  save(): () => void {
    const commits = [...this.#commits]
    const { horizon } = this
    return () => {
      this.#commits = [...commits]
      this.horizon = horizon
    }
  }

  /** What happened after `base` up to `version`, by object. */
  news(base: number, version: number): Map<string, News> {
    const found = new Map<string, Gathered>()
    for (const { happenings } of this.#commits.slice(base + 1, version + 1)) {
      for (const happening of happenings) {
        const known = found.get(happening.id)
        const news = known ?? { ...NO_NEWS, set: new Set(), edges: new Set(), liveEdges: new Set() }
        if (known === undefined) found.set(happening.id, news)
        gather(news, happening)
      }
    }
    return found
  }

  /** What a query selects of the live objects at a version. */
  view(query: ReaderQuery, version: number): View {
    const { ids, seesHiddenMembers } = query
    const view: View = new Map()
    for (const [id, entry] of this.at(version)) {
      const followed = followedOf(query, entry.type)
      if (followed === undefined || entry.state !== 'live' || (ids !== null && !ids.includes(id))) continue
      const { properties, relations } = followed
      const shown = (relation: Relation): Set<string> =>
        relations.includes(relation) && !isHidden(entry, relation, seesHiddenMembers)
          ? new Set(entry[relation])
          : new Set()
      const values = Object.fromEntries(Object.entries(entry.values).filter(([name]) => properties.includes(name)))
      view.set(id, { values, members: shown('members'), owners: shown('owners') })
    }
    return view
  }

  /** How many rows a round could have to look at, at the most: every object and edge there ever was. */
  rowsEver(): number {
    const rows = new Set<string>()
    for (const { happenings } of this.#commits) {
      for (const happening of happenings) {
        rows.add(happening.id)
        if (happening.kind === 'edge') rows.add(`${happening.id} ${edgeName(happening.relation, happening.target)}`)
      }
    }
    return rows.size
  }

  #commit(version: number): Commit {
    const commit = this.#commits[version]
    if (commit === undefined) throw new Error(`The reference has no version ${version}.`)
    return commit
  }
}

/** Whether a reader of this class is not shown that relation of a group. */
export function isHidden(entry: Entry, relation: Relation, seesHiddenMembers: boolean): boolean {
  return relation === 'members' && entry.hidesMembers && !seesHiddenMembers
}

type Gathered = {
  -readonly [Name in keyof News]: News[Name] extends ReadonlySet<string> ? Set<string> : News[Name]
}

function gather(news: Gathered, happening: Happening): void {
  switch (happening.kind) {
    case 'set':
      news.set.add(happening.name)
      break
    case 'edge': {
      const name = edgeName(happening.relation, happening.target)
      news.edges.add(name)
      if (!happening.inBin) news.liveEdges.add(name)
      break
    }
    default:
      news[happening.kind] = true
  }
}
