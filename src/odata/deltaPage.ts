import type { Item } from '../core/catchUp.ts'
import { OBJECT_TYPES, type ObjectType, type Relation } from '../core/fact.ts'
import type { Page } from '../core/page.ts'
import { standardProperties } from '../core/resource.ts'
import type { Link, Query, TrackedType } from '../core/round.ts'
import type { Projection } from '../core/snapshot.ts'
import type { MetadataLevel } from './metadataLevel.ts'
import {
  collectionNamed,
  type DeltaResource,
  odataType,
  readCollectionSelect,
  trackableNames,
} from './resourceNames.ts'
import { typedSelectText } from './typedSelect.ts'

type Entry = Readonly<Record<ObjectType, string>>

const TYPED_ENTRY = Object.fromEntries(
  OBJECT_TYPES.map(type => [type, `{"@odata.type":"${odataType(type)}","id":"`]),
) as Entry

const BARE_ENTRY = Object.fromEntries(OBJECT_TYPES.map(type => [type, '{"id":"'])) as Entry

function entryOf(level: MetadataLevel): Entry {
  return level === 'none' ? BARE_ENTRY : TYPED_ENTRY
}

/** How items begin: those of one type need not say what they are. */
function openingOf({ resource, level }: Pick<DeltaFrame, 'resource' | 'level'>): Entry {
  return resource === 'directoryObject' ? entryOf(level) : BARE_ENTRY
}

const RELATION_OPEN: Readonly<Record<Relation, string>> = {
  members: ',"members@delta":[',
  owners: ',"owners@delta":[',
}

/** How a scan writes what a query selects of a type. At the level `full` it is written as at `minimal`, and completed later. */
export function deltaProjection(
  { type, properties, relations }: TrackedType,
  { seesHiddenMembers }: Query,
  frame: Pick<DeltaFrame, 'resource' | 'level'>,
): Projection {
  return {
    open: openingOf(frame)[type],
    properties: isStandard(type, properties) ? 'standard' : properties,
    relations: relations.map(relation => ({ relation, open: RELATION_OPEN[relation] })),
    entry: entryOf(frame.level),
    showHiddenMembers: seesHiddenMembers,
  }
}

function isStandard(type: ObjectType, properties: readonly string[]): boolean {
  const standard = standardProperties(type)
  return properties.length === standard.length && properties.every(name => standard.includes(name))
}

/** Where an answer's links and context stand: `http://host/v1.0`. */
export type ServiceRoot = string

/** What the body of a delta answer says of itself. */
export interface DeltaFrame {
  readonly resource: DeltaResource
  readonly root: ServiceRoot
  readonly level: MetadataLevel
  /** The scalar names for the context of a first page; null without `$select`. */
  readonly selected: readonly string[] | null
  /** The sealed link. */
  readonly token: string
}

/** The body of a delta answer, in parts: the scan's bytes are not copied. */
export function deltaBody(page: Page, frame: DeltaFrame): Uint8Array[] {
  const { resource, root, level, selected, token } = frame
  const names = selected === null || selected.length === 0 ? '' : `(${selected.join(',')})`
  const url = JSON.stringify(`${root}/$metadata#${collectionNamed(resource)}${names}`)
  const context = level === 'none' ? '' : `"@odata.context":${url},`
  const name = page.link.kind === 'next' ? '@odata.nextLink' : '@odata.deltaLink'
  const link = JSON.stringify(deltaLink(resource, root, page.link.kind, token))
  const items = page.items.map(item => itemText(item, openingOf(frame)[typeOf(item)], entryOf(level))).join(',')
  const parts = [...page.scanned.map(({ json }) => json), Buffer.from(items)].filter(({ length }) => length > 0)
  const values = parts.flatMap((part, index) => (index === 0 ? [part] : [COMMA, part]))
  return [Buffer.from(`{${context}"${name}":${link},"value":[`), ...values, Buffer.from(']}')]
}

const COMMA = Buffer.from(',')

function typeOf(item: Item): ObjectType {
  return item.kind === 'removed' ? item.type : item.object.type
}

function deltaLink(resource: DeltaResource, root: ServiceRoot, kind: Link['kind'], token: string): string {
  const option = kind === 'next' ? '$skiptoken' : '$deltatoken'
  return `${root}/${collectionNamed(resource)}/delta?${option}=${token}`
}

function itemText(item: Item, open: string, entry: Entry): string {
  if (item.kind === 'removed') return `${open}${item.id}","@removed":{"reason":"${item.reason}"}}`
  const { object, properties, edges } = item
  const shown = properties.map(name => `,"${name}":${JSON.stringify(object.properties[name])}`).join('')
  const relations = (['members', 'owners'] as const).map(relation => {
    const entries = edges
      .filter(edge => edge.relation === relation)
      .map(
        ({ targetType, target, live }) =>
          `${entry[targetType]}${target}"${live ? '' : ',"@removed":{"reason":"deleted"}'}}`,
      )
    return entries.length === 0 ? '' : `${RELATION_OPEN[relation]}${entries.join(',')}]`
  })
  return `${open}${object.id}"${shown}${relations.join('')}}`
}

/**
 * Where a client begins again whose link cannot be followed: the query in clear with an empty `$deltatoken`
 * (DELTA-50); the path and the empty token alone where the query is not known (DELTA-53).
 */
export function restartLocation(resource: DeltaResource, root: ServiceRoot, query: Query | null): string {
  const path = `${root}/${collectionNamed(resource)}/delta`
  if (query === null) return `${path}?$deltatoken=`
  const options: string[] = []
  if (!query.types.every(isDefault)) {
    options.push(`$select=${resource === 'directoryObject' ? typedSelection(query) : selection(query)}`)
  }
  const filters = resource === 'directoryObject' ? query.types.map(({ type }) => `isof('microsoft.graph.${type}')`) : []
  if (query.ids !== null) {
    filters.push(...query.ids.map(id => `id eq '${id}'`))
  }
  if (filters.length > 0) options.push(`$filter=${encodeURIComponent(filters.join(' or '))}`)
  return `${path}?${[...options, '$deltatoken='].join('&')}`
}

function selection({ types: [tracked] }: Query): string {
  const names = namesOf(tracked)
  return names.length === 0 ? 'id' : names.join(',')
}

function typedSelection({ types }: Query): string {
  return typedSelectText(new Map(types.map(tracked => [tracked.type, namesOf(tracked)])))
}

/** `*` where all is tracked: a proxy may not pass a URL on that spells out the names of five types. */
function namesOf({ type, properties, relations }: TrackedType): string[] {
  const names = [...properties, ...relations]
  return readCollectionSelect(type, '*', trackableNames(type)).every(name => name === 'id' || names.includes(name))
    ? ['*']
    : names
}

function isDefault({ type, properties, relations }: TrackedType): boolean {
  return isStandard(type, properties) && relations.join() === (type === 'group' ? 'members' : '')
}
