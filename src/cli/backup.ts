import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import { sqliteCode } from '../store/sqlite/connection.ts'
import { messageOf } from '../store/sqlite/database.ts'
import { openSqliteStore, type SqliteStore } from '../store/sqlite/store.ts'
import { databaseOption, openExistingStore, readDatabasePath } from './databaseFile.ts'
import { logLevelOption, openLog, readLogLevel } from './logging.ts'
import { Refusal } from './refusal.ts'

/** `tidemark backup FILE`, beside a running server or while none runs. */
export function backupCommand(): Command {
  const command = new Command('backup')
    .description(
      'Copies one state of the database to a new file, while the server goes on. The key file is not part of it.',
    )
    .argument('<file>', 'where the copy goes; nothing may be there yet')
    .addOption(databaseOption())
    .addOption(logLevelOption())
    .action(async (file: string) => {
      const log = openLog(readLogLevel(command))
      const database = readDatabasePath(command)
      const store = openExistingStore(database)
      try {
        log.info({ database, target: resolve(file) }, 'backup begins')
        console.log(await backup(store, resolve(file)))
        log.info({ database }, 'backup done')
      } finally {
        await store.close()
      }
    })
  return command
}

/** Makes the copy whole or not at all, durable and readable by its owner alone; says what it holds. */
async function backup(store: SqliteStore, target: string): Promise<string> {
  refuseTaken(target)
  const draft = `${target}.${randomUUID()}.new`
  try {
    await makeFile(draft, target)
    await copyInto(store, draft, target)
    const held = await heldBy(draft)
    const bytes = await sync(draft)
    refuseTaken(target)
    await rename(draft, target)
    await syncFolder(dirname(target))
    return `${target}: ${bytes.toLocaleString('en')} bytes, ${held}.`
  } finally {
    await rm(draft, { force: true })
  }
}

function refuseTaken(target: string): void {
  if (existsSync(target)) throw new Refusal(`'${target}' is there already: a backup overwrites nothing.`)
}

async function makeFile(draft: string, target: string): Promise<void> {
  try {
    await (await open(draft, 'wx', 0o600)).close()
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new Refusal(`'${target}' cannot be made (${String(error.code)}).`, { cause: error })
  }
}

async function copyInto(store: SqliteStore, draft: string, target: string): Promise<void> {
  try {
    await store.backup(draft)
  } catch (error) {
    if (sqliteCode(error) === null) throw error
    throw new Refusal(`'${target}' cannot be written: ${messageOf(error)}.`, { cause: error })
  }
}

/** Opens the copy as a server would, which tells whether it is one. */
async function heldBy(path: string): Promise<string> {
  const copy = openSqliteStore({ path })
  try {
    const held: string[] = []
    for (const { id } of await copy.tenants()) {
      held.push(`tenant ${id} at version ${await copy.read(id, async ({ head }) => head)}`)
    }
    return held.length === 0 ? 'no tenant' : held.join(', ')
  } finally {
    await copy.close()
  }
}

/** Forces the file to the disk; gives its size in bytes. */
async function sync(path: string): Promise<number> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

/** Without it a power cut can take the file's new name away. Windows cannot open a folder. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
