import type { Entry } from './directory.ts'
import { edgeName, isHidden, type News, NO_NEWS, type Reference } from './reference.ts'
import type { Round, Told } from './round.ts'
import type { Limit } from './step.ts'
import { type Followed, followedOf, type ReaderQuery } from './view.ts'
import { type Invariant, Violation } from './violation.ts'
import type { WireEdge, WireItem } from './wire.ts'

/** A page that was read at the reference's head. */
export interface ReadPage {
  readonly items: readonly WireItem[]
  readonly query: ReaderQuery
  readonly round: Round
  readonly minimal: boolean
  readonly limit: Limit
  /** It begins past the head that its round's first page saw. */
  readonly mayBeLarger: boolean
  /** `scan`: nothing on it can come from the catch-up; `catch-up`: nothing from the scan. */
  readonly phase: 'scan' | 'mixed' | 'catch-up'
}

type NameOf = (id: string) => string

/** No object of a history has so many bytes of properties. */
const LARGEST = 1_500

/** How many times larger a page may be that begins past what the round's first page saw. */
const LARGER = 10

/** Holds every item of a page to the state and the history that it was read from. */
export function checkPage(page: ReadPage, reference: Reference, nameOf: NameOf): void {
  checkBounds(page)
  const news = reference.news(page.round.base, reference.head)
  const edges = new Set<string>()
  const items = new Set<string>()
  for (const item of page.items) {
    new ItemCheck(page, item, reference.state, news.get(item.id) ?? NO_NEWS, nameOf).run()
    if (page.phase === 'mixed') continue
    if (items.has(item.id)) throw new Violation('I8', `${nameOf(item.id)} stands twice on one page`)
    items.add(item.id)
    for (const { relation, target } of item.edges) {
      const name = `${item.id} ${edgeName(relation, target)}`
      if (edges.has(name)) throw new Violation('I8', `${nameOf(target)} stands twice in one item of ${nameOf(item.id)}`)
      edges.add(name)
    }
  }
}

function checkBounds({ items, limit, mayBeLarger }: ReadPage): void {
  const edges = items.reduce((sum, item) => sum + item.edges.length, 0)
  const sizes = items.map(({ values }) => Buffer.byteLength(JSON.stringify(values)))
  // The object that fills the page stands on it.
  const bytes = sizes.reduce((sum, size) => sum + size, 0) - Math.max(0, ...sizes)
  const times = mayBeLarger ? LARGER : 1
  const fits =
    items.length <= limit.objects * times &&
    edges <= Math.min(limit.edges, limit.examined) * times &&
    bytes < limit.bytes * times
  if (fits) return
  const what = `${items.length} objects of ${bytes} bytes and more with ${edges} edges`
  throw new Violation('page', `${what}, at bounds ${JSON.stringify(limit)}`)
}

class ItemCheck {
  readonly #page: ReadPage
  readonly #item: WireItem
  readonly #state: Reference['state']
  readonly #news: News
  readonly #nameOf: NameOf

  constructor(page: ReadPage, item: WireItem, state: Reference['state'], news: News, nameOf: NameOf) {
    this.#page = page
    this.#item = item
    this.#state = state
    this.#news = news
    this.#nameOf = nameOf
  }

  run(): void {
    const { query } = this.#page
    const entry = this.#state.get(this.#item.id)
    if (query.ids !== null && !query.ids.includes(this.#item.id))
      throw this.#violation('scope', 'is outside the filter')
    if (entry === undefined) throw this.#violation('scope', 'is not of this directory')
    const followed = followedOf(query, entry.type)
    if (followed === undefined) throw this.#violation('scope', `is a ${entry.type}`)
    if (this.#item.type !== (query.beside === undefined ? null : `#microsoft.graph.${entry.type}`))
      throw this.#violation('shape', `is told as ${this.#item.type}`)
    if (this.#item.removed !== null) {
      this.#checkRemoved(entry)
      return
    }
    if (entry.state !== 'live') throw this.#violation('I5', `is ${entry.state} and is told as live`)
    this.#checkValues(entry, followed)
    for (const edge of this.#item.edges) this.#checkEdge(entry, followed, edge)
    this.#checkCause(followed)
  }

  #violation(invariant: Invariant, what: string): Violation {
    const { base, first } = this.#page.round
    const name = this.#nameOf(this.#item.id)
    return new Violation(invariant, `${name} ${what} (${first ? 'first round, ' : ''}base ${base})`)
  }

  #checkRemoved({ state }: Entry): void {
    const { removed } = this.#item
    if (state === 'live') throw this.#violation('I5', 'is live and is told as removed')
    if (this.#page.phase === 'scan') throw this.#violation('I19', 'is told as removed by a scan')
    if (!this.#news.left && !this.#news.purged)
      throw this.#violation('I19', 'is told as removed and nothing happened to it')
    if ((state === 'deleted') !== (removed === 'changed'))
      throw this.#violation('removal', `is ${state} and told as ${removed}`)
  }

  #checkValues({ values }: Entry, { properties }: Followed): void {
    const { round, minimal } = this.#page
    const shown = Object.keys(this.#item.values)
    for (const name of shown) {
      if (!properties.includes(name)) throw this.#violation('scope', `shows '${name}', which is not selected`)
      if (!(name in values)) throw this.#violation('whole', `shows '${name}', which was never set`)
      const [is, should] = [JSON.stringify(this.#item.values[name]), JSON.stringify(values[name])]
      if (is !== should) throw this.#violation('I5', `shows '${name}' as ${is}, and it is ${should}`)
    }
    const isWhole = round.first || !minimal || this.#news.entered
    const wanted = properties.filter(name => name in values && (isWhole || this.#news.set.has(name)))
    const lacking = wanted.filter(name => !shown.includes(name))
    const extra = shown.filter(name => !wanted.includes(name))
    if (lacking.length > 0) throw this.#violation(isWhole ? 'whole' : 'minimal', `lacks ${lacking.join(', ')}`)
    if (extra.length > 0) throw this.#violation('minimal', `shows ${extra.join(', ')}, not set since the base`)
  }

  #checkEdge(entry: Entry, { relations }: Followed, { relation, target, type, live }: WireEdge): void {
    const { query, phase } = this.#page
    const what = `${this.#nameOf(target)} among its ${relation}`
    const other = this.#state.get(target)
    if (!relations.includes(relation)) throw this.#violation('scope', `tells ${what}, which are not selected`)
    if (isHidden(entry, relation, query.seesHiddenMembers))
      throw this.#violation('scope', `tells ${what}, which are hidden`)
    if (other === undefined) throw this.#violation('scope', `tells ${what}, not of this directory`)
    if (type !== `#microsoft.graph.${other.type}`) throw this.#violation('shape', `tells ${what} as ${type}`)
    if (live !== entry[relation].has(target))
      throw this.#violation('I5', `tells ${what} as ${live ? 'there' : 'removed'}`)
    if (phase === 'scan' && !live) throw this.#violation('I19', `tells ${what} as removed by a scan`)
    if (phase === 'catch-up' && !this.#news.entered && !this.#news.edges.has(edgeName(relation, target)))
      throw this.#violation('I19', `tells ${what} without a change`)
  }

  /** In a catch-up an object is told for a reason. */
  #checkCause({ properties }: Followed): void {
    const { phase } = this.#page
    if (phase !== 'catch-up' || this.#news.entered || this.#item.edges.length > 0) return
    if (!properties.some(name => this.#news.set.has(name))) throw this.#violation('I19', 'is told without a change')
  }
}

/** Holds a whole round, from its first request to its deltaLink at the reference's head, to what happened since its base. */
export function checkRound(round: Round, query: ReaderQuery, reference: Reference, nameOf: NameOf): void {
  const { base, told, requests, firstHead } = round
  const version = reference.head
  const found = reference.news(base, version)
  for (const [id, news] of found) {
    const entry = reference.state.get(id)
    const followed = entry === undefined ? undefined : followedOf(query, entry.type)
    if (entry === undefined || followed === undefined) continue
    if (query.ids !== null && !query.ids.includes(id)) continue
    const was = round.first ? undefined : reference.at(base).get(id)
    checkChange({ round, query, followed, entry, was, news, told: told.get(id) }, nameOf(id))
  }
  if (!round.first && version === base && (told.size > 0 || requests > 1)) {
    throw new Violation('I8', `${requests} requests and ${told.size} items without a commit`)
  }
  if (firstHead === version) checkQuiet(round, reference, nameOf)
}

interface Change {
  readonly round: Round
  readonly query: ReaderQuery
  readonly followed: Followed
  readonly entry: Entry
  readonly was: Entry | undefined
  readonly news: News
  readonly told: Told | undefined
}

function checkChange({ round, query, followed, entry, was, news, told }: Change, name: string): void {
  const { properties, relations } = followed
  const isLive = entry.state === 'live'
  const sees = (edge: string): boolean =>
    relations.some(relation => edge.startsWith(`${relation} `) && !isHidden(entry, relation, query.seesHiddenMembers))
  if (!round.first) {
    const tracked =
      news.entered ||
      news.left ||
      news.purged ||
      properties.some(property => news.set.has(property)) ||
      [...news.liveEdges].some(sees)
    if (tracked && (isLive || was !== undefined) && told === undefined) {
      throw new Violation('I4', `${name} changed since version ${round.base} and the round does not tell it`)
    }
    const reason = entry.state === 'deleted' ? 'changed' : 'deleted'
    if (!isLive && (news.left || news.purged) && told?.removed !== reason) {
      throw new Violation('removal', `${name} is ${entry.state}, and the round does not end by telling it as ${reason}`)
    }
  }
  if (!isLive) return
  const names = properties.filter(property => property in entry.values)
  if (news.entered) {
    const lacking = names.filter(property => !told?.names.has(property))
    const edges = relations.flatMap(relation => [...entry[relation]].map(target => edgeName(relation, target)))
    const unlinked = edges.filter(edge => sees(edge) && !told?.live.has(edge))
    if (lacking.length > 0) throw new Violation('I17', `${name} entered the view, and lacks ${lacking.join(', ')}`)
    if (unlinked.length > 0)
      throw new Violation('I17', `${name} entered the view without ${unlinked.length} of its edges`)
  } else if (!round.first && round.minimal && told !== undefined) {
    const wanted = names.filter(property => news.set.has(property))
    if (wanted.length !== told.names.size || wanted.some(property => !told.names.has(property))) {
      throw new Violation('minimal', `${name} was told with ${[...told.names]}, and ${wanted} were set`)
    }
  }
}

/** Nobody wrote during the round. */
function checkQuiet({ told, requests, smallest }: Round, reference: Reference, nameOf: NameOf): void {
  let edges = 0
  for (const [id, { edges: names, bare }] of told) {
    edges += names.length
    if (new Set(names).size < names.length) throw new Violation('I8', `an edge of ${nameOf(id)} was told twice`)
    if (bare > 1) throw new Violation('I8', `${nameOf(id)} was told again without reason`)
  }
  // A page that goes on inside a group looks at the group's row again.
  const rows = reference.rowsEver()
  const pages =
    Math.ceil(rows / Math.max(1, smallest.examined - 1)) +
    Math.ceil(told.size / smallest.objects) +
    Math.ceil(edges / smallest.edges) +
    Math.ceil(rows / Math.max(1, smallest.bytes / LARGEST - 1))
  if (requests > pages + 2) throw new Violation('I9', `${requests} requests for ${pages} pages`)
}
