import { setTimeout } from 'node:timers/promises'
import type { Connections } from '../replay/connection.ts'
import { Fault, sentenceOf } from '../replay/fault.ts'
import { newTokenSource, type TokenSource } from '../replay/token.ts'
import { clientOf, shown } from './client.ts'
import { openControl } from './control.ts'
import type { Running } from './options.ts'
import type { Target, TokenName } from './target.ts'

/** The server that the command line describes. Throws a `Fault` (exit 2) where it does not let the writer in. */
export async function openTarget(running: Running, send: Connections['send']): Promise<Target> {
  const { url, tenant, domain, app, patienceMs } = running
  const control = running.control === null ? null : await orWrongUsage(openControl(running.control, send))
  const tokens: Partial<Record<TokenName, TokenSource>> = {}
  for (const [name, token] of running.tokens) tokens[name] = async () => token
  if (app !== null) tokens.writer = newTokenSource(app, send, control?.now)
  // A token that was given as text ends with the clock; of an expired one that is no loss.
  const canRenew = app !== null && [...running.tokens.keys()].every(name => name === 'expired')
  const target: Target = {
    url: rootOf(url),
    alias: running.alias === null ? null : rootOf(running.alias),
    tenant,
    domain,
    send,
    tokens,
    canRenew,
    control,
    page: control?.page ?? running.page,
    patienceMs,
    wait: setTimeout,
  }
  if (tokens.writer !== undefined) await orWrongUsage(checkWriter(target))
  return target
}

function rootOf({ href }: URL): string {
  return href.replace(/\/+$/, '')
}

async function checkWriter(target: Target): Promise<void> {
  const reply = await clientOf(target)('GET', '/v1.0/groups?$top=1&$select=id')
  if (reply.status !== 200) throw new Fault(2, `The writer may not list the groups of ${target.url}: ${shown(reply)}`)
}

/** What goes wrong before the first case is a mistake in what was given. */
async function orWrongUsage<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw error instanceof Fault ? new Fault(2, sentenceOf(error), { cause: error }) : error
  }
}
