/** Tells a Tidemark database from other SQLite files (`PRAGMA application_id`): the letters TIDE. */
export const APPLICATION_ID = 0x54494445

/** The version of the schema below (`PRAGMA user_version`). An older one is migrated at start, a newer one refused. */
export const SCHEMA_VERSION = 6

interface AddedColumn {
  readonly table: string
  readonly name: string
  readonly definition: string
}

type CreateTable = 'CREATE TABLE' | 'CREATE TABLE IF NOT EXISTS'

/** By what lists find and order objects: folded text of a property, whose code is its place in LIST_KEYS (from 1). */
const objectKeys = (create: CreateTable): string => `
${create} object_keys (
  tenant INTEGER NOT NULL,
  type INTEGER NOT NULL,
  state INTEGER NOT NULL,
  key INTEGER NOT NULL,
  value TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (tenant, type, state, key, value, id)
) STRICT, WITHOUT ROWID;`

/** By which domains tenants are found; the tenants themselves hold them in their order. */
const tenantDomains = (create: CreateTable): string => `
${create} tenant_domains (
  domain TEXT NOT NULL,
  tenant INTEGER NOT NULL REFERENCES tenants (tenant),
  PRIMARY KEY (domain, tenant)
) STRICT, WITHOUT ROWID;`

/** Files the domains of all tenants; those of one with a condition on `t`. */
export const FILE_DOMAINS =
  'INSERT OR IGNORE INTO tenant_domains SELECT d.value, t.tenant FROM tenants t CROSS JOIN json_each(t.domains) d'

/** One row: the time to which housekeeping has come, by the clock that it then believed. */
const housekeeping = (create: CreateTable): string => `
${create} housekeeping (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  at INTEGER NOT NULL
) STRICT;`

/** Directory roles of users, by name. */
const directoryRoles = (create: CreateTable): string => `
${create} directory_roles (
  tenant INTEGER NOT NULL,
  user TEXT NOT NULL,
  role TEXT NOT NULL,
  PRIMARY KEY (tenant, user, role)
) STRICT, WITHOUT ROWID;`

/** The keys of deleted tenants, which no other tenant gets; `swept` once nothing is left of what one held. */
const deletedTenants = (create: CreateTable): string => `
${create} deleted_tenants (
  tenant INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  swept INTEGER NOT NULL DEFAULT 0
) STRICT;`

/**
 * The primary key of all that a tenant has begins with the tenant. A fact is one row with the version of its latest
 * change. Objects are kept in key order, which is the order of a scan; `objects_feed` and `edges_feed` are the order of
 * a catch-up, `edges_feed_of` that of a filtered one. `edges_to` finds what a purge removes and whose member an object
 * is (with the rest of the primary key behind it, it is in order of source), `edges_nested` the groups in a group,
 * `edges_removed` what a compaction drops.
 *
 * `type`, `relation` and `state` are codes: the place in OBJECT_TYPES, RELATIONS (from 1) and live, deleted, purged.
 * `standard` and `additional` hold JSON objects: the properties of the standard representation, and the others.
 * `stamps` holds the versions of both: the name '' stands for all that it does not name.
 */
export const SCHEMA = `
CREATE TABLE tenants (
  tenant INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  domains TEXT NOT NULL,
  head INTEGER NOT NULL DEFAULT 0,
  horizon INTEGER NOT NULL DEFAULT 0,
  kind TEXT NOT NULL DEFAULT 'workforce'
) STRICT;

CREATE TABLE apps (
  client_id TEXT PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenants (tenant),
  display_name TEXT NOT NULL,
  roles TEXT NOT NULL,
  secret_hashes TEXT NOT NULL,
  demo INTEGER NOT NULL,
  scopes TEXT NOT NULL DEFAULT '[]',
  certificates TEXT NOT NULL DEFAULT '[]',
  redirect_uris TEXT NOT NULL DEFAULT '[]',
  public_client INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE commits (
  tenant INTEGER NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  nonce TEXT NOT NULL,
  app TEXT,
  request_id TEXT,
  user TEXT,
  PRIMARY KEY (tenant, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE objects (
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  type INTEGER NOT NULL,
  state INTEGER NOT NULL,
  version INTEGER NOT NULL,
  entered INTEGER NOT NULL,
  deleted_at TEXT,
  members_hidden INTEGER NOT NULL,
  standard TEXT NOT NULL,
  additional TEXT NOT NULL,
  stamps TEXT NOT NULL,
  PRIMARY KEY (tenant, type, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX objects_listed ON objects (tenant, type, state, id, members_hidden);
CREATE INDEX objects_feed ON objects (tenant, type, version, id);

${objectKeys('CREATE TABLE')}
${tenantDomains('CREATE TABLE')}
${housekeeping('CREATE TABLE')}
${directoryRoles('CREATE TABLE')}
${deletedTenants('CREATE TABLE')}
CREATE TABLE alternate_keys (
  tenant INTEGER NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  object TEXT NOT NULL,
  PRIMARY KEY (tenant, name, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX alternate_keys_of ON alternate_keys (tenant, object);

CREATE TABLE edges (
  tenant INTEGER NOT NULL,
  source TEXT NOT NULL,
  relation INTEGER NOT NULL,
  target TEXT NOT NULL,
  target_type INTEGER NOT NULL,
  live INTEGER NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (tenant, source, relation, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX edges_feed ON edges (tenant, version, source, relation, target);
CREATE INDEX edges_feed_of ON edges (tenant, source, version, relation, target);
CREATE INDEX edges_to ON edges (tenant, target) WHERE live = 1;
CREATE INDEX edges_nested ON edges (tenant, source, target) WHERE live = 1 AND relation = 1 AND target_type = 0;
CREATE INDEX edges_removed ON edges (tenant, version) WHERE live = 0;

CREATE VIEW groups AS
  SELECT t.id AS tenant_id, o.id, o.standard ->> 'displayName' AS display_name, o.standard ->> 'mailNickname' AS mail_nickname,
    o.standard ->> 'mail' AS mail, o.standard ->> 'description' AS description,
    CASE WHEN o.standard -> 'groupTypes' LIKE '%"Unified"%' THEN 'microsoft365' ELSE 'security' END AS kind,
    o.standard ->> 'createdDateTime' AS created_at, o.state = 1 AS deleted, o.deleted_at, o.version
  FROM objects o JOIN tenants t USING (tenant) WHERE o.type = 0 AND o.state < 2;
CREATE VIEW users AS
  SELECT t.id AS tenant_id, o.id, o.standard ->> 'displayName' AS display_name,
    o.standard ->> 'userPrincipalName' AS user_principal_name, o.standard ->> 'mail' AS mail,
    o.additional ->> 'accountEnabled' AS account_enabled, o.additional ->> 'createdDateTime' AS created_at,
    o.state = 1 AS deleted, o.deleted_at, o.version
  FROM objects o JOIN tenants t USING (tenant) WHERE o.type = 1 AND o.state < 2;
CREATE VIEW group_members AS
  SELECT t.id AS tenant_id, e.source AS group_id, e.target AS member_id,
    CASE e.target_type WHEN 0 THEN 'group' WHEN 1 THEN 'user' WHEN 2 THEN 'device' WHEN 3 THEN 'servicePrincipal' ELSE 'orgContact' END AS member_type,
    e.version
  FROM edges e JOIN tenants t USING (tenant) WHERE e.relation = 1 AND e.live = 1;
CREATE VIEW group_owners AS
  SELECT t.id AS tenant_id, e.source AS group_id, e.target AS owner_id,
    CASE e.target_type WHEN 0 THEN 'group' WHEN 1 THEN 'user' WHEN 2 THEN 'device' WHEN 3 THEN 'servicePrincipal' ELSE 'orgContact' END AS owner_type,
    e.version
  FROM edges e JOIN tenants t USING (tenant) WHERE e.relation = 2 AND e.live = 1;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${SCHEMA_VERSION};
`

/** What makes a database of an older schema one of the next, by the older one's version. Each can be run twice. */
export const MIGRATIONS: ReadonlyMap<number, string> = new Map([
  [
    1,
    `CREATE INDEX IF NOT EXISTS edges_nested ON edges (tenant, source, target)
       WHERE live = 1 AND relation = 1 AND target_type = 0;`,
  ],
  [2, objectKeys('CREATE TABLE IF NOT EXISTS')],
  [3, housekeeping('CREATE TABLE IF NOT EXISTS')],
  [4, `${tenantDomains('CREATE TABLE IF NOT EXISTS')} ${FILE_DOMAINS};`],
  [5, `${directoryRoles('CREATE TABLE IF NOT EXISTS')} ${deletedTenants('CREATE TABLE IF NOT EXISTS')}`],
])

/** Columns that a migration adds where they are missing (SQLite has no word for that), by the older schema's version. */
export const ADDED_COLUMNS: ReadonlyMap<number, readonly AddedColumn[]> = new Map([
  [
    5,
    [
      { table: 'commits', name: 'user', definition: 'TEXT' },
      { table: 'tenants', name: 'kind', definition: "TEXT NOT NULL DEFAULT 'workforce'" },
      { table: 'apps', name: 'scopes', definition: "TEXT NOT NULL DEFAULT '[]'" },
      { table: 'apps', name: 'certificates', definition: "TEXT NOT NULL DEFAULT '[]'" },
      { table: 'apps', name: 'redirect_uris', definition: "TEXT NOT NULL DEFAULT '[]'" },
      { table: 'apps', name: 'public_client', definition: 'INTEGER NOT NULL DEFAULT 0' },
    ],
  ],
])
