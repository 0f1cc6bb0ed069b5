import { checkPage, checkRound } from './checker.ts'
import { type Answer, type Driver, ROOT, TOKEN_LIFE_MS } from './driver.ts'
import { idOf } from './identity.ts'
import type { Operation } from './operation.ts'
import { forget, goBack, type Held, keep, newReader, newRound, type Reader } from './reader.ts'
import { edgeName, Reference } from './reference.ts'
import { type Limit, type Manner, type Misuse, type Setting, type Step, stepText } from './step.ts'
import { difference, firstRequest, mergeInto, type ReaderQuery } from './view.ts'
import { Violation } from './violation.ts'
import { readWirePage, type WirePage } from './wire.ts'

const START = Date.UTC(2026, 0, 15, 9)
const HOUR_MS = 3_600_000
/** More requests than any round here can need. */
const REQUESTS_MAX = 400
const QUIET_LIMIT: Limit = { objects: 3, edges: 4, examined: 7 }
/** How many times larger the pages are that reach past the head of the round's first page. */
const LARGER = 10

/** Why a link must be refused. */
interface Expected {
  readonly invariant: 'I13' | 'I14' | 'restart'
  readonly why: string
}

/** How many histories a driver has played: each has a tenant of its own, the same on every driver. */
const played = new WeakMap<Driver, number>()

/** Plays a history on a system under test and on the reference, and holds every answer to what the reference says. */
export class World {
  readonly reference: Reference
  readonly readers: readonly Reader[]
  /** Every answer in the order of the requests: what two drivers are compared by. */
  readonly answers: string[] = []
  /** What was done, in words. */
  readonly story: string[] = []
  readonly #driver: Driver
  readonly #setting: Setting
  readonly #names = new Map<string, string>()
  readonly #counts = { pages: 0, rounds: 0, refusals: 0, commits: 0 }
  #now = START
  #expiredAt = 0
  /** Keys are numbered; those below this one are gone. */
  #key = 0
  #oldestKey = 0
  #saved: { readonly reference: () => void; readonly driver: () => Promise<void> } | null = null

  private constructor(driver: Driver, setting: Setting, domain: string) {
    this.#driver = driver
    this.#setting = setting
    this.reference = new Reference({ domain, recyclesSecurityGroups: setting.recyclesSecurityGroups })
    this.readers = setting.queries.map(({ names, ...rest }, index) => {
      const query: ReaderQuery = { ...rest, ids: names?.map(name => this.id(name)).sort() ?? null }
      return newReader(`reader ${index}`, query, firstRequest(query))
    })
  }

  static async open(driver: Driver, setting: Setting): Promise<World> {
    const count = (played.get(driver) ?? 0) + 1
    played.set(driver, count)
    const tenant = `${count.toString(16).padStart(8, '0')}-0000-4000-8000-00000000a11e`
    const domain = `${tenant.slice(0, 8)}.tidemark.example`
    const world = new World(driver, setting, domain)
    const clock = { now: () => world.#now }
    await driver.begin({ tenant, domain, clock, recyclesSecurityGroups: setting.recyclesSecurityGroups })
    return world
  }

  get counts(): Readonly<Record<'pages' | 'rounds' | 'refusals' | 'commits', number>> {
    return this.#counts
  }

  /** The id of a name; the same for the same seed. */
  readonly id = (name: string): string => {
    const id = idOf(this.#setting.seed, name)
    this.#names.set(id, name)
    return id
  }

  readonly nameOf = (id: string): string => this.#names.get(id) ?? id

  reader(index: number): Reader {
    const reader = this.readers[index]
    if (reader === undefined) throw new Error(`There is no reader ${index}.`)
    return reader
  }

  /** Plays one step; one that cannot be done now does nothing. */
  async play(step: Step): Promise<void> {
    this.story.push(`v${this.reference.head}: ${stepText(step, this.nameOf)}`)
    this.#now += 1_000
    switch (step.kind) {
      case 'write':
        return this.#write(step.operation)
      case 'ask':
        return this.#ask(this.reader(step.reader), step.manner, step.latest)
      case 'finish':
        return this.#finish(this.reader(step.reader), step.manner)
      case 'goBack':
        goBack(this.reader(step.reader), step.links, step.keepsCopy)
        return
      case 'startOver':
        return this.#startOver(this.reader(step.reader))
      case 'misuse':
        return this.#misuse(this.reader(step.reader), step.how)
      case 'compact':
        this.reference.compact(this.reference.head - step.keep)
        return this.#driver.compact(Math.max(0, this.reference.head - step.keep))
      case 'wait':
        this.#now += step.hours * HOUR_MS
        return
      case 'restart':
        return this.#driver.restart()
      case 'save':
        return this.#save()
      case 'lose':
        return this.#lose()
      case 'expireTokens':
        this.#expiredAt = this.#now
        return this.#driver.expireTokens()
      case 'replaceKey':
        this.#key += 1
        if (!step.keepOld) this.#oldestKey = this.#key
        return this.#driver.replaceKey(step.keepOld)
    }
  }

  /** Nobody writes any more: every reader comes to its link, then to an empty round, and its copy is the directory. */
  async settle(): Promise<void> {
    this.story.push('all is quiet')
    for (const [index, reader] of this.readers.entries()) {
      const manner = { limit: QUIET_LIMIT, minimal: index === 1 }
      this.#now += 1_000
      await this.#finish(reader, manner)
      await this.#finish(reader, manner)
      const wanted = this.reference.view(reader.query, this.reference.head)
      const differs = difference(reader.copy, wanted, this.nameOf)
      if (differs !== null) throw new Violation('I1', `when all is quiet ${reader.name}: ${differs}`)
    }
    await this.#checkLists()
  }

  async #write(operation: Operation): Promise<void> {
    const before = this.reference.head
    const expected = this.reference.apply(operation, this.#now)
    const refusal = await this.#driver.write(operation)
    this.answers.push(refusal ?? 'done')
    if (refusal === null ? expected !== null : !expected?.has(refusal)) {
      const should = expected === null ? 'be done' : `be refused with ${[...expected].join(' or ')}`
      throw new Violation('write', `${operation.kind} was ${refusal ?? 'done'} and should ${should}`)
    }
    this.#counts.commits += this.reference.head - before
    const head = await this.#driver.head()
    if (head !== this.reference.head) {
      throw new Violation('write', `the head is ${head} and should be ${this.reference.head}`)
    }
  }

  async #finish(reader: Reader, manner: Manner): Promise<void> {
    for (let requests = 1; ; requests += 1) {
      await this.#ask(reader, manner)
      if (reader.held?.kind === 'delta') return
      if (requests > REQUESTS_MAX) throw new Violation('I9', `the round of ${reader.name} does not end`)
    }
  }

  async #ask(reader: Reader, manner: Manner, latest = false): Promise<void> {
    const { held, query } = reader
    const isLatest = latest && held === null
    const path = isLatest ? firstRequest(query, true) : (held?.url ?? reader.start)
    const refusal = held === null ? null : this.#refusalOf(held)
    const answer = await this.#driver.ask(path, { ...manner, seesHiddenMembers: query.seesHiddenMembers })
    this.answers.push(JSON.stringify(answer))
    if (!('text' in answer)) return this.#begin(reader, answer, refusal)
    if (refusal !== null) throw new Violation(refusal.invariant, `${reader.name} was answered although ${refusal.why}`)
    this.#counts.pages += 1
    this.#receive(reader, manner, readWirePage(JSON.parse(answer.text)), isLatest)
  }

  /** Why a link must be refused now; null when it must not. */
  #refusalOf({ base, seen, issuedAt, key }: Held): Expected | null {
    if (key < this.#oldestKey) return { invariant: 'restart', why: 'its key is gone' }
    if (this.#now - issuedAt > TOKEN_LIFE_MS || issuedAt <= this.#expiredAt) {
      return { invariant: 'I13', why: `its link was issued ${(this.#now - issuedAt) / HOUR_MS} hours ago` }
    }
    if (!this.reference.holds(seen)) return { invariant: 'I14', why: `version ${seen.version}, which it saw, was lost` }
    const { horizon } = this.reference
    return base < horizon ? { invariant: 'I13', why: `its base ${base} is below the horizon ${horizon}` } : null
  }

  /** A refused link: the reader drops its copy and begins again where the answer says. */
  #begin(reader: Reader, answer: Answer, refusal: Expected | null): void {
    if (!('code' in answer)) return
    const { status, code, location } = answer
    if (refusal === null) throw new Violation('I13', `${reader.name} has a good link and is told ${status} ${code}`)
    this.#counts.refusals += 1
    if (status !== 410 || code !== 'syncStateNotFound' || !location?.endsWith('$deltatoken=')) {
      throw new Violation('restart', `a link that ${refusal.why} is answered ${status} ${code}, Location ${location}`)
    }
    const bare = `${ROOT}/${reader.query.type}s/delta?$deltatoken=`
    const isUnknown = refusal.invariant === 'restart'
    if (isUnknown && location !== bare) throw new Violation('restart', `the Location is ${location}`)
    reader.start = isUnknown ? firstRequest(reader.query) : location
    forget(reader)
  }

  #receive(reader: Reader, manner: Manner, page: WirePage, latest: boolean): void {
    const { held, query } = reader
    const { head } = this.reference
    const link = this.#driver.open(page.link.url)
    if (link.kind !== page.link.kind) throw new Violation('I10', `a ${page.link.kind}Link holds a ${link.kind} token`)
    const round = (reader.round = roundOf(reader, held, head))
    round.requests += 1
    round.minimal &&= manner.minimal
    round.smallest = smaller(round.smallest, manner.limit)
    const scanning = held?.scanning ?? true
    const stillScanning = link.kind === 'next' && link.round.position.phase === 'scan'
    const phase = stillScanning ? 'scan' : scanning ? 'mixed' : 'catch-up'
    if (latest) {
      if (page.items.length > 0) throw new Violation('I8', 'latest tells something')
      reader.copy = this.reference.view(query, head)
    } else {
      checkBounds(page, manner.limit, held?.mayBeLarger ?? false)
      checkPage({ items: page.items, query, round, minimal: manner.minimal, phase }, this.reference, this.nameOf)
      record(round, page)
      mergeInto(reader.copy, page.items)
    }
    const position = link.kind === 'next' ? link.round.position : null
    const next: Held = {
      url: page.link.url,
      kind: link.kind,
      base: link.kind === 'delta' ? link.base : round.base,
      first: link.kind === 'next' && round.first,
      scanning: stillScanning,
      position: JSON.stringify(position),
      mayBeLarger: position?.phase === 'catch-up' && position.after.version > round.firstHead,
      firstHead: round.firstHead,
      seen: this.reference.mark(head),
      issuedAt: this.#now,
      key: this.#key,
    }
    if (link.kind === 'next') {
      if (round.positions.has(next.position)) throw new Violation('I9', `a nextLink does not move from ${next.position}`)
      round.positions.add(next.position)
    } else this.#endRound(reader, round, next.base, latest)
    keep(reader, next)
  }

  #endRound(reader: Reader, round: ReturnType<typeof newRound>, version: number, latest: boolean): void {
    const { head } = this.reference
    const { query, highest, name } = reader
    this.#counts.rounds += 1
    if (version !== head) throw new Violation('I2', `${name} got a deltaLink of version ${version} at head ${head}`)
    if (highest !== null && this.reference.holds(highest) && version < highest.version) {
      throw new Violation('I6', `${name} had version ${highest.version} and got ${version}`)
    }
    reader.highest = this.reference.mark(version)
    reader.round = null
    if (latest) return
    const differs = difference(reader.copy, this.reference.view(query, version), this.nameOf)
    if (differs !== null) {
      const kind = round.first ? 'first round' : 'round'
      throw new Violation('I1', `${name} at version ${version}, ${kind} from ${round.base}: ${differs}`)
    }
    if (round.whole) checkRound(round, query, this.reference, this.nameOf)
  }

  #startOver(reader: Reader): void {
    forget(reader)
    reader.start = firstRequest(reader.query)
  }

  async #misuse({ held, query }: Reader, how: Misuse): Promise<void> {
    if (held === null || held.key < this.#oldestKey) return
    const answer = await this.#driver.ask(misused(held.url, how), {
      limit: QUIET_LIMIT,
      minimal: false,
      seesHiddenMembers: query.seesHiddenMembers,
      asStranger: how === 'other tenant',
    })
    this.answers.push(JSON.stringify(answer))
    const isRefused = 'code' in answer && answer.status === 400 && answer.code === 'Request_BadRequest'
    if (!isRefused) throw new Violation('I11', `a link used ${how} is answered ${JSON.stringify(answer)}`)
    if (how === 'with an option') return
    if (answer.message !== 'The state token is not valid for this request.') {
      throw new Violation('I11', `a link used ${how} is refused with words of its own: ${answer.message}`)
    }
  }

  async #save(): Promise<void> {
    const driver = await this.#driver.save()
    if (driver !== null) this.#saved = { driver, reference: this.reference.save() }
  }

  async #lose(): Promise<void> {
    if (this.#saved === null) return
    await this.#saved.driver()
    this.#saved.reference()
    // What was going on is no quiet round any more, and saw what is gone: only its end can be held to the reference.
    for (const reader of this.readers) reader.round = null
  }

  async #checkLists(): Promise<void> {
    for (const type of ['group', 'user'] as const) {
      const listed = await this.#driver.listed(type)
      const live = [...this.reference.state].filter(([, entry]) => entry.type === type && entry.state === 'live')
      const should = live.map(([id, { members, owners }]) => ({ id, members: [...members].sort(), owners: [...owners].sort() }))
      should.sort((a, b) => (a.id < b.id ? -1 : 1))
      if (JSON.stringify(listed) !== JSON.stringify(should)) {
        throw new Violation('lists', `the ${type}s are ${JSON.stringify(listed)} and should be ${JSON.stringify(should)}`)
      }
    }
  }
}

/** The round that an answer belongs to; one that was left and come back to is no longer followed from its beginning. */
function roundOf({ round }: Reader, held: Held | null, head: number): ReturnType<typeof newRound> {
  if (held === null) return newRound(head, true, true, head)
  if (held.kind === 'delta') return newRound(held.base, false, true, head)
  return round ?? newRound(held.base, held.first, false, held.firstHead)
}

function smaller(a: Limit, b: Limit): Limit {
  return {
    objects: Math.min(a.objects, b.objects),
    edges: Math.min(a.edges, b.edges),
    examined: Math.min(a.examined, b.examined),
  }
}

function checkBounds({ items }: WirePage, limit: Limit, mayBeLarger: boolean): void {
  const edges = items.reduce((sum, item) => sum + item.edges.length, 0)
  const times = mayBeLarger ? LARGER : 1
  const { objects, examined } = limit
  if (items.length > objects * times || edges > limit.edges * times || edges > examined * times) {
    throw new Violation('page', `${items.length} objects with ${edges} edges, at bounds ${JSON.stringify(limit)}`)
  }
}

function record({ told }: ReturnType<typeof newRound>, { items }: WirePage): void {
  for (const { id, removed, values, edges } of items) {
    const known = told.get(id)
    const entry = known ?? { removed: null, bare: 0, names: new Set(), live: new Set(), edges: [] }
    if (known === undefined) told.set(id, entry)
    entry.removed = removed
    if (edges.length === 0) entry.bare += 1
    for (const name of Object.keys(values)) entry.names.add(name)
    for (const { relation, target, live } of edges) {
      const name = edgeName(relation, target)
      entry.edges.push(name)
      if (live) entry.live.add(name)
    }
  }
}

function misused(url: string, how: Misuse): string {
  switch (how) {
    case 'other kind':
      return url.includes('$skiptoken') ? url.replace('$skiptoken', '$deltatoken') : url.replace('$deltatoken', '$skiptoken')
    case 'other resource':
      return url.includes('/groups/') ? url.replace('/groups/', '/users/') : url.replace('/users/', '/groups/')
    case 'other version':
      return url.replace('/v1.0/', '/beta/')
    case 'altered': {
      const at = url.length - 9
      return `${url.slice(0, at)}${url[at] === 'A' ? 'B' : 'A'}${url.slice(at + 1)}`
    }
    case 'with an option':
      return `${url}&$select=id`
    case 'other tenant':
      return url
  }
}
