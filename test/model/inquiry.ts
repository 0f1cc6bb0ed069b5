import { checkPage, checkRound } from './checker.ts'
import { type Answer, type Driver, ROOT, TOKEN_LIFE_MS } from './driver.ts'
import { type Misuse, misused } from './misuse.ts'
import { forget, type Held, keep, type Reader, roundOf } from './reader.ts'
import type { Reference } from './reference.ts'
import { type Round, takePage } from './round.ts'
import type { Manner } from './step.ts'
import { collectionOf, difference, firstRequest, mergeInto } from './view.ts'
import { Violation } from './violation.ts'
import { readWirePage, type WirePage } from './wire.ts'

/** What decides whether a link is good, besides the directory. Keys are numbered; those below `oldestKey` are gone. */
export interface Present {
  now: number
  expiredAt: number
  key: number
  oldestKey: number
}

export interface InquiryParts {
  readonly driver: Driver
  readonly reference: Reference
  readonly present: Present
  readonly nameOf: (id: string) => string
  /** Takes every answer. */
  readonly answers: string[]
}

const HOUR_MS = 3_600_000
/** More requests than any round here can need. */
const REQUESTS_MAX = 400

/** Why a link must be refused. */
interface Expected {
  readonly invariant: 'I13' | 'I14' | 'restart'
  readonly why: string
}

/** Makes the requests of readers, and holds each answer to the reference. */
export class Inquiry {
  readonly #parts: InquiryParts
  readonly counts = { pages: 0, rounds: 0, refusals: 0 }

  constructor(parts: InquiryParts) {
    this.#parts = parts
  }

  /** Asks until the round ends. */
  async finish(reader: Reader, manner: Manner): Promise<void> {
    for (let requests = 1; requests <= REQUESTS_MAX; requests += 1) {
      await this.ask(reader, manner, false)
      if (reader.held?.kind === 'delta') return
    }
    throw new Violation('I9', `the round of ${reader.name} does not end`)
  }

  async ask(reader: Reader, manner: Manner, latest: boolean): Promise<void> {
    const { driver, answers } = this.#parts
    const { held, query } = reader
    const isLatest = latest && held === null
    const path = isLatest ? firstRequest(query, true) : (held?.url ?? reader.start)
    const refusal = held === null ? null : this.#refusalOf(held)
    const answer = await driver.ask(path, { ...manner, seesHiddenMembers: query.seesHiddenMembers })
    answers.push(JSON.stringify(answer))
    if (!('text' in answer)) return this.#beginAgain(reader, answer, refusal)
    if (refusal !== null) throw new Violation(refusal.invariant, `${reader.name} was answered although ${refusal.why}`)
    this.counts.pages += 1
    this.#receive(reader, manner, readWirePage(JSON.parse(answer.text)), isLatest)
  }

  /** Asks with the reader's link for what it was not made. */
  async misuse({ held, query }: Reader, manner: Manner, how: Misuse): Promise<void> {
    const { driver, answers, present } = this.#parts
    if (held === null || held.key < present.oldestKey) return
    const { seesHiddenMembers } = query
    const asking = { ...manner, seesHiddenMembers, asStranger: how === 'other tenant' }
    const answer = await driver.ask(misused(held.url, how), asking)
    answers.push(JSON.stringify(answer))
    if (!('code' in answer) || answer.status !== 400 || answer.code !== 'Request_BadRequest') {
      throw new Violation('I11', `a link used ${how} is answered ${JSON.stringify(answer)}`)
    }
    if (how !== 'with an option' && answer.message !== 'The state token is not valid for this request.') {
      throw new Violation('I11', `a link used ${how} is refused with words of its own: ${answer.message}`)
    }
  }

  /** Why a link must be refused now; null when it must not. */
  #refusalOf({ base, seen, issuedAt, key }: Held): Expected | null {
    const { reference, present } = this.#parts
    const age = present.now - issuedAt
    if (key < present.oldestKey) return { invariant: 'restart', why: 'its key is gone' }
    if (age > TOKEN_LIFE_MS || issuedAt <= present.expiredAt) {
      return { invariant: 'I13', why: `its link was issued ${age / HOUR_MS} hours ago` }
    }
    if (!reference.holds(seen)) return { invariant: 'I14', why: `version ${seen.version}, which it saw, was lost` }
    if (base >= reference.horizon) return null
    return { invariant: 'I13', why: `its base ${base} is below the horizon ${reference.horizon}` }
  }

  /** A refused link: the reader drops its copy and begins again where the answer says. */
  #beginAgain(reader: Reader, answer: Answer, refusal: Expected | null): void {
    if (!('code' in answer)) return
    const { status, code, location } = answer
    if (refusal === null) throw new Violation('I13', `${reader.name} has a good link and is told ${status} ${code}`)
    this.counts.refusals += 1
    if (status !== 410 || code !== 'syncStateNotFound' || !location?.endsWith('$deltatoken=')) {
      throw new Violation('restart', `${reader.name} is told ${status} ${code}, Location ${location}: ${refusal.why}`)
    }
    const isUnknown = refusal.invariant === 'restart'
    if (isUnknown && location !== `${ROOT}/${collectionOf(reader.query)}/delta?$deltatoken=`) {
      throw new Violation('restart', `the Location for a link whose key is gone is ${location}`)
    }
    reader.start = isUnknown ? firstRequest(reader.query) : location
    forget(reader)
  }

  #receive(reader: Reader, manner: Manner, page: WirePage, latest: boolean): void {
    const { driver, reference, present, nameOf } = this.#parts
    const { held, query } = reader
    const link = driver.open(page.link.url)
    if (link.kind !== page.link.kind) throw new Violation('I10', `a ${page.link.kind}Link holds a ${link.kind} token`)
    const round = roundOf(reader, reference.head)
    reader.round = round
    takePage(round, manner, page)
    const position = link.kind === 'next' ? link.round.position : null
    const stillScans = position?.phase === 'scan'
    if (latest) {
      if (page.items.length > 0) throw new Violation('I8', 'latest tells something')
      reader.copy = reference.view(query, reference.head)
    } else {
      const phase = stillScans ? 'scan' : (held?.scanning ?? true) ? 'mixed' : 'catch-up'
      const read = {
        ...manner,
        items: page.items,
        query,
        round,
        phase,
        mayBeLarger: held?.mayBeLarger ?? false,
      } as const
      checkPage(read, reference, nameOf)
      mergeInto(reader.copy, page.items)
    }
    const next: Held = {
      url: page.link.url,
      kind: link.kind,
      base: link.kind === 'delta' ? link.base : round.base,
      first: link.kind === 'next' && round.first,
      scanning: stillScans,
      mayBeLarger: position?.phase === 'catch-up' && position.after.version > round.firstHead,
      firstHead: round.firstHead,
      seen: reference.mark(reference.head),
      issuedAt: present.now,
      key: present.key,
    }
    if (position === null) this.#endRound(reader, round, next.base, latest)
    else movesOn(round, JSON.stringify(position))
    keep(reader, next)
  }

  #endRound(reader: Reader, round: Round, version: number, latest: boolean): void {
    const { reference, nameOf } = this.#parts
    const { query, highest, name, copy } = reader
    this.counts.rounds += 1
    if (version !== reference.head) {
      throw new Violation('I2', `${name} got a deltaLink of version ${version} at head ${reference.head}`)
    }
    if (highest !== null && reference.holds(highest) && version < highest.version) {
      throw new Violation('I6', `${name} had version ${highest.version} and got ${version}`)
    }
    reader.highest = reference.mark(version)
    reader.round = null
    if (latest) return
    const differs = difference(copy, reference.view(query, version), nameOf)
    if (differs !== null) {
      const kind = round.first ? 'first round' : 'round'
      throw new Violation('I1', `${name} at version ${version}, ${kind} from ${round.base}: ${differs}`)
    }
    if (round.whole) checkRound(round, query, reference, nameOf)
  }
}

function movesOn({ positions }: Round, position: string): void {
  if (positions.has(position)) throw new Violation('I9', `a nextLink does not move from ${position}`)
  positions.add(position)
}
