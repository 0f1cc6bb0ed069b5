import type { Driver } from './driver.ts'
import type { Misuse } from './misuse.ts'
import type { Operation, Other, Relation, SingleOperation, Sort, Values } from './operation.ts'
import type { Limit, SettingQuery } from './step.ts'
import type { Viewed } from './view.ts'
import { World } from './world.ts'

/** A short history in domain words, whose title is what it shows. Every answer in it is held to the reference besides. */
export interface Story {
  readonly title: string
  /** What its readers follow; one that follows everything unless given. */
  readonly readers?: readonly Partial<SettingQuery>[]
  readonly tell: (stage: Stage) => Promise<void>
}

export interface Links {
  readonly members?: readonly string[]
  readonly owners?: readonly string[]
}

const LARGE: Limit = { objects: 100, edges: 100, examined: 1_000, bytes: 1_000_000 }

/** How a reader of a story asks; its pages are large unless it says otherwise. */
export interface Request extends Partial<Limit> {
  readonly reader?: number
  readonly minimal?: boolean
}

const EVERYTHING: SettingQuery = {
  type: 'group',
  selects: true,
  properties: ['displayName', 'description', 'theme'],
  relations: ['members', 'owners'],
  names: null,
  seesHiddenMembers: false,
}

export async function tellStory({ tell, readers = [{}] }: Story, driver: Driver): Promise<void> {
  const queries = readers.map(query => ({ ...EVERYTHING, ...query }))
  const world = await World.open(driver, { seed: 1, recyclesSecurityGroups: true, queries })
  await tell(new Stage(world))
  await world.settle()
}

/** What stories do: writes by name, requests of their readers, and looks at the copies that these hold. */
export class Stage {
  readonly world: World
  #commit: SingleOperation[] | null = null

  constructor(world: World) {
    this.world = world
  }

  /** All writes of `work` in one commit. */
  async inOneCommit(work: (stage: Stage) => void): Promise<void> {
    const operations: SingleOperation[] = []
    this.#commit = operations
    work(this)
    this.#commit = null
    await this.#write({ kind: 'batch', operations })
  }

  async people(...names: string[]): Promise<void> {
    await this.inOneCommit(() => {
      for (const name of names) this.#operate({ kind: 'createUser', id: this.world.id(name), alias: name })
    })
  }

  other(type: Other, name: string): Promise<void> {
    const id = this.world.id(name)
    return this.#operate({ kind: 'createOther', type, id, key: this.world.id(`${name} key`), displayName: name })
  }

  group(name: string, { members = [], owners = [] }: Links = {}, values: Values = {}, sort: Sort = 'security') {
    return this.#operate({
      kind: 'createGroup',
      id: this.world.id(name),
      sort,
      nickname: name,
      values: { displayName: name, ...values },
      members: members.map(this.world.id),
      owners: owners.map(this.world.id),
    })
  }

  set(name: string, values: Values, { members = [], owners = [] }: Links = {}): Promise<void> {
    const id = this.world.id(name)
    const type = this.world.reference.state.get(id)?.type
    if (type === 'user') return this.#operate({ kind: 'patchUser', id, values })
    if (type === 'device' || type === 'servicePrincipal') return this.#operate({ kind: 'patchOther', type, id, values })
    return this.#operate({
      kind: 'patchGroup',
      id,
      values,
      members: members.map(this.world.id),
      owners: owners.map(this.world.id),
    })
  }

  add(target: string, relation: Relation, group: string): Promise<void> {
    return this.#operate({ kind: 'link', group: this.world.id(group), relation, target: this.world.id(target) })
  }

  remove(target: string, relation: Relation, group: string): Promise<void> {
    return this.#operate({ kind: 'unlink', group: this.world.id(group), relation, target: this.world.id(target) })
  }

  delete(name: string): Promise<void> {
    const id = this.world.id(name)
    const type = this.world.reference.state.get(id)?.type ?? 'group'
    return this.#operate({ kind: 'delete', type, id })
  }

  restore(name: string): Promise<void> {
    return this.#operate({ kind: 'restore', id: this.world.id(name) })
  }

  /** From the recycle bin. */
  purge(name: string): Promise<void> {
    return this.#operate({ kind: 'purge', id: this.world.id(name) })
  }

  /** What the recycle bin keeps is deleted, and then for good. */
  async erase(name: string): Promise<void> {
    await this.delete(name)
    await this.purge(name)
  }

  /** One page. */
  ask(request: Request = {}): Promise<void> {
    return this.world.play({ kind: 'ask', ...manner(request) })
  }

  /** Page after page to the deltaLink. */
  finish(request: Request = {}): Promise<void> {
    return this.world.play({ kind: 'finish', ...manner(request) })
  }

  latest(reader = 0): Promise<void> {
    return this.world.play({ kind: 'ask', ...manner({ reader }), latest: true })
  }

  goBack(links: number, { keepsCopy = false, reader = 0 } = {}): Promise<void> {
    return this.world.play({ kind: 'goBack', reader, links, keepsCopy })
  }

  misuse(how: Misuse): Promise<void> {
    return this.world.play({ kind: 'misuse', reader: 0, how })
  }

  /** The horizon moves to a version. */
  compact(horizon: number): Promise<void> {
    return this.world.play({ kind: 'compact', keep: this.head - horizon })
  }

  save(): Promise<void> {
    return this.world.play({ kind: 'save' })
  }

  lose(): Promise<void> {
    return this.world.play({ kind: 'lose' })
  }

  expireTokens(): Promise<void> {
    return this.world.play({ kind: 'expireTokens' })
  }

  replaceKey(keepOld: boolean): Promise<void> {
    return this.world.play({ kind: 'replaceKey', keepOld })
  }

  wait(hours: number): Promise<void> {
    return this.world.play({ kind: 'wait', hours })
  }

  get head(): number {
    return this.world.reference.head
  }

  /** The names in the order in which a scan comes to them. */
  inKeyOrder(...names: string[]): string[] {
    return names.sort((a, b) => (this.world.id(a) < this.world.id(b) ? -1 : 1))
  }

  /** What the reader holds of an object; undefined for nothing. */
  copyOf(name: string, reader = 0): Viewed | undefined {
    return this.world.reader(reader).copy.get(this.world.id(name))
  }

  /** The names that the reader's copy has, in alphabetical order. */
  copied(relation: Relation, group: string, reader = 0): string[] {
    return [...(this.copyOf(group, reader)?.[relation] ?? [])].map(this.world.nameOf).sort()
  }

  /** Whether the reader's round has ended: it holds a deltaLink. */
  isAtEnd(reader = 0): boolean {
    return this.world.reader(reader).held?.kind === 'delta'
  }

  /** Whether the reader's last link was refused: it has to begin again. */
  mustBeginAgain(reader = 0): boolean {
    return this.world.reader(reader).held === null
  }

  #operate(operation: SingleOperation): Promise<void> {
    if (this.#commit === null) return this.#write(operation)
    this.#commit.push(operation)
    return Promise.resolve()
  }

  #write(operation: Operation): Promise<void> {
    return this.world.play({ kind: 'write', operation })
  }
}

function manner({ reader = 0, minimal = false, ...bounds }: Request) {
  return { reader, manner: { minimal, limit: { ...LARGE, ...bounds } } }
}
