import type { Driver } from './driver.ts'
import { idOf } from './identity.ts'
import { Inquiry, type Present } from './inquiry.ts'
import { type Operation, TYPES } from './operation.ts'
import { forget, goBack, newReader, type Reader } from './reader.ts'
import { Reference } from './reference.ts'
import { type Manner, type Setting, type Step, stepText } from './step.ts'
import { difference, firstRequest, type ReaderQuery } from './view.ts'
import { Violation } from './violation.ts'

const START = Date.UTC(2026, 0, 15, 9)
const STEP_MS = 1_000
const HOUR_MS = 3_600_000
const QUIET: Manner = { limit: { objects: 3, edges: 4, examined: 7, bytes: 1_000 }, minimal: false }

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
  readonly inquiry: Inquiry
  readonly #driver: Driver
  readonly #setting: Setting
  readonly #names = new Map<string, string>()
  readonly #present: Present = { now: START, expiredAt: 0, key: 0, oldestKey: 0 }
  #saved: { readonly reference: () => void; readonly driver: () => Promise<void> } | null = null

  private constructor(driver: Driver, setting: Setting, domain: string) {
    const { recyclesSecurityGroups, queries } = setting
    this.#driver = driver
    this.#setting = setting
    this.reference = new Reference({ domain, recyclesSecurityGroups })
    this.readers = queries.map(({ names, ...rest }, index) => {
      const query: ReaderQuery = { ...rest, ids: names?.map(name => this.id(name)).sort() ?? null }
      return newReader(`reader ${index}`, query, firstRequest(query))
    })
    const { reference, answers, nameOf } = this
    this.inquiry = new Inquiry({ driver, reference, answers, nameOf, present: this.#present })
  }

  static async open(driver: Driver, setting: Setting): Promise<World> {
    const count = (played.get(driver) ?? 0) + 1
    played.set(driver, count)
    const tenant = `${count.toString(16).padStart(8, '0')}-0000-4000-8000-00000000a11e`
    const domain = `${tenant.slice(0, 8)}.tidemark.example`
    const world = new World(driver, setting, domain)
    const clock = { now: () => world.#present.now }
    await driver.begin({ tenant, domain, clock, recyclesSecurityGroups: setting.recyclesSecurityGroups })
    return world
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

  /** Plays one step, which takes a second; one that cannot be done now does nothing. */
  async play(step: Step): Promise<void> {
    const { reference } = this
    const present = this.#present
    this.story.push(`v${reference.head}: ${stepText(step, this.nameOf)}`)
    present.now += STEP_MS
    switch (step.kind) {
      case 'write':
        return this.#write(step.operation)
      case 'ask':
        return this.inquiry.ask(this.reader(step.reader), step.manner, step.latest ?? false)
      case 'finish':
        return this.inquiry.finish(this.reader(step.reader), step.manner)
      case 'goBack':
        goBack(this.reader(step.reader), step.links, step.keepsCopy)
        return
      case 'startOver': {
        const reader = this.reader(step.reader)
        forget(reader)
        reader.start = firstRequest(reader.query)
        return
      }
      case 'misuse':
        return this.inquiry.misuse(this.reader(step.reader), QUIET, step.how)
      case 'compact': {
        const horizon = Math.max(0, reference.head - step.keep)
        reference.compact(horizon)
        return this.#driver.compact(horizon)
      }
      case 'wait':
        present.now += step.hours * HOUR_MS
        return
      case 'restart':
        return this.#driver.restart()
      case 'save':
        return this.#save()
      case 'lose':
        return this.#lose()
      case 'expireTokens':
        present.expiredAt = present.now
        return this.#driver.expireTokens()
      case 'replaceKey':
        present.key += 1
        if (!step.keepOld) present.oldestKey = present.key
        return this.#driver.replaceKey(step.keepOld)
    }
  }

  /** Nobody writes any more: every reader comes to its link, then to an empty round, and its copy is the directory. */
  async settle(): Promise<void> {
    this.story.push('all is quiet')
    for (const [index, reader] of this.readers.entries()) {
      this.#present.now += STEP_MS
      const manner = { ...QUIET, minimal: index === 1 }
      await this.inquiry.finish(reader, manner)
      await this.inquiry.finish(reader, manner)
      const wanted = this.reference.view(reader.query, this.reference.head)
      const differs = difference(reader.copy, wanted, this.nameOf)
      if (differs !== null) throw new Violation('I1', `when all is quiet ${reader.name}: ${differs}`)
    }
    await this.#checkLists()
  }

  async #write(operation: Operation): Promise<void> {
    const expected = this.reference.apply(operation, this.#present.now)
    const refusal = await this.#driver.write(operation)
    this.answers.push(refusal ?? 'done')
    if (refusal === null ? expected !== null : !expected?.has(refusal)) {
      const should = expected === null ? 'be done' : `be refused with ${[...expected].join(' or ')}`
      throw new Violation('write', `${operation.kind} was ${refusal ?? 'done'} and should ${should}`)
    }
    const head = await this.#driver.head()
    if (head !== this.reference.head) {
      throw new Violation('write', `the head is ${head} and should be ${this.reference.head}`)
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
    for (const type of TYPES) {
      const listed = JSON.stringify(await this.#driver.listed(type))
      const live = [...this.reference.state].filter(([, entry]) => entry.type === type && entry.state === 'live')
      const should = live
        .map(([id, { members, owners }]) => ({ id, members: [...members].sort(), owners: [...owners].sort() }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      if (listed === JSON.stringify(should)) continue
      throw new Violation('lists', `the ${type}s are ${listed} and should be ${JSON.stringify(should)}`)
    }
  }
}
