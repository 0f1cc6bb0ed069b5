import type { Command } from 'commander'
import { openPresentStore } from '../store/sqlite/store.ts'
import type { Store } from '../store/store.ts'
import { readDatabasePath } from './databaseFile.ts'
import { visibleLines } from './visibleText.ts'

/** Runs `work` on the database that a command names, beside its server too, and prints the lines that it gives, if any. */
export async function onStore(command: Command, work: (store: Store) => Promise<string>): Promise<void> {
  const store = openPresentStore({ path: readDatabasePath(command) })
  try {
    const text = await work(store)
    if (text !== '') console.log(visibleLines(text))
  } finally {
    await store.close()
  }
}
