#!/usr/bin/env node
// Plain JavaScript, so that a Node.js that cannot load TypeScript can still say what is needed.
import { existsSync, lstatSync, mkdirSync } from 'node:fs'
import * as module from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

const MAJOR_MIN = 24

if (Number.parseInt(process.versions.node, 10) < MAJOR_MIN) {
  process.stderr.write(
    `Tidemark needs Node.js ${MAJOR_MIN} or newer, and this is ${process.version} ('npm start' in a checkout uses the one that 'npm ci' installs).\n`,
  )
  process.exit(2)
}

const cache = cacheFolder()
if (cache !== null) module.enableCompileCache(cache)

// A published package holds only what was compiled: Node.js loads no TypeScript from within node_modules.
const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : '../dist/cli/main.js')
process.exitCode = await main(process.argv.slice(2))

/**
 * The folder for compiled code: what lies there is run. So it must be this user's, and nobody else's to write, which the
 * system's temporary folder, Node's own choice, is not. Null where there is no such folder.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
function cacheFolder() {
  try {
    const given = process.env.XDG_CACHE_HOME ?? ''
    const folder = join(isAbsolute(given) ? given : join(homedir(), '.cache'), 'tidemark')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = lstatSync(folder)
    const isOurs = process.geteuid === undefined || (stats.uid === process.geteuid() && (stats.mode & 0o077) === 0)
    return stats.isDirectory() && isOurs ? folder : null
  } catch {
    return null
  }
}
