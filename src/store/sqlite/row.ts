import { relationRank } from '../../core/cursor.ts'
import {
  type DirectoryObject,
  type Edge,
  type JsonValue,
  OBJECT_TYPES,
  type ObjectState,
  type ObjectType,
  RELATIONS,
  type Relation,
  type Version,
} from '../../core/fact.ts'
import type { Filterable } from '../../core/filter.ts'
import type { ObjectId } from '../../core/id.ts'
import { isStandard } from '../../core/resource.ts'
import type { Cell, Row } from './connection.ts'

const STATES: readonly ObjectState[] = ['live', 'deleted', 'purged']

export function typeCode(type: ObjectType): number {
  return OBJECT_TYPES.indexOf(type)
}

export function stateCode(state: ObjectState): number {
  return STATES.indexOf(state)
}

/** The place of a relation in the order of changes: so a cursor's rank and a stored code can be compared. */
export function relationCode(relation: Relation): number {
  return relationRank(relation)
}

/** The columns of an object's row, in the order of `objectCells` without the tenant. */
export const OBJECT_COLUMNS =
  'id, type, state, version, entered, deleted_at, members_hidden, standard, additional, stamps'

/** The same of an object that is read with its standard properties alone. */
export const STANDARD_COLUMNS = OBJECT_COLUMNS.replace('additional', "'{}' AS additional")

/**
 * Finds an object by tenant and id, whatever its type, with which the primary key begins: type after type until one is
 * found. With `type IN (…)` SQLite would make a table of the types at every question.
 */
export const OBJECT_BY_ID = OBJECT_TYPES.map(
  type => `SELECT ${OBJECT_COLUMNS} FROM objects WHERE tenant = ?1 AND type = ${typeCode(type)} AND id = ?2`,
).join(' UNION ALL ')

export function objectCells(object: DirectoryObject): Cell[] {
  const standard: Record<string, JsonValue> = {}
  const additional: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(object.properties)) {
    if (isStandard(object.type, name)) standard[name] = value
    else additional[name] = value
  }
  return [
    object.id,
    typeCode(object.type),
    stateCode(object.state),
    object.version,
    object.entered,
    object.deletedAt,
    Number(object.membersHidden),
    JSON.stringify(standard),
    JSON.stringify(additional),
    stampsText(object.stamps),
  ]
}

export function readObject(row: Row): DirectoryObject {
  const properties = { ...JSON.parse(String(row.standard)), ...JSON.parse(String(row.additional)) }
  return {
    id: row.id as ObjectId,
    type: coded(OBJECT_TYPES, row.type),
    state: coded(STATES, row.state),
    version: Number(row.version),
    entered: Number(row.entered),
    deletedAt: row.deleted_at as string | null,
    membersHidden: row.members_hidden === 1,
    properties,
    stamps: readStamps(String(row.stamps), Object.keys(properties)),
  }
}

/** As much of an object as a filter looks at: it passes over most rows, whose stamps nobody needs. */
export function readFilterable(row: Row): Filterable {
  const standard = JSON.parse(String(row.standard))
  const additional = row.additional === '{}' ? null : JSON.parse(String(row.additional))
  return {
    id: row.id as ObjectId,
    deletedAt: row.deleted_at as string | null,
    membersHidden: row.members_hidden === 1,
    properties: additional === null ? standard : { ...standard, ...additional },
  }
}

/** The bytes of all properties of an object, as `sizeOf` counts them. */
export function sizeOfRow(row: Row): number {
  const standard = Buffer.byteLength(String(row.standard))
  const additional = Buffer.byteLength(String(row.additional))
  return standard + additional - 2 + Number(standard > 2 && additional > 2)
}

export const EDGE_COLUMNS = 'source, relation, target, target_type, live, version'

export function edgeCells(edge: Edge): Cell[] {
  return [
    edge.source,
    relationCode(edge.relation),
    edge.target,
    typeCode(edge.targetType),
    Number(edge.live),
    edge.version,
  ]
}

export function readEdge(row: Row): Edge {
  return {
    source: row.source as ObjectId,
    relation: coded(RELATIONS, Number(row.relation) - 1),
    target: row.target as ObjectId,
    targetType: coded(OBJECT_TYPES, row.target_type),
    live: row.live === 1,
    version: Number(row.version),
  }
}

/** Most properties of most objects were set at one commit: its version stands once, under the name ''. */
function stampsText(stamps: Readonly<Record<string, Version>>): string {
  const counts = new Map<Version, number>()
  for (const version of Object.values(stamps)) counts.set(version, (counts.get(version) ?? 0) + 1)
  let common: Version | undefined
  for (const [version, count] of counts) if (count > (counts.get(common ?? -1) ?? 0)) common = version
  if (common === undefined) return '{}'
  const text: Record<string, Version> = { '': common }
  for (const [name, version] of Object.entries(stamps)) if (version !== common) text[name] = version
  return JSON.stringify(text)
}

function readStamps(text: string, names: readonly string[]): Record<string, Version> {
  const kept = JSON.parse(text) as Record<string, Version>
  const common = kept['']
  const stamps: Record<string, Version> = {}
  for (const name of names) {
    const version = kept[name] ?? common
    if (version === undefined) throw new Error(`The property '${name}' has no version.`)
    stamps[name] = version
  }
  return stamps
}

function coded<T>(values: readonly T[], code: Cell | undefined): T {
  const value = values[Number(code)]
  if (value === undefined) throw new Error(`The database holds the unknown code ${code}.`)
  return value
}
