import { Fault } from './fault.ts'

/** A user or group of the history. `id` is the server's, null until its creation is answered. */
export interface Entry {
  readonly kind: 'user' | 'group'
  /** Unlike the name, different for every entry and the same for its life. */
  readonly key: string
  id: string | null
}

/**
 * Who is called what at a point of the history. A rename moves a name, a deleted group sets its name free for another.
 * Every method throws a `Fault` (exit 2) for a name that nobody bears, or that is taken.
 */
export interface Roster {
  addUser(name: string): Entry
  addGroup(name: string): Entry
  /** An entry that no line can name. */
  addSteward(): Entry
  group(name: string): Entry
  renameGroup(name: string, to: string): Entry
  deleteGroup(name: string): Entry
  /** The bearer of `user:NAME` or `group:NAME`. */
  member(reference: string): Entry
  /**
   * The same, for a membership that ends: it outlives the deletion of a nested group, so a group's name that nobody bears
   * any more means its last bearer.
   */
  formerMember(reference: string): Entry
}

/** A roster of nobody. */
export function newRoster(): Roster {
  const users = new Map<string, Entry>()
  const groups = new Map<string, Entry>()
  const deletedGroups = new Map<string, Entry>()
  let count = 0

  function newEntry(kind: Entry['kind']): Entry {
    count += 1
    return { kind, key: `${kind} ${count}`, id: null }
  }

  function add(bearers: Map<string, Entry>, kind: Entry['kind'], name: string): Entry {
    refuseTaken(bearers, kind, name)
    const entry = newEntry(kind)
    bearers.set(name, entry)
    return entry
  }

  function group(name: string): Entry {
    return bearer(groups.get(name), `group:${name}`)
  }

  function member(reference: string): Entry {
    const [bearers, name] = split(reference)
    return bearer(bearers.get(name), reference)
  }

  function formerMember(reference: string): Entry {
    const [bearers, name] = split(reference)
    return bearer(bearers.get(name) ?? (bearers === groups ? deletedGroups.get(name) : undefined), reference)
  }

  function split(reference: string): [Map<string, Entry>, string] {
    const colon = reference.indexOf(':')
    return [reference.slice(0, colon) === 'group' ? groups : users, reference.slice(colon + 1)]
  }

  return {
    addUser: name => add(users, 'user', name),
    addGroup: name => add(groups, 'group', name),
    addSteward: () => newEntry('user'),
    group,
    renameGroup(name, to) {
      const entry = group(name)
      if (to !== name) refuseTaken(groups, 'group', to)
      groups.delete(name)
      groups.set(to, entry)
      return entry
    },
    deleteGroup(name) {
      const entry = group(name)
      groups.delete(name)
      deletedGroups.set(name, entry)
      return entry
    },
    member,
    formerMember,
  }
}

/** The server's id of an entry whose creation has been answered. */
export function idOf(entry: Entry): string {
  if (entry.id === null) throw new Error(`The ${entry.key} is used before the server has answered its creation.`)
  return entry.id
}

function bearer(entry: Entry | undefined, reference: string): Entry {
  if (entry === undefined) throw new Fault(2, `nobody is called '${reference}' there.`)
  return entry
}

function refuseTaken(bearers: ReadonlyMap<string, Entry>, kind: Entry['kind'], name: string): void {
  if (bearers.has(name)) throw new Fault(2, `'${kind}:${name}' is there already.`)
}
