import { DatabaseSync } from 'node:sqlite'

/** What a database must never hold, each as a query that finds it. */
const NEVER: Readonly<Record<string, string>> = {
  'commit records with a gap, or not from the horizon or below it up to the head': `
    SELECT t.tenant, t.head, t.horizon, count(c.version), min(c.version), max(c.version)
    FROM tenants t LEFT JOIN commits c USING (tenant) GROUP BY t.tenant
    HAVING count(c.version) <> t.head - coalesce(min(c.version), t.head + 1) + 1 OR coalesce(max(c.version), 0) <> t.head
    OR coalesce(min(c.version), t.head + 1) > max(t.horizon, 1)`,
  'a fact of a version that is not there': `
    SELECT tenant, version FROM (SELECT tenant, version FROM objects UNION SELECT tenant, version FROM edges) f
    JOIN tenants t USING (tenant) LEFT JOIN commits c USING (tenant, version)
    WHERE f.version > t.head OR (f.version > t.horizon AND c.version IS NULL)`,
  'a version that changed nothing and was overwritten by nothing': `
    SELECT c.tenant, c.version FROM commits c JOIN tenants t USING (tenant)
    WHERE c.version = t.head AND c.version > t.horizon
    AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.tenant = c.tenant AND o.version = c.version)
    AND NOT EXISTS (SELECT 1 FROM edges e WHERE e.tenant = c.tenant AND e.version = c.version)`,
  'a nonce twice': 'SELECT nonce FROM commits GROUP BY tenant, nonce HAVING count(*) > 1',
  'an edge whose ends are not there': `
    SELECT e.source, e.target FROM edges e LEFT JOIN objects s ON s.tenant = e.tenant AND s.id = e.source
    WHERE e.live = 1 AND (s.id IS NULL OR s.state = 2)`,
}

/** What is broken in a database file, in words; empty where nothing is. A server may have it open meanwhile. */
export function faultsOfFile(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    const faults = database
      .prepare('PRAGMA integrity_check')
      .all()
      .map(row => String(Object.values(row)[0]))
      .filter(word => word !== 'ok')
    for (const [fault, query] of Object.entries(NEVER)) {
      const found = database.prepare(query).all()
      if (found.length > 0) faults.push(`${fault}: ${JSON.stringify(found.slice(0, 3))}`)
    }
    return faults
  } finally {
    database.close()
  }
}

/** The newest version of the only tenant of a database. */
export function headOfFile(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    return Number(database.prepare('SELECT head FROM tenants').get()?.['head'])
  } finally {
    database.close()
  }
}

/** Throws where a file is broken, or where its head is not what all writes that are there make: each is one version. */
export function checkHead(path: string, expected: number): void {
  const faults = faultsOfFile(path)
  if (faults.length > 0) throw new Error(faults.join('; '))
  const head = headOfFile(path)
  if (head !== expected) throw new Error(`The head is ${head}, the writes that are there make ${expected}.`)
}
