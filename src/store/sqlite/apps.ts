import type { TenantId } from '../../core/id.ts'
import type { App, Store } from '../store.ts'
import type { Connection, Row } from './connection.ts'
import { keyOf } from './tenants.ts'
import type { Writer } from './writer.ts'

const APPS = 'SELECT a.*, t.id AS tenant_id FROM apps a JOIN tenants t USING (tenant)'
const APP = `${APPS} WHERE client_id = ?`

/** The apps of all tenants. */
export function appRegistry(
  connection: Connection,
  writer: Pick<Writer, 'alone'>,
): Pick<Store, 'app' | 'apps' | 'putApp' | 'changeApp'> {
  return {
    app: async clientId => readApp(connection.get(APP, clientId)),
    apps: async tenant =>
      connection.all(`${APPS} WHERE t.id = ? ORDER BY client_id`, tenant).flatMap(row => readApp(row) ?? []),
    putApp: app => writer.alone(alone => putApp(alone, app)),
    changeApp: (clientId, change) =>
      writer.alone(alone => {
        const app = change(readApp(alone.get(APP, clientId)))
        if (app === null) alone.run('DELETE FROM apps WHERE client_id = ?', clientId)
        else putApp(alone, app)
      }),
  }
}

function readApp(row: Row | undefined): App | null {
  if (row === undefined) return null
  return {
    clientId: String(row.client_id),
    tenant: row.tenant_id as TenantId,
    displayName: String(row.display_name),
    roles: JSON.parse(String(row.roles)),
    scopes: JSON.parse(String(row.scopes)),
    secretHashes: JSON.parse(String(row.secret_hashes)),
    certificates: JSON.parse(String(row.certificates)),
    redirectUris: JSON.parse(String(row.redirect_uris)),
    publicClient: row.public_client === 1,
    demo: row.demo === 1,
  }
}

function putApp(connection: Connection, app: App): void {
  connection.run(
    `INSERT OR REPLACE INTO apps (client_id, tenant, display_name, roles, scopes, secret_hashes, certificates,
       redirect_uris, public_client, demo) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    app.clientId,
    keyOf(connection, app.tenant),
    app.displayName,
    JSON.stringify(app.roles),
    JSON.stringify(app.scopes),
    JSON.stringify(app.secretHashes),
    JSON.stringify(app.certificates),
    JSON.stringify(app.redirectUris),
    Number(app.publicClient),
    Number(app.demo),
  )
}
