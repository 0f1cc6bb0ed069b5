import { Chance } from './chance.ts'
import { FILTERED_NAMES, FILTERED_OTHERS, Invention } from './invention.ts'
import { MISUSES } from './misuse.ts'
import { type Operation, type SingleOperation, TYPES, type Type } from './operation.ts'
import type { History, Limit, Manner, Setting, SettingQuery, Step } from './step.ts'
import { DEFAULT_PROPERTIES, type Followed } from './view.ts'
import type { World } from './world.ts'

const SELECTABLE: Readonly<Record<Type, readonly string[]>> = {
  group: ['displayName', 'description', 'theme', 'mail', 'mailNickname', 'uniqueName', 'visibility'],
  user: ['displayName', 'jobTitle', 'department', 'mail', 'userPrincipalName'],
  device: ['displayName', 'accountEnabled', 'deviceId'],
  servicePrincipal: ['displayName', 'accountEnabled', 'servicePrincipalNames'],
}
const READERS = 3

/** The dice of a history: what they show depends on what has happened until they are cast. */
export interface Dice {
  readonly seed: number
  /** A cast of null is no step. */
  readonly casts: readonly (number | null)[]
}

/** How a history likes to go. */
interface Temper {
  readonly limit: Limit
  readonly minimal: number
  /** Either versions are lost, or readers go back to old links with new data: together no server could help them. */
  readonly losesTail: boolean
  readonly horizon: number
  readonly people: number
  readonly writes: number
}

/** What a history begins with. */
export function settingOf({ seed }: Dice): Setting {
  const chance = new Chance(seed)
  return {
    seed,
    recyclesSecurityGroups: chance.happens(0.85),
    queries: Array.from({ length: READERS }, () => queryOf(chance)),
  }
}

function queryOf(chance: Chance): SettingQuery {
  const kind = chance.weighted({ group: 15, user: 1, several: 4 })
  const selects = chance.happens(0.8)
  const isFiltered = kind !== 'user' && chance.happens(0.3)
  const names = isFiltered ? chance.sample(FILTERED_NAMES, 1 + chance.upTo(3)) : null
  const [type = 'group', ...others] = kind === 'several' ? chance.sample(TYPES, 1 + chance.upTo(3)) : [kind]
  return {
    ...followed(type, selects, chance),
    ...(kind === 'several' && { beside: others.map(other => followed(other, selects, chance)) }),
    selects,
    names: kind === 'several' && names !== null ? [...names, ...chance.some(FILTERED_OTHERS, 0.4)] : names,
    seesHiddenMembers: chance.happens(0.5),
  }
}

function followed(type: Type, selects: boolean, chance: Chance): Followed {
  const isGroup = type === 'group'
  if (!selects) return { type, properties: DEFAULT_PROPERTIES[type], relations: isGroup ? ['members'] : [] }
  const relations = isGroup ? [...chance.some(['members'] as const, 0.7), ...chance.some(['owners'] as const, 0.5)] : []
  return { type, properties: chance.some(SELECTABLE[type], 0.4), relations }
}

/** Turns dice into steps while they are played. */
export class Storyteller {
  readonly #dice: Dice
  readonly #world: World
  readonly #temper: Temper

  constructor(dice: Dice, world: World, losesTail: boolean) {
    this.#dice = dice
    this.#world = world
    const chance = new Chance(dice.seed + 1)
    this.#temper = {
      limit: anyLimit(chance),
      minimal: chance.one([0, 0.5, 1]),
      losesTail: chance.happens(0.4) && losesTail,
      horizon: 2 + chance.upTo(20),
      people: chance.one([5, 5, 8, 24]),
      writes: 30 + chance.upTo(30),
    }
  }

  /** Who is there at the start, and some groups of theirs. */
  *population(): Iterable<Step> {
    const chance = new Chance(this.#dice.seed + 2)
    const users = Array.from({ length: this.#temper.people }, (_, index): SingleOperation => {
      return { kind: 'createUser', id: this.#world.id(`u${index}`), alias: `u${index}` }
    })
    yield write({ kind: 'batch', operations: users })
    for (let count = chance.upTo(4); count > 0; count -= 1) {
      const other = new Invention(this.#world.reference, this.#world.id, chance).newOther()
      if (other !== null) yield write(other)
    }
    for (let count = 2 + chance.upTo(3); count > 0; count -= 1) {
      const group = new Invention(this.#world.reference, this.#world.id, chance).newGroup()
      if (group !== null) yield write(group)
    }
  }

  /** What a cast comes to; null for nothing. */
  step(cast: number): Step | null {
    const chance = new Chance(cast)
    const temper = this.#temper
    const reader = chance.upTo(READERS - 1)
    const kind = chance.weighted({
      write: temper.writes,
      ask: 38,
      finish: 4,
      goBack: 4,
      startOver: 0.6,
      misuse: 0.8,
      compact: 3,
      wait: 0.8,
      restart: 0.4,
      save: temper.losesTail ? 3 : 0,
      lose: temper.losesTail ? 2 : 0,
      expireTokens: 0.1,
      replaceKey: 0.3,
    })
    switch (kind) {
      case 'write': {
        const operation = new Invention(this.#world.reference, this.#world.id, chance).operation()
        return operation === null ? null : write(operation)
      }
      case 'ask':
        return { kind, reader, manner: this.#manner(chance), latest: chance.happens(0.1) }
      case 'finish':
        return { kind, reader, manner: this.#manner(chance) }
      case 'goBack': {
        const keepsCopy = !temper.losesTail && chance.happens(0.4)
        return { kind, reader, links: chance.upTo(4), keepsCopy }
      }
      case 'startOver':
        return { kind, reader }
      case 'misuse':
        return { kind, reader, how: chance.one(MISUSES) }
      case 'compact':
        return { kind, keep: chance.upTo(temper.horizon) }
      case 'wait':
        return { kind, hours: 1 + chance.upTo(200) }
      case 'replaceKey':
        return { kind, keepOld: chance.happens(0.7) }
      default:
        return { kind }
    }
  }

  #manner(chance: Chance): Manner {
    const limit = chance.happens(0.85) ? this.#temper.limit : anyLimit(chance)
    return { limit, minimal: chance.happens(this.#temper.minimal) }
  }
}

function write(operation: Operation): Step {
  return { kind: 'write', operation }
}

function anyLimit(chance: Chance): Limit {
  return {
    objects: chance.one([1, 1, 2, 3, 5]),
    edges: chance.one([1, 1, 2, 3, 6]),
    examined: chance.one([2, 3, 5, 9, 50]),
    bytes: chance.one([1, 700, 3_000, 1_000_000, 1_000_000, 1_000_000]),
  }
}

export interface Telling {
  /** Versions may be lost. */
  readonly losesTail: boolean
  /** Takes the steps as they are taken. */
  readonly steps?: Step[]
}

/** Plays what the dice come to. */
export async function playDice(dice: Dice, world: World, { losesTail, steps = [] }: Telling): Promise<void> {
  const teller = new Storyteller(dice, world, losesTail)
  const play = (step: Step): Promise<void> => {
    steps.push(step)
    return world.play(step)
  }
  for (const step of teller.population()) await play(step)
  for (const cast of dice.casts) {
    const step = cast === null ? null : teller.step(cast)
    if (step !== null) await play(step)
  }
  await world.settle()
}

export async function playHistory({ steps }: History, world: World): Promise<void> {
  for (const step of steps) await world.play(step)
  await world.settle()
}
