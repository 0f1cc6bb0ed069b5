import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '../..')

/** A source file, named by its path from the root, with what it imports from this checkout. */
export interface Source {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

// An import or export from a relative path, static or dynamic: the code has one spelling for each (the linter sees to it).
const IMPORT = /(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g

function posix(path: string): string {
  return path.split(sep).join('/')
}

/** The files below a folder whose names end so. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => posix(join(folder, name)))
    .sort()
}

export function readSources(folder: string): Source[] {
  return filesBelow(folder, '.ts').map(path => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    const imports = [...text.matchAll(IMPORT)].map(([, target = '']) =>
      posix(relative(ROOT, join(ROOT, dirname(path), target))),
    )
    return { path, text, imports }
  })
}
