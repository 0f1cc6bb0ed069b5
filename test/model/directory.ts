import { groupValues, otherValues, type Surroundings, userValues } from './newcomer.ts'
import type {
  NewGroup,
  NewOther,
  NewUser,
  Operation,
  Refusal,
  Relation,
  SingleOperation,
  Type,
  Value,
  Values,
} from './operation.ts'

/** An object as the model keeps it. Groups alone have members and owners; what was purged has nothing. */
export interface Entry {
  readonly type: Type
  readonly state: 'live' | 'deleted' | 'purged'
  readonly unified: boolean
  readonly hidesMembers: boolean
  /** A name that is absent was never set. */
  readonly values: Values
  readonly members: ReadonlySet<string>
  readonly owners: ReadonlySet<string>
}

export type State = ReadonlyMap<string, Entry>

/** One thing that a commit did. A group may have been in the recycle bin when its edge changed. */
export type Happening =
  | { readonly kind: 'entered' | 'left' | 'purged'; readonly id: string }
  | { readonly kind: 'set'; readonly id: string; readonly name: string }
  | {
      readonly kind: 'edge'
      readonly id: string
      readonly relation: Relation
      readonly target: string
      readonly inBin: boolean
    }

export interface Circumstances extends Surroundings {
  /** False: security groups are purged at once. */
  readonly recyclesSecurityGroups: boolean
}

export type Outcome =
  | { readonly refused: ReadonlySet<Refusal> }
  | { readonly refused: null; readonly state: State; readonly happenings: readonly Happening[] }

const EXCHANGE = new Set(['allowExternalSenders', 'hideFromAddressLists'])
const READ_ONLY = new Set(['mail', 'createdDateTime', 'proxyAddresses', 'securityIdentifier'])
const NEVER_NULL = new Set(['displayName', 'mailNickname', 'visibility', 'securityEnabled', 'uniqueName'])

/** What an operation does to a directory, or every reason for which it may be refused. */
export function perform(before: State, operation: Operation, circumstances: Circumstances): Outcome {
  const state = new Map(before)
  const happenings: Happening[] = []
  const steps = operation.kind === 'batch' ? operation.operations : [operation]
  for (const step of steps) {
    const refused = new Performance(state, happenings, circumstances).run(step)
    if (refused.size > 0) return { refused }
  }
  return { refused: null, state, happenings }
}

class Performance {
  readonly #state: Map<string, Entry>
  readonly #happenings: Happening[]
  readonly #circumstances: Circumstances
  readonly #refused = new Set<Refusal>()

  constructor(state: Map<string, Entry>, happenings: Happening[], circumstances: Circumstances) {
    this.#state = state
    this.#happenings = happenings
    this.#circumstances = circumstances
  }

  run(operation: SingleOperation): Set<Refusal> {
    switch (operation.kind) {
      case 'createUser':
        this.#createUser(operation)
        break
      case 'createGroup':
        this.#createGroup(operation)
        break
      case 'createOther':
        this.#createOther(operation)
        break
      case 'patchUser':
        this.#patchUser(operation.id, operation.values)
        break
      case 'patchOther': {
        const entry = this.#find(operation.type, 'live', operation.id)
        if (entry === null) break
        if (operation.values['displayName'] === null) this.#refuse('Request_BadRequest')
        this.#set(operation.id, entry, operation.values)
        break
      }
      case 'patchGroup': {
        const { id, values, members, owners } = operation
        if (this.#find('group', 'live', id) === null) break
        this.#patchGroup(id, values, members.length + owners.length)
        for (const target of owners) this.#link(id, 'owners', target)
        for (const target of members) this.#link(id, 'members', target)
        break
      }
      case 'link':
        if (this.#find('group', 'live', operation.group) !== null)
          this.#link(operation.group, operation.relation, operation.target)
        break
      case 'unlink':
        this.#unlink(operation.group, operation.relation, operation.target)
        break
      case 'delete':
        this.#remove(operation.type, operation.id)
        break
      case 'restore':
        this.#restore(operation.id)
        break
      case 'purge':
        if (this.#find(null, 'deleted', operation.id) !== null) this.#purge(operation.id)
    }
    return this.#refused
  }

  #refuse(refusal: Refusal): void {
    this.#refused.add(refusal)
  }

  #find(type: Entry['type'] | null, state: Entry['state'], id: string): Entry | null {
    const entry = this.#state.get(id)
    if (entry?.state === state && (type === null || entry.type === type)) return entry
    this.#refuse('Request_ResourceNotFound')
    return null
  }

  /** Another live object of the type has this value, in whatever case. */
  #checkFree(id: string, type: Entry['type'], name: string, value: Value | undefined, unifiedOnly = false): void {
    if (typeof value !== 'string') return
    for (const [other, entry] of this.#state) {
      if (other === id || entry.state !== 'live' || entry.type !== type || (unifiedOnly && !entry.unified)) continue
      const held = entry.values[name]
      if (typeof held === 'string' && held.toLowerCase() === value.toLowerCase()) this.#refuse('Request_BadRequest')
    }
  }

  #checkNames(id: string, { type, values, unified }: Entry): void {
    if (type === 'user') this.#checkFree(id, 'user', 'userPrincipalName', values['userPrincipalName'])
    if (unified) this.#checkFree(id, 'group', 'mailNickname', values['mailNickname'], true)
    if (type === 'group') this.#checkFree(id, 'group', 'uniqueName', values['uniqueName'])
    if (type === 'device') this.#checkFree(id, 'device', 'deviceId', values['deviceId'])
    if (type === 'servicePrincipal') this.#checkFree(id, 'servicePrincipal', 'appId', values['appId'])
  }

  #enter(id: string, entry: Entry): void {
    this.#checkNames(id, entry)
    this.#state.set(id, entry)
    this.#happenings.push({ kind: 'entered', id })
    for (const name of Object.keys(entry.values)) this.#happenings.push({ kind: 'set', id, name })
  }

  #createUser(operation: NewUser): void {
    this.#enter(operation.id, { ...BLANK, type: 'user', values: userValues(operation, this.#circumstances) })
  }

  #createOther(operation: NewOther): void {
    const { type, id } = operation
    this.#enter(id, { ...BLANK, type, values: otherValues(operation, this.#circumstances) })
  }

  #createGroup(operation: NewGroup): void {
    const { id, sort, members, owners } = operation
    const values = groupValues(operation, this.#circumstances)
    if (values['displayName'] === undefined || members.length + owners.length > 20) this.#refuse('Request_BadRequest')
    this.#enter(id, { ...BLANK, type: 'group', unified: sort !== 'security', hidesMembers: sort === 'hidden', values })
    for (const target of owners) this.#link(id, 'owners', target)
    for (const target of members) this.#link(id, 'members', target)
  }

  #patchUser(id: string, values: Values): void {
    const entry = this.#find('user', 'live', id)
    if (entry === null) return
    if (values['displayName'] === null) this.#refuse('Request_BadRequest')
    const { mail } = values
    const addresses = mail === undefined ? {} : { proxyAddresses: mail === null ? [] : [`SMTP:${mail}`] }
    this.#set(id, entry, { ...values, ...addresses })
  }

  #patchGroup(id: string, values: Values, links: number): void {
    const entry = this.#state.get(id)
    if (entry === undefined) return
    const names = Object.keys(values)
    const outside = names.filter(name => EXCHANGE.has(name)).length
    if (outside > 0 && (outside < names.length || links > 0)) this.#refuse('Request_BadRequest')
    if (links > 20) this.#refuse('Request_BadRequest')
    if (names.some(name => READ_ONLY.has(name))) this.#refuse('Request_BadRequest')
    if (names.some(name => values[name] === null && NEVER_NULL.has(name))) this.#refuse('Request_BadRequest')
    const { uniqueName, mailNickname, visibility, securityEnabled } = values
    const held = entry.values['uniqueName']
    if (uniqueName !== undefined && held !== undefined && held !== uniqueName) this.#refuse('Request_BadRequest')
    const hides = visibility === 'HiddenMembership'
    if (visibility !== undefined && hides !== entry.hidesMembers) this.#refuse('Request_BadRequest')
    if (securityEnabled === false && !entry.unified) this.#refuse('Request_BadRequest')
    const renamed = entry.unified && mailNickname !== undefined && mailNickname !== entry.values['mailNickname']
    const mail = `${mailNickname}@${this.#circumstances.domain}`
    const changed = this.#set(id, entry, renamed ? { ...values, mail, proxyAddresses: [`SMTP:${mail}`] } : values)
    this.#checkNames(id, changed)
  }

  /** A value that is there already is no change. */
  #set(id: string, entry: Entry, values: Values): Entry {
    const differing = Object.entries(values).filter(([name, value]) => !isSame(entry.values[name], value))
    for (const [name] of differing) this.#happenings.push({ kind: 'set', id, name })
    const changed = { ...entry, values: { ...entry.values, ...Object.fromEntries(differing) } }
    this.#state.set(id, changed)
    return changed
  }

  #link(id: string, relation: Relation, target: string): void {
    const group = this.#state.get(id)
    const other = this.#find(null, 'live', target)
    if (group === undefined || other === null) return
    if (!isHeld(group, relation, other) || target === id || group[relation].has(target)) {
      this.#refuse('Request_BadRequest')
      return
    }
    this.#state.set(id, { ...group, [relation]: new Set(group[relation]).add(target) })
    this.#happenings.push({ kind: 'edge', id, relation, target, inBin: false })
  }

  #unlink(id: string, relation: Relation, target: string): void {
    const group = this.#find('group', 'live', id)
    if (group === null) return
    const isLastOwner = relation === 'owners' && group.owners.size === 1
    if (!group[relation].has(target)) this.#refuse('Request_ResourceNotFound')
    else if (isLastOwner) this.#refuse('Request_BadRequest')
    else this.#drop(id, group, relation, target)
  }

  #drop(id: string, group: Entry, relation: Relation, target: string): Entry {
    const left = new Set(group[relation])
    left.delete(target)
    const changed = { ...group, [relation]: left }
    this.#state.set(id, changed)
    this.#happenings.push({ kind: 'edge', id, relation, target, inBin: group.state !== 'live' })
    return changed
  }

  #remove(type: Entry['type'], id: string): void {
    const entry = this.#find(type, 'live', id)
    if (entry === null) return
    const isPurged = type === 'group' && !entry.unified && !this.#circumstances.recyclesSecurityGroups
    if (type === 'device' || isPurged) {
      this.#purge(id)
      return
    }
    this.#state.set(id, { ...entry, state: 'deleted' })
    this.#happenings.push({ kind: 'left', id })
  }

  #restore(id: string): void {
    const entry = this.#find(null, 'deleted', id)
    if (entry === null) return
    this.#checkNames(id, entry)
    this.#state.set(id, { ...entry, state: 'live' })
    this.#happenings.push({ kind: 'entered', id })
  }

  #purge(id: string): void {
    const entry = this.#state.get(id)
    if (entry === undefined) return
    this.#state.set(id, { ...BLANK, type: entry.type, state: 'purged' })
    this.#happenings.push({ kind: 'purged', id })
    for (const [group, found] of [...this.#state]) {
      let rest = found
      if (rest.members.has(id)) rest = this.#drop(group, rest, 'members', id)
      if (rest.owners.has(id)) this.#drop(group, rest, 'owners', id)
    }
  }
}

/** Who can be what of which group. */
function isHeld(group: Entry, relation: Relation, other: Entry): boolean {
  if (other.type === 'user') return true
  if (relation === 'owners') return other.type === 'servicePrincipal'
  return !group.unified && !other.unified
}

const BLANK: Omit<Entry, 'type'> = {
  state: 'live',
  unified: false,
  hidesMembers: false,
  values: {},
  members: new Set(),
  owners: new Set(),
}

export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
