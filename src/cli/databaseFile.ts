import { existsSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Command, Option } from 'commander'
import { openSqliteStore, type SqliteStore } from '../store/sqlite/store.ts'
import { givenOrDefault, option } from './option.ts'
import { Refusal } from './refusal.ts'

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

/** Opens the store of a database that must be there: a command beside the server makes none. */
export function openExistingStore(path: string): SqliteStore {
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new Refusal(`There is no database '${path}'.`)
  if (size === 0) throw new Refusal(`'${path}' is empty.`)
  return openSqliteStore({ path })
}
