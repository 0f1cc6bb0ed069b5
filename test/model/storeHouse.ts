import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Nonce } from '../../src/core/fact.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import { openSqliteStore } from '../../src/store/sqlite/store.ts'
import type { Store } from '../../src/store/store.ts'
import { saveTenant } from './tail.ts'

/** Where a driver's store lives, and how it can be closed and opened again. */
export interface StoreHouse {
  readonly store: () => Store
  readonly restart: () => Promise<void>
  /** Null where nothing can be put back. */
  readonly save: ((tenant: string) => () => void) | null
  readonly close: () => Promise<void>
}

/** Counted, so that a history makes the same tokens wherever it runs; none comes twice, also after a lost tail. */
function countedNonces(): () => Nonce {
  let count = 0
  return () => {
    count += 1
    return count.toString(16).padStart(16, '7') as Nonce
  }
}

/** A memory file system, where there is one, spares the disk hundreds of thousands of synchronizations. */
function folderForFiles(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'tidemark-model-'))
}

export function sqliteHouse(): StoreHouse {
  const folder = folderForFiles()
  const path = join(folder, 'directory.db')
  const nonce = countedNonces()
  let store = openSqliteStore({ path, nonce })
  return {
    store: () => store,
    restart: async () => {
      await store.close()
      store = openSqliteStore({ path, nonce })
    },
    save: tenant => saveTenant(path, tenant),
    close: async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export function memoryHouse(): StoreHouse {
  const store = openMemoryStore({ nonce: countedNonces() })
  return { store: () => store, restart: async () => {}, save: null, close: () => store.close() }
}
