import type { ObjectId } from '../../core/id.ts'
import { notFound } from '../../core/problem.ts'
import type { RoleHolder, Store } from '../store.ts'
import type { Connection, TenantKey } from './connection.ts'
import { stateCode, typeCode } from './row.ts'
import { keyOf } from './tenants.ts'
import type { Writer } from './writer.ts'

/** The directory roles of users. */
export function roleRegistry(
  connection: Connection,
  writer: Pick<Writer, 'alone'>,
): Pick<Store, 'directoryRoles' | 'roleHolders' | 'changeDirectoryRoles'> {
  return {
    directoryRoles: async (tenant, user) => rolesOf(connection, keyOf(connection, tenant), user),
    roleHolders: async tenant => {
      const rows = connection.all(
        'SELECT user, role FROM directory_roles WHERE tenant = ? ORDER BY user, role',
        keyOf(connection, tenant),
      )
      const holders = new Map<ObjectId, string[]>()
      for (const { user, role } of rows) {
        const roles = holders.get(user as ObjectId)
        if (roles === undefined) holders.set(user as ObjectId, [String(role)])
        else roles.push(String(role))
      }
      return [...holders].map(([user, roles]): RoleHolder => ({ user, roles }))
    },
    changeDirectoryRoles: (tenant, user, change) =>
      writer.alone(alone => {
        const key = keyOf(alone, tenant)
        if (!isThere(alone, key, user)) throw notFound(user)
        const roles = change(rolesOf(alone, key, user))
        alone.run('DELETE FROM directory_roles WHERE tenant = ? AND user = ?', key, user)
        for (const role of roles) {
          alone.run('INSERT OR IGNORE INTO directory_roles (tenant, user, role) VALUES (?, ?, ?)', key, user, role)
        }
      }),
  }
}

function rolesOf(connection: Connection, tenant: TenantKey, user: ObjectId): string[] {
  return connection
    .all('SELECT role FROM directory_roles WHERE tenant = ? AND user = ? ORDER BY role', tenant, user)
    .map(({ role }) => String(role))
}

function isThere(connection: Connection, tenant: TenantKey, user: ObjectId): boolean {
  const row = connection.get(
    `SELECT 1 FROM objects WHERE tenant = ? AND type = ${typeCode('user')} AND id = ? AND state < ${stateCode('purged')}`,
    tenant,
    user,
  )
  return row !== undefined
}
