import type { DirectoryObject } from '../../core/fact.ts'
import { LIST_KEYS, type ListKey, listKeysOf } from '../../core/list.ts'
import type { Connection, TenantKey } from './connection.ts'
import { OBJECT_COLUMNS, readObject, stateCode, typeCode } from './row.ts'

export function listKeyCode(key: ListKey): number {
  return LIST_KEYS.indexOf(key) + 1
}

/** Files an object under the keys by which lists find it, in place of those of what it was (null: of nothing). */
export function fileObject(
  connection: Connection,
  tenant: TenantKey,
  before: DirectoryObject | null,
  after: DirectoryObject,
): void {
  const old = before === null ? new Map<ListKey, string>() : listKeysOf(before)
  const filed = listKeysOf(after)
  const moved = before === null || before.type !== after.type || before.state !== after.state
  for (const key of LIST_KEYS) {
    const [from, to] = [old.get(key), filed.get(key)]
    if (from === to && !moved) continue
    if (from !== undefined && before !== null) {
      connection.run(
        'DELETE FROM object_keys WHERE tenant = ? AND type = ? AND state = ? AND key = ? AND value = ? AND id = ?',
        tenant,
        typeCode(before.type),
        stateCode(before.state),
        listKeyCode(key),
        from,
        before.id,
      )
    }
    if (to !== undefined) put(connection, tenant, after, key, to)
  }
}

function put(connection: Connection, tenant: TenantKey, object: DirectoryObject, key: ListKey, value: string): void {
  connection.run(
    'INSERT OR REPLACE INTO object_keys (tenant, type, state, key, value, id) VALUES (?, ?, ?, ?, ?, ?)',
    tenant,
    typeCode(object.type),
    stateCode(object.state),
    listKeyCode(key),
    value,
    object.id,
  )
}

/** Files every object of a database that comes from a schema without keys. */
export function fileAllObjects(connection: Connection): void {
  for (const row of connection.iterate(`SELECT tenant, ${OBJECT_COLUMNS} FROM objects`)) {
    const object = readObject(row)
    for (const [key, value] of listKeysOf(object)) put(connection, Number(row['tenant']), object, key, value)
  }
}
