import type { Chance } from './chance.ts'
import type { Entry, State } from './directory.ts'
import {
  type NewGroup,
  type NewOther,
  type Operation,
  OTHERS,
  type Relation,
  type SingleOperation,
  type Sort,
  TYPES,
  type Value,
  type Values,
} from './operation.ts'
import type { Reference } from './reference.ts'

const GROUP_NAMES = Array.from({ length: 11 }, (_, index) => `g${index}`)
const GROUPS_MAX = 7
/** The names that a filter chooses from: groups that there are, were, or will be. */
export const FILTERED_NAMES: readonly string[] = GROUP_NAMES
/** The same of objects of other types. */
export const FILTERED_OTHERS: readonly string[] = ['u0', 'u1', 'd0', 's0']

const GROUP_VALUES: Readonly<Record<string, readonly [Value, ...Value[]]>> = {
  displayName: ['Staff', 'Crew', 'Team', 'Board'],
  description: [null, 'A', 'B', ''],
  theme: [null, 'Teal', 'Pink'],
  classification: [null, 'low', 'high'],
  preferredLanguage: [null, 'de-DE'],
  visibility: ['Private', 'Public'],
  mailNickname: ['n0', 'N0', 'n1', 'n2'],
  uniqueName: ['one', 'two'],
  membershipRuleProcessingState: [null, 'On'],
  securityEnabled: [true, false],
}
const USER_VALUES: Readonly<Record<string, readonly [Value, ...Value[]]>> = {
  displayName: ['Ann', 'Bob', 'Kim'],
  jobTitle: [null, 'Clerk', 'Chief'],
  department: [null, 'Sales'],
  mail: [null, 'a@post.example', 'b@post.example'],
}
const OTHER_VALUES: Readonly<Record<string, readonly [Value, ...Value[]]>> = {
  displayName: ['Box', 'Bot'],
  accountEnabled: [true, false],
}
/** Refused wherever they are set. */
const BAD_VALUES: readonly Values[] = [{ displayName: null }, { mail: 'x@y.example' }, { uniqueName: null }]

/** Thinks up the next write: mostly one that the directory will do, sometimes one that it must refuse. */
export class Invention {
  readonly #reference: Reference
  readonly #idOf: (name: string) => string
  readonly #chance: Chance
  /** The present one, or what it will be by the operations of a batch that are thought up already. */
  #state: State

  constructor(reference: Reference, idOf: (name: string) => string, chance: Chance) {
    this.#reference = reference
    this.#idOf = idOf
    this.#chance = chance
    this.#state = reference.state
  }

  /** Null where the draw fits nothing that there is. */
  operation(): Operation | null {
    if (!this.#chance.happens(0.08)) return this.#single()
    const operations: SingleOperation[] = []
    for (let draw = 0; draw < 4; draw += 1) {
      const operation = this.#single()
      if (operation === null) continue
      const outcome = this.#reference.tried(this.#state, operation)
      // One refused operation undoes its whole batch.
      if (outcome.refused !== null && !this.#chance.happens(0.03)) continue
      operations.push(operation)
      this.#state = outcome.refused === null ? outcome.state : this.#state
    }
    return operations.length === 0 ? null : { kind: 'batch', operations }
  }

  newGroup(): NewGroup | null {
    const chance = this.#chance
    const name = chance.of(GROUP_NAMES.filter(free => !this.#state.has(this.#idOf(free))))
    if (name === undefined || this.#ids('group', 'live').length >= GROUPS_MAX) return null
    const id = this.#idOf(name)
    const sort: Sort = chance.weighted({ security: 6, unified: 3, hidden: 1 })
    const { displayName: _, ...others } = this.#values(GROUP_VALUES, 0.25)
    const nickname = chance.happens(0.1) ? chance.one(['n0', 'n1']) : name
    const fixed = { mailNickname: nickname, visibility: undefined, securityEnabled: undefined }
    const values = Object.fromEntries(
      Object.entries({ ...others, displayName: chance.one(['Staff', 'Crew']) }).filter(([key]) => !(key in fixed)),
    )
    const members = this.#targets(chance.upTo(4), 'members', { id, unified: sort !== 'security' })
    return {
      kind: 'createGroup',
      id,
      sort,
      nickname,
      values,
      members,
      owners: this.#targets(chance.upTo(2), 'owners', { id }),
    }
  }

  #ids(type: Entry['type'], state: Entry['state']): string[] {
    const found = [...this.#state]
    return found.filter(([, entry]) => entry.type === type && entry.state === state).map(([id]) => id)
  }

  #single(): SingleOperation | null {
    const chance = this.#chance
    const kind = chance.weighted({
      createGroup: 10,
      patchGroup: 22,
      link: 20,
      unlink: 14,
      deleteGroup: 10,
      restoreGroup: 11,
      purgeGroup: 3,
      createUser: 1,
      patchUser: 4,
      deleteUser: 5,
      restoreUser: 2,
      purgeUser: 3.5,
      createOther: 3,
      patchOther: 1.5,
      deleteOther: 3,
      restoreOther: 1.5,
      purgeOther: 1,
      wrong: 2,
    })
    const live = chance.of(this.#ids('group', 'live'))
    switch (kind) {
      case 'createGroup':
        return this.newGroup()
      case 'patchGroup':
        return live === undefined ? null : this.#patch(live)
      case 'link':
        return live === undefined ? null : this.#link(live)
      case 'unlink':
        return live === undefined ? null : this.#unlink(live)
      case 'deleteGroup':
        return live === undefined ? null : { kind: 'delete', type: 'group', id: live }
      case 'restoreGroup':
      case 'purgeGroup': {
        const id = chance.of(this.#ids('group', 'deleted'))
        return id === undefined ? null : { kind: kind === 'purgeGroup' ? 'purge' : 'restore', id }
      }
      case 'createUser':
        return this.#newUser()
      case 'patchUser':
      case 'deleteUser': {
        const id = chance.of(this.#ids('user', 'live'))
        if (id === undefined) return null
        if (kind === 'deleteUser') return { kind: 'delete', type: 'user', id }
        return { kind, id, values: this.#values(USER_VALUES, 0.4) }
      }
      case 'restoreUser':
      case 'purgeUser': {
        const id = chance.of(this.#ids('user', 'deleted'))
        return id === undefined ? null : { kind: kind === 'purgeUser' ? 'purge' : 'restore', id }
      }
      case 'createOther':
        return this.newOther()
      case 'patchOther':
      case 'deleteOther': {
        const type = chance.one(OTHERS)
        const id = chance.of(this.#ids(type, 'live'))
        if (id === undefined) return null
        if (kind === 'deleteOther') return { kind: 'delete', type, id }
        return { kind, type, id, values: this.#values(OTHER_VALUES, 0.6) }
      }
      case 'restoreOther':
      case 'purgeOther': {
        const id = chance.of(this.#ids('servicePrincipal', 'deleted'))
        return id === undefined ? null : { kind: kind === 'purgeOther' ? 'purge' : 'restore', id }
      }
      case 'wrong':
        return this.#wrong()
    }
  }

  /** Something on an object of any kind and state: refused more often than not. */
  #wrong(): SingleOperation | null {
    const chance = this.#chance
    const any = [...this.#state.keys()]
    const id = chance.of(any)
    const target = chance.of(any)
    if (id === undefined || target === undefined) return null
    switch (chance.upTo(4)) {
      case 0:
        return { kind: 'link', group: id, relation: chance.one(['members', 'owners']), target }
      case 1:
        return { kind: 'unlink', group: id, relation: chance.one(['members', 'owners']), target }
      case 2:
        return { kind: 'delete', type: chance.one(TYPES), id }
      case 3:
        return { kind: chance.one(['restore', 'purge']), id }
      default:
        return { kind: 'patchGroup', id, values: chance.of(BAD_VALUES) ?? {}, members: [], owners: [] }
    }
  }

  #newUser(): SingleOperation | null {
    const used =
      this.#ids('user', 'live').length + this.#ids('user', 'deleted').length + this.#ids('user', 'purged').length
    if (used > 30) return null
    // Sometimes under a name that somebody bears, or bore.
    const alias = this.#chance.happens(0.3) ? `u${this.#chance.upTo(3)}` : `u${used}`
    return { kind: 'createUser', id: this.#idOf(`u${used}`), alias }
  }

  /** A device or a service principal; sometimes under a key that another has, or had. */
  newOther(): NewOther | null {
    const type = this.#chance.one(OTHERS)
    const used = [...this.#state.values()].filter(entry => entry.type === type).length
    if (used > 20) return null
    const letter = type === 'device' ? 'd' : 's'
    const key = this.#idOf(`${letter}${this.#chance.happens(0.2) ? this.#chance.upTo(2) : used} key`)
    return { kind: 'createOther', type, id: this.#idOf(`${letter}${used}`), key, displayName: `${letter}${used}` }
  }

  #values(table: Readonly<Record<string, readonly [Value, ...Value[]]>>, probability: number): Values {
    const chance = this.#chance
    const names = chance.some(Object.keys(table), probability)
    return Object.fromEntries(names.map(name => [name, chance.of(table[name] ?? []) ?? null]))
  }

  #patch(id: string): SingleOperation {
    const chance = this.#chance
    const entry = this.#state.get(id)
    const none = { members: [], owners: [] }
    if (chance.happens(0.05)) {
      return { kind: 'patchGroup', id, values: { hideFromAddressLists: chance.happens(0.5) }, ...none }
    }
    const name = chance.of(Object.keys(GROUP_VALUES)) ?? 'description'
    const values: Record<string, Value> = { [name]: chance.of(GROUP_VALUES[name] ?? []) ?? null }
    // What is named without being changed.
    const held = chance.of(Object.keys(GROUP_VALUES).filter(other => entry?.values[other] !== undefined))
    if (held !== undefined && held !== name && chance.happens(0.3)) values[held] = entry?.values[held] ?? null
    if (chance.happens(0.2)) values['description'] = chance.of(['A', 'B', null]) ?? null
    if (!chance.happens(0.18)) return { kind: 'patchGroup', id, values, ...none }
    const bulk = chance.happens(0.3) ? 20 : 3
    const members = this.#targets(bulk, 'members', { id, unified: entry?.unified ?? false })
    const owners = chance.happens(0.3) ? this.#targets(2, 'owners', { id }) : []
    return {
      kind: 'patchGroup',
      id,
      values: chance.happens(0.5) ? values : {},
      members: members.filter(member => !entry?.members.has(member)),
      owners: owners.filter(owner => !entry?.owners.has(owner)),
    }
  }

  /** Who can be that of a group: users, service principals as owners, and in a security group all but other kinds of group. */
  #targets(count: number, relation: Relation, { id, unified = false }: { id: string; unified?: boolean }): string[] {
    const users = this.#ids('user', 'live')
    if (relation === 'owners') return this.#chance.sample([...users, ...this.#ids('servicePrincipal', 'live')], count)
    if (unified) return this.#chance.sample(users, count)
    const groups = this.#ids('group', 'live').filter(other => other !== id && !this.#state.get(other)?.unified)
    const others = OTHERS.flatMap(type => this.#ids(type, 'live'))
    return this.#chance.sample([...users, ...groups, ...others], count)
  }

  #link(group: string): SingleOperation | null {
    const relation: Relation = this.#chance.happens(0.6) ? 'members' : 'owners'
    const unified = this.#state.get(group)?.unified ?? false
    const [target] = this.#targets(1, relation, { id: group, unified })
    return target === undefined ? null : { kind: 'link', group, relation, target }
  }

  #unlink(group: string): SingleOperation | null {
    const entry = this.#state.get(group)
    const relation: Relation = this.#chance.happens(0.6) ? 'members' : 'owners'
    const target = this.#chance.of([...(entry?.[relation] ?? [])])
    return target === undefined ? null : { kind: 'unlink', group, relation, target }
  }
}
