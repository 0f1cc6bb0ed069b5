import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command, Option } from 'commander'
import { givenOrDefault, option } from './option.ts'
import { Refusal } from './refusal.ts'
import { quoted } from './shellText.ts'

export function databaseOption(): Option {
  return option('--database <path>', 'the SQLite file that holds the directory', 'tidemark.db')
}

/**
 * The one absolute spelling of a database file's path, links followed: two servers that were given different spellings
 * meet at one lock, and find one key file.
 */
export function readDatabasePath(command: Command): string {
  const { text, name } = givenOrDefault(command, 'database')
  if (text === '') throw new Refusal(`${name} must name a file.`)
  const path = resolve(text)
  if (existsSync(path)) return realpathSync(path)
  const folder = dirname(path)
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path
}

const ANYONE_ELSE = 0o077

/** What to say of a database that others than its owner can read or write; null where that is not so. Windows has no such modes. */
export function exposureOf(path: string): string | null {
  if (process.platform === 'win32') return null
  const exposed = [path, `${path}-wal`, `${path}-shm`].filter(file => {
    const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0
    return (mode & ANYONE_ELSE) !== 0
  })
  if (exposed.length === 0) return null
  return `The database is open to others than its owner: chmod 600 ${exposed.map(quoted).join(' ')}`
}
