import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Access } from '../replay/server.ts'

/** How a process ended: one of the two is null. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A server in a process of its own, on a database that outlives it. */
export interface ServerProcess {
  readonly pid: number
  /** Where it is and how to come in, once it is ready. Rejects where it ends before. */
  readonly ready: Promise<Access>
  readonly ended: Promise<End>
  /** What it said on standard error. */
  said(): string
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<End>
}

export interface ProcessOptions {
  readonly database: string
  /** The secret that the first process on this database has told: it is told once. */
  readonly secret?: string | undefined
  /** The command that runs it, ending where node and its arguments follow. */
  readonly under?: readonly string[]
  readonly flags?: readonly string[]
}

const PROGRAM = fileURLToPath(new URL('../../bin/tidemark.js', import.meta.url))

/** Starts `tidemark serve` on any free port. It is killed with this process. */
export function startProcess({ database, secret, under = [], flags = [] }: ProcessOptions): ServerProcess {
  const words = [process.execPath, PROGRAM, 'serve', '--database', database, '--port', '0', '--json', ...flags]
  const [command = '', ...rest] = [...under, ...words]
  const child = spawn(command, rest, { env: ownEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)

  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  const ended = new Promise<End>(resolve => {
    child.once('error', error => {
      said += error.message
    })
    child.once('close', (code, signal) => {
      process.off('exit', kill)
      resolve({ code, signal })
    })
  })
  const ready = new Promise<Access>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', line => resolve(accessOf(line, secret)))
    void ended.then(({ code, signal }) => reject(new Error(`The server ended with ${code ?? signal}: ${said}`)))
  })
  // One that is killed before it is ready is waited for by nobody.
  ready.catch(() => {})

  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    said: () => said,
    end: signal => {
      child.kill(signal)
      return ended
    },
  }
}

/** Ours, less the settings of any other server. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TIDEMARK_')))
}

function accessOf(line: string, secret: string | undefined): Access {
  const { url, tokenUrl, tenantId, clientId, clientSecret } = JSON.parse(line)
  return {
    url: new URL(url),
    tokenUrl: new URL(tokenUrl),
    tenantId,
    clientId,
    clientSecret: clientSecret ?? secret,
  }
}
