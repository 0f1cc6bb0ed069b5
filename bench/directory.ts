import { createHash, randomUUID } from 'node:crypto'
import {
  constants,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { hashSecret, newClientSecret } from '../src/auth/issuer/secret.ts'
import type { TenantId } from '../src/core/id.ts'
import { openSqliteStore } from '../src/store/sqlite/store.ts'
import type { Store } from '../src/store/store.ts'
import { type Population, populate } from './population.ts'

/** A database file with a population, and an app that may do anything in it. */
export interface Directory {
  readonly path: string
  readonly tenant: TenantId
  readonly clientId: string
  readonly clientSecret: string
}

type Access = Omit<Directory, 'path'>

const DOMAIN = 'bench.tidemark.example'
const NEIGHBOUR_DOMAIN = 'neighbour.tidemark.example'
const ROLES = ['Group.ReadWrite.All', 'User.ReadWrite.All', 'User.DeleteRestore.All']

/** What decides about the bytes of a filled file: where one of these changes, kept directories are built again. */
const SOURCES = [
  './directory.ts',
  './population.ts',
  '../src/auth/issuer/secret.ts',
  '../src/core/change.ts',
  '../src/core/group.ts',
  '../src/core/groupProperties.ts',
  '../src/core/user.ts',
  '../src/core/userProperties.ts',
  '../src/store/sqlite/database.ts',
  '../src/store/sqlite/row.ts',
  '../src/store/sqlite/schema.ts',
]

function fingerprint(): string {
  const digest = createHash('sha256')
  for (const source of SOURCES) digest.update(readFileSync(new URL(source, import.meta.url)))
  return digest.digest('hex').slice(0, 12)
}

/**
 * The kept directory of a population; filled first where there is none, or with `fresh`. Of each population one is
 * kept: those that another version of the sources filled are removed.
 */
export async function keptDirectory(
  folder: string,
  population: Population,
  { fresh, tell }: { readonly fresh: boolean; readonly tell: (sentence: string) => void },
): Promise<Directory> {
  const name = `${population.name}-${fingerprint()}`
  const path = join(folder, `${name}.db`)
  const accessPath = join(folder, `${name}.json`)
  if (!fresh && existsSync(path) && existsSync(accessPath)) {
    return { path, ...(JSON.parse(readFileSync(accessPath, 'utf8')) as Access) }
  }
  for (const file of readdirSync(folder)) {
    if (file.startsWith(`${population.name}-`)) rmSync(join(folder, file))
  }
  const draft = join(folder, `${name}.${process.pid}.new`)
  const access = await fill(draft, population, tell)
  renameSync(draft, path)
  writeFileSync(accessPath, JSON.stringify(access), { mode: 0o600 })
  return { path, ...access }
}

async function fill(path: string, population: Population, tell: (sentence: string) => void): Promise<Access> {
  const store = openSqliteStore({ path })
  try {
    return await settle(store, DOMAIN, population, tell)
  } finally {
    await store.close()
  }
}

/** Adds a tenant with a population of its own to a directory that no server has open; gives it as its app sees it. */
export async function withNeighbour(
  { path }: Directory,
  population: Population,
  tell: (sentence: string) => void,
): Promise<Directory> {
  const store = openSqliteStore({ path })
  try {
    return { path, ...(await settle(store, NEIGHBOUR_DOMAIN, population, tell)) }
  } finally {
    await store.close()
  }
}

/** Makes a tenant with an app, and fills it. */
async function settle(
  store: Store,
  domain: string,
  population: Population,
  tell: (sentence: string) => void,
): Promise<Access> {
  const tenant = randomUUID() as TenantId
  const clientId = randomUUID()
  const clientSecret = newClientSecret()
  await store.putTenant({
    id: tenant,
    kind: 'workforce',
    displayName: 'Bench',
    defaultDomain: domain,
    domains: [domain],
  })
  await store.putApp({
    clientId,
    tenant,
    displayName: 'Bench',
    roles: ROLES,
    secretHashes: [hashSecret(clientSecret)],
    scopes: [],
    certificates: [],
    redirectUris: [],
    publicClient: false,
    demo: false,
  })
  let told = 0
  await populate(store, { tenant, domain }, population, share => {
    if (share < told) return
    tell(`filling ${population.name}: ${Math.round(share * 100)} %`)
    told = share + 0.1
  })
  return { tenant, clientId, clientSecret }
}

/** A copy to work on: a run changes it, and leaves the kept one as it was filled. */
export function workingCopy(directory: Directory, folder: string, name: string): Directory {
  const path = join(folder, `${name}.db`)
  copyFileSync(directory.path, path, constants.COPYFILE_FICLONE)
  return { ...directory, path }
}
