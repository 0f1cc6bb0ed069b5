import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ROOT as CHECKOUT, filesBelow } from '../tidy/sources.ts'

/** A mistake that somebody could make in the server, as a change to the text of one of its files. */
export interface Mutant {
  /** The name of its file, without `.patch`. */
  readonly name: string
  /** In words. */
  readonly mistake: string
  readonly file: string
  readonly hunks: readonly Hunk[]
  readonly foundBy: Finder
}

export interface Hunk {
  readonly find: string
  readonly replace: string
}

/** What shows the mistake: a story by its title, a kept history by its name, or so many random ones from a seed on. */
export type Finder =
  | { readonly kind: 'story'; readonly title: string }
  | { readonly kind: 'kept'; readonly name: string }
  | { readonly kind: 'histories'; readonly count: number; readonly seed: number }

const FOLDER = 'test/mutants'

export function readMutants(): Mutant[] {
  return filesBelow(FOLDER, '.patch').map(path => {
    const name = path.slice(FOLDER.length + 1, -'.patch'.length)
    return parseMutant(name, readFileSync(join(CHECKOUT, path), 'utf8'))
  })
}

/**
 * Reads a patch: three lines of who and what, then hunks that begin with `@@`. Of a hunk's lines those with `-` go,
 * those with `+` come, and those with a blank stay.
 */
export function parseMutant(name: string, text: string): Mutant {
  const [head = '', ...hunks] = text.split(/^@@.*\n/m)
  const field = (label: string): string => {
    const line = head.split('\n').find(found => found.startsWith(`${label}: `))
    if (line === undefined) throw new Error(`The patch '${name}' does not say '${label}: …'.`)
    return line.slice(label.length + 2).trim()
  }
  if (hunks.length === 0) throw new Error(`The patch '${name}' has no hunk.`)
  return {
    name,
    mistake: field('Mistake').replace(/\.$/, ''),
    file: field('File'),
    foundBy: parseFinder(name, field('Found by')),
    hunks: hunks.map(parseHunk),
  }
}

function parseFinder(name: string, text: string): Finder {
  const story = /^the story «(.+)»$/.exec(text)
  if (story !== null) return { kind: 'story', title: story[1] ?? '' }
  const kept = /^the kept history «(.+)»$/.exec(text)
  if (kept !== null) return { kind: 'kept', name: kept[1] ?? '' }
  const histories = /^(\d+) histories from seed (\d+)$/.exec(text)
  if (histories === null) throw new Error(`The patch '${name}' is found by '${text}', which cannot be run.`)
  return { kind: 'histories', count: Number(histories[1]), seed: Number(histories[2]) }
}

function parseHunk(text: string): Hunk {
  const lines = text.replace(/\n$/, '').split('\n')
  const side = (sign: '-' | '+'): string =>
    lines
      .filter(line => line.startsWith(sign) || line.startsWith(' '))
      .map(line => line.slice(1))
      .join('\n')
  return { find: side('-'), replace: side('+') }
}

/** The text with the mistake in it. Throws where a hunk does not fit exactly once: the patch has to be written anew. */
export function patched(text: string, { name, file, hunks }: Mutant): string {
  let result = text
  for (const { find, replace } of hunks) {
    const parts = result.split(find)
    if (find === '' || parts.length !== 2) {
      throw new Error(`A hunk of the patch '${name}' fits ${file} ${find === '' ? 0 : parts.length - 1} times.`)
    }
    result = parts.join(replace)
  }
  return result
}

const PARAMETER = 'mutant'

/** Where a module of the checkout stands in the world of a mutant: every module that it imports stands there too. */
export function mutantUrl(path: string, { name }: Mutant): string {
  const url = pathToFileURL(join(CHECKOUT, path))
  url.searchParams.set(PARAMETER, name)
  return url.href
}

/** From now on modules of a mutant's world are loaded with its mistake. Each of these worlds has modules of its own. */
export function openMutantWorlds(mutants: readonly Mutant[]): void {
  const byName = new Map(mutants.map(mutant => [mutant.name, mutant]))
  const home = `${pathToFileURL(CHECKOUT).href}/`
  const mutantOf = (url: string | undefined): Mutant | undefined =>
    url?.startsWith(home) ? byName.get(new URL(url).searchParams.get(PARAMETER) ?? '') : undefined
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context)
      const mutant = mutantOf(context.parentURL)
      const isOurs = resolved.url.startsWith(home) && !resolved.url.includes('/node_modules/')
      if (mutant === undefined || !isOurs || mutantOf(resolved.url) !== undefined) return resolved
      const url = new URL(resolved.url)
      url.searchParams.set(PARAMETER, mutant.name)
      return { ...resolved, url: url.href }
    },
    load(url, context, nextLoad) {
      const mutant = mutantOf(url)
      const loaded = nextLoad(url, context)
      if (mutant === undefined || fileURLToPath(url) !== join(CHECKOUT, mutant.file)) return loaded
      const text =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as Uint8Array).toString()
      return { ...loaded, source: patched(text, mutant) }
    },
  })
}
