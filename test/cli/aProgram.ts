import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export const ROOT = join(import.meta.dirname, '../..')
export const PROGRAM = join(ROOT, 'bin/tidemark.js')

/** However slow the machine: what has not come by then does not come. In milliseconds. */
const WAIT_MS = 30_000

/** How a program ended, and all that it said. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs. */
export interface Program {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** Standard output once it matches; fails when the program ends before. */
  readonly said: (pattern: RegExp) => Promise<string>
  /** The same of standard error. */
  readonly logged: (pattern: RegExp) => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => Promise<Ended>
}

export type Variables = Readonly<Record<string, string>>

/** What `serve --json` prints when it is ready. */
export interface Ready {
  readonly url: string
  readonly tokenUrl: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string | null
  readonly controlUrl: string | null
  readonly monitorUrl: string | null
  readonly caFile: string | null
  readonly throttling: boolean
}

export interface Serving extends Program {
  readonly ready: Ready
}

/** A folder that the end of the test removes. */
export function aFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'))
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** Runs `tidemark` until it ends by itself. */
export function run(words: readonly string[], variables: Variables = {}): Promise<Ended> {
  return start([process.execPath, PROGRAM, ...words], variables).ended
}

/** Runs `tidemark serve --json` on a free port until it is ready; the end of the test ends it. */
export async function aServing(
  context: TestContext,
  words: readonly string[],
  variables: Variables = {},
): Promise<Serving> {
  const program = startServing(context, ['--json', ...words], variables)
  const ready: Ready = JSON.parse(await program.said(/\n/))
  return { ...program, ready }
}

/** Starts `tidemark serve` on a free port; the end of the test ends it. */
export function startServing(context: TestContext, words: readonly string[], variables: Variables = {}): Program {
  const program = start([process.execPath, PROGRAM, 'serve', '--port', '0', ...words], variables)
  endWith(context, program)
  return program
}

/** The end of the test kills the program, if that still runs. */
export function endWith(context: TestContext, { child, ended }: Program): void {
  context.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
}

/**
 * Starts any command, in the checkout, without settings from the environment of the tests. `detached` gives it a
 * process group of its own.
 */
export function start(
  [command = '', ...words]: readonly string[],
  variables: Variables = {},
  detached = false,
): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TIDEMARK_|npm_|NODE_TEST_)/.test(name))
  const child = spawn(command, words, {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), no_proxy: '127.0.0.1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached,
    timeout: WAIT_MS,
    killSignal: 'SIGKILL',
  })
  const told = { stdout: '', stderr: '' }
  const news = new EventTarget()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', text => {
      told[name] += text
      news.dispatchEvent(new Event(name))
    })
  }
  const ended = once(child, 'close').then(([code, signal]): Ended => ({ code, signal, ...told }))
  const matching = (name: 'stdout' | 'stderr', pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(told[name])) resolve(told[name])
      }
      news.addEventListener(name, look)
      ended.then(end => reject(new Error(`The program ended (${end.code ?? end.signal}): ${end.stderr}`)), reject)
      look()
    })
  const kill = (signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal)
    return ended
  }
  return {
    child,
    ended,
    said: pattern => matching('stdout', pattern),
    logged: pattern => matching('stderr', pattern),
    kill,
  }
}

/** A caller of the Graph API of a server, as its first app. */
export async function aCaller({
  url,
  tokenUrl,
  clientId,
  clientSecret,
}: Ready): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const answer = await askToken(tokenUrl, clientId, clientSecret ?? '')
  const { access_token: token } = (await answer.json()) as { access_token: string }
  return (path, init = {}) =>
    fetch(path.startsWith(url) ? path : url + path, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    })
}

export function askToken(tokenUrl: string, clientId: string, clientSecret: string): Promise<Response> {
  return fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }),
  })
}
