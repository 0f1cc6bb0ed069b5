import type { Relation, Type, Values } from './operation.ts'
import type { WireItem } from './wire.ts'

/** What a reader follows of the objects of one type. */
export interface Followed {
  readonly type: Type
  /** What its `$select` names of properties; all that are shown by default where `selects` is false. */
  readonly properties: readonly string[]
  readonly relations: readonly Relation[]
}

/** What a reader follows. */
export interface ReaderQuery extends Followed {
  /** What it follows of other types: as directory objects, like the first. Where it is not there, the first alone. */
  readonly beside?: readonly Followed[]
  readonly selects: boolean
  readonly ids: readonly string[] | null
  readonly seesHiddenMembers: boolean
}

/** What a query follows of a type; undefined for nothing. */
export function followedOf(query: ReaderQuery, type: Type): Followed | undefined {
  return [query, ...(query.beside ?? [])].find(followed => followed.type === type)
}

export interface Viewed {
  readonly values: Values
  readonly members: Set<string>
  readonly owners: Set<string>
}

/** Objects by id: the tracked view of a version, or a reader's copy of it. */
export type View = Map<string, Viewed>

/** What a GET of one object shows by default, without `id` (docs/protocol.md, DELTA-20); of devices and apps what is ever set here. */
export const DEFAULT_PROPERTIES: Readonly<Record<Type, readonly string[]>> = {
  group:
    'classification createdDateTime deletedDateTime description displayName expirationDateTime groupTypes isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme visibility'.split(
      ' ',
    ),
  user: 'businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName'.split(
    ' ',
  ),
  device:
    'accountEnabled alternativeSecurityIds deviceId displayName operatingSystem operatingSystemVersion profileType registrationDateTime'.split(
      ' ',
    ),
  servicePrincipal:
    'accountEnabled appId appRoleAssignmentRequired displayName servicePrincipalNames servicePrincipalType'.split(' '),
}

/** The collection whose delta a query asks for. */
export function collectionOf({ type, beside }: ReaderQuery): string {
  return beside === undefined ? `${type}s` : 'directoryObjects'
}

/** The first request of a query: a path below the service root. */
export function firstRequest(query: ReaderQuery, latest = false): string {
  const { beside, selects, ids } = query
  const options: string[] = []
  const all = [query, ...(beside ?? [])]
  const names = all.flatMap(({ type, properties, relations }) =>
    [...properties, ...relations].map(name => (beside === undefined ? name : `microsoft.graph.${type}/${name}`)),
  )
  const types = beside === undefined ? [] : all.map(({ type }) => `isof('microsoft.graph.${type}')`)
  const filters = [...types, ...(ids ?? []).map(id => `id eq '${id}'`)]
  if (selects) options.push(`$select=${names.length === 0 ? 'id' : names.join(',')}`)
  if (filters.length > 0) options.push(`$filter=${filters.join(' or ').replaceAll(' ', '%20')}`)
  if (latest) options.push('$deltatoken=latest')
  return `/${collectionOf(query)}/delta${options.length === 0 ? '' : `?${options.join('&')}`}`
}

/**
 * What a client does with a page: it drops what is told as removed, with its members and owners, and sets of all else
 * what is sent.
 */
export function mergeInto(copy: View, items: readonly WireItem[]): void {
  for (const { id, removed, values, edges } of items) {
    if (removed !== null) {
      copy.delete(id)
      continue
    }
    const held = copy.get(id) ?? { values: {}, members: new Set(), owners: new Set() }
    copy.set(id, { ...held, values: { ...held.values, ...values } })
    for (const { relation, target, live } of edges) {
      if (live) held[relation].add(target)
      else held[relation].delete(target)
    }
  }
}

export function cloneView(view: View): View {
  return new Map(
    [...view].map(([id, { values, members, owners }]) => [
      id,
      { values, members: new Set(members), owners: new Set(owners) },
    ]),
  )
}

/** In words, the first way in which a copy differs from what it should be; null when it does not. */
export function difference(copy: View, wanted: View, nameOf: (id: string) => string): string | null {
  for (const id of copy.keys()) if (!wanted.has(id)) return `${nameOf(id)} should not be there`
  for (const [id, right] of wanted) {
    const held = copy.get(id)
    if (held === undefined) return `${nameOf(id)} is missing`
    for (const name of new Set([...Object.keys(right.values), ...Object.keys(held.values)])) {
      const [is, should] = [JSON.stringify(held.values[name]), JSON.stringify(right.values[name])]
      if (is !== should) return `'${name}' of ${nameOf(id)} is ${is ?? 'not set'} and should be ${should ?? 'not set'}`
    }
    for (const relation of ['members', 'owners'] as const) {
      const missing = [...right[relation]].filter(target => !held[relation].has(target)).map(nameOf)
      const extra = [...held[relation]].filter(target => !right[relation].has(target)).map(nameOf)
      if (missing.length > 0) return `${nameOf(id)} lacks among its ${relation}: ${missing.join(', ')}`
      if (extra.length > 0)
        return `${nameOf(id)} has among its ${relation} what should not be there: ${extra.join(', ')}`
    }
  }
  return null
}
