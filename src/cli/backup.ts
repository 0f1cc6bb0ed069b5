import { randomUUID } from 'node:crypto'
import { constants, lstatSync } from 'node:fs'
import { copyFile, link, open, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import { sqliteCode } from '../store/sqlite/connection.ts'
import { copyDatabase, tenantsHeld } from '../store/sqlite/copy.ts'
import { messageOf } from '../store/sqlite/database.ts'
import { databaseOption, readDatabasePath } from './databaseFile.ts'
import { logLevelOption, openLog, readLogLevel } from './logging.ts'
import { Refusal, Stopped } from './refusal.ts'
import { stopSignal } from './stopSignal.ts'

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
      log.info({ database, target: resolve(file) }, 'backup begins')
      console.log(await backUp(database, resolve(file), stopAtSignal()))
      log.info({ database }, 'backup done')
    })
  return command
}

/** Given at the first SIGINT or SIGTERM. */
function stopAtSignal(): AbortSignal {
  const controller = new AbortController()
  stopSignal().then(signal =>
    controller.abort(new Stopped(`The backup was ended by ${signal}: nothing is left of it.`)),
  )
  return controller.signal
}

/**
 * Makes the copy whole or not at all, durable and readable by its owner alone; says what it holds. Throws the reason of
 * `stop` once that is given, until the copy has its name.
 */
async function backUp(database: string, target: string, stop: AbortSignal): Promise<string> {
  // Looked at before the work, to save it; what decides is the name's taking, which fails where there is one.
  await orRefusal(target, async () => {
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw taken(target)
  })
  const draft = `${target}.${randomUUID()}.new`
  try {
    await orRefusal(target, async () => (await open(draft, 'wx', 0o600)).close())
    await orRefusal(target, () => copyDatabase(database, draft, stop))
    const held = tenantsHeld(draft).map(({ id, head }) => `tenant ${id} at version ${head}`)
    const bytes = await sync(draft)
    stop.throwIfAborted()
    await orRefusal(target, () => takeName(draft, target))
    await syncFolder(dirname(target))
    return `${target}: ${bytes.toLocaleString('en')} bytes, ${held.join(', ') || 'no tenant'}.`
  } finally {
    await rm(draft, { force: true })
  }
}

/** How file systems without hard links refuse one: FAT on Linux, others elsewhere. */
const NO_LINKS: ReadonlySet<unknown> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/** A rename would replace what has got the name meanwhile. */
async function takeName(draft: string, target: string): Promise<void> {
  try {
    await link(draft, target)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && NO_LINKS.has(error.code))) throw error
    await copyFile(draft, target, constants.COPYFILE_EXCL)
    await sync(target)
  }
}

function taken(target: string, cause?: unknown): Refusal {
  return new Refusal(`'${target}' is there already: a backup overwrites nothing.`, { cause })
}

/** What the system or SQLite refuses becomes one sentence. */
async function orRefusal(target: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    if ('syscall' in error && 'code' in error) {
      throw error.code === 'EEXIST'
        ? taken(target, error)
        : new Refusal(`'${target}' cannot be made: ${messageOf(error)}.`, { cause: error })
    }
    if (sqliteCode(error) === null) throw error
    throw new Refusal(`'${target}' cannot be written: ${messageOf(error)}.`, { cause: error })
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
