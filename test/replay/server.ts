import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Fault, sentenceOf } from './fault.ts'
import type { Credentials } from './token.ts'

/** A running server and an app that may write its groups and users. */
export interface Access extends Credentials {
  readonly url: URL
  readonly tenantId: string
}

/** What ends a page of the server. */
export interface PageSizes {
  readonly pageObjects: number
  readonly pageEdges: number
}

/** A server of the replay's own, in a folder of its own. */
export interface OwnServer {
  readonly access: Access
  /** How it ended, unless it ended well, and what it said last on standard error; empty where there is neither. */
  lastWords(): string
  /** Ends it with SIGTERM and removes its folder. Throws a `Fault` (exit 1) when it does not end as it should. */
  stop(): Promise<void>
}

const START_MS = 30_000
const STOP_MS = 10_000

/** In characters. */
const TAIL_LENGTH = 2_000

/** Starts a server, this checkout's if no other `program` is named, on an empty database and any free port. */
export async function startServer(
  { pageObjects, pageEdges }: PageSizes,
  program: string = fileURLToPath(new URL('../../bin/tidemark.js', import.meta.url)),
): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-replay-'))
  const server = spawn(process.execPath, [program, ...argumentsFor(folder, pageObjects, pageEdges)], {
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = tailOf(server)
  const ended = once(server, 'close')
  let end = ''
  server.once('close', (code, signal) => {
    if (code !== 0) end = ` The server ended with ${code === null ? signal : `exit code ${code}`}.`
  })
  const lastWords = () => end + (said() === '' ? '' : ` The server said last: ${said()}`)
  const killAtExit = () => server.kill('SIGKILL')
  process.once('exit', killAtExit)

  async function stop(): Promise<void> {
    server.kill('SIGTERM')
    const inTime = await Promise.race([ended.then(() => true), wait(STOP_MS, false, { ref: false })])
    if (!inTime) server.kill('SIGKILL')
    await ended
    process.off('exit', killAtExit)
    await rm(folder, { recursive: true, force: true })
    if (!inTime) throw new Fault(1, `The server did not end within ${STOP_MS / 1000} s of SIGTERM.`)
    if (server.exitCode !== 0) throw new Fault(1, `The server did not end well.${lastWords()}`)
  }

  try {
    const ready = await Promise.race([firstLine(server), ended.then(() => null), wait(START_MS, null, { ref: false })])
    if (ready === null)
      throw new Fault(1, `The server was not ready${end === '' ? ` after ${START_MS / 1000} s` : ''}.${lastWords()}`)
    return { access: readAccess(ready), lastWords, stop }
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

function argumentsFor(folder: string, pageObjects: number, pageEdges: number): string[] {
  const settings = {
    '--database': join(folder, 'replay.db'),
    '--port': '0',
    '--page-objects': String(pageObjects),
    '--page-edges': String(pageEdges),
    '--log-level': 'warn',
  }
  return ['serve', '--json', ...Object.entries(settings).flat()]
}

/** Ours, less the settings of any other server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TIDEMARK_')))
}

/** The first line on standard output, never where there is none. What follows is read too, so that it cannot block. */
function firstLine(server: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  if (server.stdout !== null) createInterface({ input: server.stdout }).on('line', resolve)
  return promise
}

/** The end of what it says on standard error: a sentence, lines of its log, or the stack of a bug. */
function tailOf(server: ChildProcess): () => string {
  let tail = ''
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-TAIL_LENGTH)
  })
  return () => tail.trim()
}

function readAccess(ready: string): Access {
  try {
    const { url, tokenUrl, tenantId, clientId, clientSecret } = JSON.parse(ready)
    for (const value of [tenantId, clientId, clientSecret]) {
      if (typeof value !== 'string') throw new Error('the tenant, the app or its secret is missing')
    }
    return { url: new URL(url), tokenUrl: new URL(tokenUrl), tenantId, clientId, clientSecret }
  } catch (error) {
    throw new Fault(1, `The server's ready line cannot be used: ${sentenceOf(error)}.`, { cause: error })
  }
}
