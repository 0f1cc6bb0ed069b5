import { OBJECT_TYPES } from '../../core/fact.ts'
import { isStandard } from '../../core/resource.ts'
import type { Projection, Scope } from '../../core/snapshot.ts'
import { relationCode } from './row.ts'

/** SQL for the text of an object, a row `o`, up to its relations. Bytes are cut, since to cut text its characters are counted. */
export function headSql({ scope, projection }: { readonly scope: Scope; readonly projection: Projection }): string {
  const { open, properties } = projection
  const start = `${quoted(open)} || o.id || '"'`
  if (properties === 'standard') {
    return `${start} || CASE o.standard WHEN '{}' THEN ''
      ELSE ',' || substr(CAST(o.standard AS BLOB), 2, octet_length(o.standard) - 2) END`
  }
  const texts = properties.map(name => {
    const column = isStandard(scope.type, name) ? 'o.standard' : 'o.additional'
    return ` || coalesce(${quoted(`,"${name}":`)} || (${column} -> ${quoted(name)}), '')`
  })
  return start + texts.join('')
}

/** SQL for the bytes of the properties of an object, a row `o`, as `sizeOf` counts those that a scope reads. */
export function sizeSql({ properties }: Scope): string {
  const [standard, additional] = ['octet_length(o.standard)', 'octet_length(o.additional)']
  if (properties === 'standard') return standard
  // The braces of two texts, where one has a comma between them.
  return `(${standard} + ${additional} - 2 + (${standard} > 2 AND ${additional} > 2))`
}

/** SQL for the text of the relations of an object, a row `o`; one that has no live edge is not written. */
export function relationsSql(projection: Projection): string {
  const { relations, showHiddenMembers } = projection
  if (relations.length === 0) return "''"
  return relations
    .map(({ relation, open }) => {
      const edges = `(SELECT group_concat(item, ',') FROM (
        SELECT ${entrySql(projection, 'e')} AS item FROM edges e
        WHERE e.tenant = o.tenant AND e.source = o.id AND e.relation = ${relationCode(relation)} AND e.live = 1
        ORDER BY e.target))`
      const seen =
        relation === 'members' && !showHiddenMembers ? `CASE o.members_hidden WHEN 0 THEN ${edges} END` : edges
      return `coalesce(${quoted(open)} || ${seen} || ']', '')`
    })
    .join(' || ')
}

/** SQL for the text of an edge in its relation; `row` has its target and that one's type. */
export function entrySql({ entry }: Projection, row: string): string {
  const openings = OBJECT_TYPES.map((type, code) => `WHEN ${code} THEN ${quoted(entry[type])}`).join(' ')
  return `CASE ${row}.target_type ${openings} END || ${row}.target || '"}'`
}

/** A SQL literal of text that the projection hands in (no caller's text reaches it, and quotes are doubled all the same). */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
