import type { Item } from '../core/catchUp.ts'
import { OBJECT_TYPES, type ObjectType, type Relation } from '../core/fact.ts'
import type { Page } from '../core/page.ts'
import { standardProperties } from '../core/resource.ts'
import type { Link, Query } from '../core/round.ts'
import type { Projection } from '../core/snapshot.ts'
import type { MetadataLevel } from './metadataLevel.ts'
import { ENTITY_SETS, odataType } from './resourceNames.ts'

type Entry = Readonly<Record<ObjectType, string>>

const TYPED_ENTRY = Object.fromEntries(
  OBJECT_TYPES.map(type => [type, `{"@odata.type":"${odataType(type)}","id":"`]),
) as Entry

const ITEM_OPEN = '{"id":"'

const BARE_ENTRY = Object.fromEntries(OBJECT_TYPES.map(type => [type, ITEM_OPEN])) as Entry

function entryOf(level: MetadataLevel): Entry {
  return level === 'none' ? BARE_ENTRY : TYPED_ENTRY
}

const RELATION_OPEN: Readonly<Record<Relation, string>> = {
  members: ',"members@delta":[',
  owners: ',"owners@delta":[',
}

/** How a scan writes what a query selects. At the level `full` it is written as at `minimal`, and completed later. */
export function deltaProjection(query: Query, level: MetadataLevel): Projection {
  const standard = standardProperties(query.type)
  const isStandard =
    query.properties.length === standard.length && query.properties.every(name => standard.includes(name))
  return {
    open: ITEM_OPEN,
    properties: isStandard ? 'standard' : query.properties,
    relations: query.relations.map(relation => ({ relation, open: RELATION_OPEN[relation] })),
    entry: entryOf(level),
    showHiddenMembers: query.seesHiddenMembers,
  }
}

/** Where an answer's links and context stand: `http://host/v1.0`. */
export type ServiceRoot = string

/** What the body of a delta answer says of itself. */
export interface DeltaFrame {
  readonly type: ObjectType
  readonly root: ServiceRoot
  readonly level: MetadataLevel
  /** The scalar names for the context of a first page; null without `$select`. */
  readonly selected: readonly string[] | null
  /** The sealed link. */
  readonly token: string
}

/** The body of a delta answer, in parts: the scan's bytes are not copied. */
export function deltaBody(page: Page, { type, root, level, selected, token }: DeltaFrame): Uint8Array[] {
  const names = selected === null || selected.length === 0 ? '' : `(${selected.join(',')})`
  const url = JSON.stringify(`${root}/$metadata#${ENTITY_SETS[type]}${names}`)
  const context = level === 'none' ? '' : `"@odata.context":${url},`
  const name = page.link.kind === 'next' ? '@odata.nextLink' : '@odata.deltaLink'
  const link = JSON.stringify(deltaLink(type, root, page.link.kind, token))
  const items = page.items.map(item => itemText(item, entryOf(level))).join(',')
  const scanned = page.scanned?.json ?? new Uint8Array()
  const comma = scanned.length > 0 && items !== '' ? ',' : ''
  return [Buffer.from(`{${context}"${name}":${link},"value":[`), scanned, Buffer.from(`${comma}${items}]}`)]
}

function deltaLink(type: ObjectType, root: ServiceRoot, kind: Link['kind'], token: string): string {
  const option = kind === 'next' ? '$skiptoken' : '$deltatoken'
  return `${root}/${ENTITY_SETS[type]}/delta?${option}=${token}`
}

function itemText(item: Item, entry: Entry): string {
  if (item.kind === 'removed') return `${ITEM_OPEN}${item.id}","@removed":{"reason":"${item.reason}"}}`
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
  return `${ITEM_OPEN}${object.id}"${shown}${relations.join('')}}`
}

/**
 * Where a client begins again whose link cannot be followed: the query in clear with an empty `$deltatoken`
 * (DELTA-50); the path and the empty token alone where the query is not known (DELTA-53).
 */
export function restartLocation(type: ObjectType, root: ServiceRoot, query: Query | null): string {
  const path = `${root}/${ENTITY_SETS[type]}/delta`
  if (query === null) return `${path}?$deltatoken=`
  const options: string[] = []
  if (!isDefault(query)) {
    const names = [...query.properties, ...query.relations]
    options.push(`$select=${names.length === 0 ? 'id' : names.join(',')}`)
  }
  if (query.ids !== null) {
    options.push(`$filter=${encodeURIComponent(query.ids.map(id => `id eq '${id}'`).join(' or '))}`)
  }
  return `${path}?${[...options, '$deltatoken='].join('&')}`
}

function isDefault(query: Query): boolean {
  const relations = query.type === 'group' ? 'members' : ''
  return deltaProjection(query, 'minimal').properties === 'standard' && query.relations.join() === relations
}
