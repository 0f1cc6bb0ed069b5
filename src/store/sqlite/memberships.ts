import type { ObjectType } from '../../core/fact.ts'
import type { ObjectId } from '../../core/id.ts'
import { BEYOND, merged } from '../../core/reach.ts'
import type { EdgeView } from '../../core/snapshot.ts'
import type { Cell, Connection, Row, TenantKey } from './connection.ts'
import { relationCode, typeCode } from './row.ts'

/** One snapshot of a tenant, as its database's connection sees it. */
export interface Reader {
  readonly connection: Connection
  readonly tenant: TenantKey
}

/** What edges lead to from any of `sources`: objects of one type, or of any where it is null. */
export interface TargetsQuery {
  readonly sources: readonly ObjectId[]
  readonly view: EdgeView
  readonly type: ObjectType | null
}

/** Parameters of the statements below: ?1 the tenant, ?2 what is asked about (an id, or several as JSON), ?3 whether hidden members are shown. */
function cells({ tenant }: Reader, asked: string, { relation, showHiddenMembers }: EdgeView): [Cell, Cell, Cell] {
  return [tenant, asked, Number(showHiddenMembers || relation !== 'members')]
}

function isViewed(group: string): string {
  return `o.tenant = ?1 AND o.type = 0 AND o.state = 0 AND o.id = ${group} AND (o.members_hidden = 0 OR ?3)`
}

const VIEWED_SOURCES = `json_each(?2) s CROSS JOIN objects o INDEXED BY objects_listed ON ${isViewed('s.value')}`

/** A group's edges are in order of target. Those to groups are few among many, and have an index. */
function edgesOf(source: string, { view, type }: TargetsQuery): string {
  const index = view.relation === 'members' && type === 'group' ? 'INDEXED BY edges_nested' : ''
  return `edges e ${index} WHERE e.tenant = ?1 AND e.source = ${source} AND e.relation = ${relationCode(view.relation)}
    AND e.live = 1 ${type === null ? '' : `AND e.target_type = ${typeCode(type)}`}`
}

function idOf({ id }: Row): ObjectId {
  return id as ObjectId
}

/**
 * Goes from group to group in the order of what each has first, with the page so far: a group that begins beyond a
 * full page ends it, none is read past the page's last id, and no more is ever held than two pages.
 */
export function targetsOf(
  reader: Reader,
  query: TargetsQuery,
  { after, before }: { readonly after: ObjectId | null; readonly before: ObjectId | null },
  limit: number,
): ObjectId[] {
  const { connection, tenant } = reader
  const start = after ?? ''
  const firsts = connection.all(
    `SELECT s.value AS id, (SELECT e.target FROM ${edgesOf('s.value', query)} AND e.target > ?4 ORDER BY e.target LIMIT 1) AS first
     FROM ${VIEWED_SOURCES} ORDER BY first`,
    ...cells(reader, JSON.stringify(query.sources), query.view),
    start,
  )
  const sql = `SELECT e.target AS id FROM ${edgesOf('?2', query)} AND e.target > ?3 AND e.target < ?4 ORDER BY e.target LIMIT ?5`
  let page: ObjectId[] = []
  for (const { id, first } of firsts) {
    if (first === null) continue
    const end = page.length < limit ? (before ?? BEYOND) : (page.at(-1) ?? BEYOND)
    if (String(first) > end) break
    page = merged(page, connection.all(sql, tenant, id ?? null, start, end, limit).map(idOf), limit)
  }
  return page
}

/** So many groups are asked for at once: the statement's list of them is a parameter. */
const SOURCES_AT_ONCE = 500

export function* eachTargetOf(reader: Reader, query: TargetsQuery, after: ObjectId | null): Generator<ObjectId> {
  const sql = `SELECT e.target AS id FROM ${VIEWED_SOURCES} CROSS JOIN ${edgesOf('s.value', query)} AND e.target > ?4`
  for (let at = 0; at < query.sources.length; at += SOURCES_AT_ONCE) {
    const sources = JSON.stringify(query.sources.slice(at, at + SOURCES_AT_ONCE))
    for (const row of reader.connection.iterate(sql, ...cells(reader, sources, query.view), after ?? ''))
      yield idOf(row)
  }
}

export function countTargetsOf(reader: Reader, query: TargetsQuery): number {
  const from = `${VIEWED_SOURCES} CROSS JOIN ${edgesOf('s.value', query)}`
  return count(reader, from, cells(reader, JSON.stringify(query.sources), query.view))
}

/** The edges to an object are in order of source. */
function edgesTo({ relation }: EdgeView): string {
  return `edges e INDEXED BY edges_to CROSS JOIN objects o INDEXED BY objects_listed ON ${isViewed('e.source')}
    WHERE e.tenant = ?1 AND e.target = ?2 AND e.relation = ${relationCode(relation)} AND e.live = 1`
}

export function sourcesOf(
  reader: Reader,
  target: ObjectId,
  view: EdgeView,
  after: ObjectId | null,
  limit: number,
): ObjectId[] {
  const sql = `SELECT e.source AS id FROM ${edgesTo(view)} AND e.source > ?4 ORDER BY e.source LIMIT ?5`
  return reader.connection.all(sql, ...cells(reader, target, view), after ?? '', limit).map(idOf)
}

export function countSourcesOf(reader: Reader, target: ObjectId, view: EdgeView): number {
  return count(reader, edgesTo(view), cells(reader, target, view))
}

function count({ connection }: Reader, from: string, parameters: readonly Cell[]): number {
  return Number(connection.get(`SELECT count(*) AS found FROM ${from}`, ...parameters)?.found)
}

/** UNION keeps each id once: where groups go in a circle it ends. Without an order each group is followed as it is asked for. */
function reached(step: string): string {
  return `WITH RECURSIVE reached (id) AS (VALUES (?2) UNION ${step}) SELECT id FROM reached WHERE id <> ?2`
}

const WITHIN = reached(`SELECT e.target FROM reached r
  CROSS JOIN objects o INDEXED BY objects_listed ON ${isViewed('r.id')}
  CROSS JOIN edges e INDEXED BY edges_nested
    ON e.tenant = ?1 AND e.source = r.id AND e.live = 1 AND e.relation = 1 AND e.target_type = 0`)

const AROUND = reached(`SELECT e.source FROM reached r
  CROSS JOIN edges e INDEXED BY edges_to ON e.tenant = ?1 AND e.target = r.id AND e.live = 1 AND e.relation = 1
  CROSS JOIN objects o INDEXED BY objects_listed ON ${isViewed('e.source')}`)

export function* groupsWithin(reader: Reader, source: ObjectId, showHiddenMembers: boolean): Generator<ObjectId> {
  const parameters = cells(reader, source, { relation: 'members', showHiddenMembers })
  for (const row of reader.connection.iterate(WITHIN, ...parameters)) yield idOf(row)
}

export function* groupsAround(reader: Reader, target: ObjectId, showHiddenMembers: boolean): Generator<ObjectId> {
  const parameters = cells(reader, target, { relation: 'members', showHiddenMembers })
  for (const row of reader.connection.iterate(AROUND, ...parameters)) yield idOf(row)
}
