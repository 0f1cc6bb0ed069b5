import assert from 'node:assert/strict'
import test from 'node:test'
import { readSources, type Source } from './sources.ts'

const SOURCES = readSources('src')
const BY_PATH = new Map(SOURCES.map(source => [source.path, source]))

/** What each folder may import besides itself. The store's interface is open to the server; its kinds are not. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  odata: ['core'],
  store: ['core'],
  auth: ['core', 'store/store.ts'],
  server: ['core', 'odata', 'auth', 'store/store.ts'],
  cli: ['core', 'odata', 'auth', 'store', 'server'],
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}

test('every file of src lies in a folder of the house, and its imports are found', () => {
  assert.ok(SOURCES.length > 50, 'the reading of imports has found too few files')
  assert.ok(SOURCES.reduce((sum, { imports }) => sum + imports.length, 0) > SOURCES.length)
  for (const { path, imports } of SOURCES) {
    assert.ok(folderOf(path) in MAY_IMPORT, `${path} lies in no folder of the house`)
    for (const target of imports) assert.ok(BY_PATH.has(target), `${path} imports ${target}, which is not there`)
  }
})

test('imports point inward only', () => {
  for (const { path, imports } of SOURCES) {
    for (const target of imports) {
      const [from, to] = [folderOf(path), folderOf(target)]
      if (from === to) continue
      const allowed = MAY_IMPORT[from]?.some(place => place === to || target === `src/${place}`)
      assert.ok(allowed, `${path} imports ${target}`)
    }
  }
})

test('only the edges know their outside: HTTP the server, SQL the stores, files and processes not the core', () => {
  const outside: Readonly<Record<string, readonly string[]>> = {
    fastify: ['server'],
    'node:sqlite': ['store'],
    'node:http': ['server'],
    'node:fs': ['store', 'auth', 'cli'],
    commander: ['cli'],
  }
  for (const { path, text } of SOURCES) {
    for (const [name, folders] of Object.entries(outside)) {
      if (!text.includes(`from '${name}'`)) continue
      assert.ok(folders.includes(folderOf(path)), `${path} imports ${name}`)
    }
    if (folderOf(path) !== 'core') continue
    assert.doesNotMatch(text, /from '(node:|[a-z@])/, `${path} imports a package`)
    assert.doesNotMatch(
      text,
      /Date\.now|Math\.random|process\./,
      `${path} has a clock, a chance or a process of its own`,
    )
  }
})

test('no import goes in a circle', () => {
  const done = new Set<string>()
  const visit = (source: Source, trail: readonly string[]): void => {
    assert.ok(!trail.includes(source.path), `a circle of imports: ${[...trail, source.path].join(' → ')}`)
    if (done.has(source.path)) return
    for (const target of source.imports) {
      const next = BY_PATH.get(target)
      if (next !== undefined) visit(next, [...trail, source.path])
    }
    done.add(source.path)
  }
  for (const source of SOURCES) visit(source, [])
})

/** What nothing in src imports: the program, and the store that tests measure the others against. */
const ENTRIES = ['src/cli/main.ts', 'src/store/memory.ts']

test('every file of src is used by another, but for the entries', () => {
  const used = new Set(SOURCES.flatMap(({ imports }) => imports))
  for (const { path } of SOURCES) assert.ok(used.has(path) || ENTRIES.includes(path), `${path} is used by nobody`)
})

test('no file of src is longer than 300 lines', () => {
  for (const { path, text } of SOURCES) {
    const lines = text.split('\n').length - 1
    assert.ok(lines <= 300, `${path} has ${lines} lines`)
  }
})
