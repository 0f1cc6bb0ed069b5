import type { Command } from 'commander'
import { openPresentStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'
import { readDatabasePath } from './databaseFile.ts'

/** Runs `work` on the database that a command names, beside its server too, and prints the text that it gives. */
export async function onStore(command: Command, work: (store: Store) => Promise<string>): Promise<void> {
  const store = openPresentStore({ path: readDatabasePath(command) })
  try {
    console.log(await work(store))
  } finally {
    await store.close()
  }
}
