#!/usr/bin/env node
// Plain JavaScript, so that a Node.js that cannot load TypeScript can still say what is needed.
import { existsSync } from 'node:fs'
import * as module from 'node:module'

const MAJOR_MIN = 24

if (Number.parseInt(process.versions.node, 10) < MAJOR_MIN) {
  process.stderr.write(
    `Tidemark needs Node.js ${MAJOR_MIN} or newer, and this is ${process.version} ('npm start' in a checkout uses the one that 'npm ci' installs).\n`,
  )
  process.exit(2)
}

module.enableCompileCache()

// A published package holds only what was compiled: Node.js loads no TypeScript from within node_modules.
const source = new URL('../src/cli/main.ts', import.meta.url)
const { main } = await import(existsSync(source) ? source.href : '../dist/cli/main.js')
process.exitCode = await main(process.argv.slice(2))
