import { Command, InvalidArgumentError, Option } from 'commander'
import { guid, httpUrl, parseWords, positive } from '../replay/commandLine.ts'
import { Fault } from '../replay/fault.ts'
import type { Case } from './case.ts'
import { CASES } from './registry.ts'
import { type PageSize, TOKENS, type TokenName } from './target.ts'

/** A server that runs already, as the command line describes it. */
export interface Running {
  readonly url: URL
  /** Another address of the same server. */
  readonly alias: URL | null
  readonly tenant: string
  /** The default domain of the tenant on our own server, unless given. */
  readonly domain: string
  readonly tokens: ReadonlyMap<TokenName, string>
  /** The app that gets the writer's tokens. */
  readonly app: { readonly tokenUrl: URL; readonly clientId: string; readonly clientSecret: string } | null
  readonly control: URL | null
  readonly page: PageSize | null
  readonly patienceMs: number
}

/** What a run of the suite is asked to do. */
export interface Options {
  /** Null: a server of its own is started. */
  readonly running: Running | null
  readonly cases: readonly Case[]
  readonly json: boolean
  /** Whether docs/parity.md and the list in docs/conformance.md are written from this run. */
  readonly docs: boolean
}

const SECRET = 'TIDEMARK_CLIENT_SECRET'

interface Parsed {
  readonly url?: URL
  readonly alias?: URL
  readonly tenant?: string
  readonly domain?: string
  readonly token: ReadonlyMap<TokenName, string>
  readonly tokenUrl?: URL
  readonly clientId?: string
  readonly control?: URL
  readonly pageObjects?: number
  readonly pageEdges?: number
  readonly patience?: number
  readonly only?: readonly Case[]
  readonly json?: true
  readonly docs?: true
}

/**
 * Reads the command line, `null` when it asked for help and got it. Throws a `Fault` (exit 2) for a wrong
 * one. `write` takes the help.
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
  write: (text: string) => void,
): Options | null {
  const command = newCommand()
  if (!parseWords(command, args, write)) return null
  const parsed = command.opts<Parsed>()
  if (parsed.docs && (parsed.only !== undefined || parsed.url !== undefined)) {
    throw wrong('--docs tells of all cases on our own server: leave out --only and --url')
  }
  return {
    running: runningOf(parsed, environment),
    cases: parsed.only ?? CASES,
    json: parsed.json ?? false,
    docs: parsed.docs ?? false,
  }
}

function newCommand(): Command {
  const tokens = Object.entries(TOKENS).map(([name, use]) => `${name} ${use}`)
  return new Command('conformance')
    .description(
      'Tells the cases of docs/conformance.md to a server that speaks the Microsoft Graph groups delta protocol, and says which it keeps. Without --url a server of its own is started.',
    )
    .option('--url <url>', 'the server, without a version: https://graph.microsoft.com', httpUrl)
    .option('--alias <url>', 'another address of the same server, whose links must carry it', httpUrl)
    .option('--tenant <id>', 'its tenant', guid)
    .option('--domain <name>', 'a verified domain of the tenant (default: that of our own server)')
    .addOption(
      new Option('--token <name=token>', `an access token, may be repeated: ${tokens.join('; ')}`)
        .argParser(readToken)
        .default(new Map(), 'none'),
    )
    .option('--token-url <url>', "where the writer's app gets tokens", httpUrl)
    .option('--client-id <id>', `the writer's app; the secret is read from ${SECRET}`)
    .option('--control <url>', 'the control API of our own server', httpUrl)
    .option('--page-objects <count>', 'how many groups fill a page; the control API tells it too', positive)
    .option('--page-edges <count>', 'how many members fill a page', positive)
    .option('--patience <seconds>', 'how long the server may take to show a change (default: 0)', positive)
    .option('--only <cases>', 'tell these alone: C77,C80-C90', readOnly)
    .option('--json', 'print the result as one JSON object')
    .option('--docs', 'write docs/parity.md and the list in docs/conformance.md anew')
}

function runningOf(parsed: Parsed, environment: Readonly<NodeJS.ProcessEnv>): Running | null {
  const { url, alias, tenant, domain, token, tokenUrl, clientId, control, pageObjects, pageEdges, patience } = parsed
  if (url === undefined) {
    const others = { alias, tenant, domain, tokenUrl, clientId, control, pageObjects, pageEdges, patience }
    if (token.size > 0 || Object.values(others).some(value => value !== undefined)) {
      throw wrong('A running server needs --url')
    }
    return null
  }
  if (tenant === undefined) throw wrong('A running server needs --tenant')
  if ((tokenUrl === undefined) !== (clientId === undefined)) throw wrong('--token-url and --client-id go together')
  const clientSecret = environment[SECRET]
  if (clientId !== undefined && !clientSecret) throw wrong(`The secret of --client-id is read from ${SECRET}`)
  if (clientId !== undefined && token.has('writer')) {
    throw wrong('The writer has a token or an app (--client-id), not both')
  }
  if ((pageObjects === undefined) !== (pageEdges === undefined))
    throw wrong('--page-objects and --page-edges go together')
  if (control !== undefined && pageObjects !== undefined) {
    throw wrong('The control API tells the page size: leave out --page-objects and --page-edges')
  }
  return {
    url,
    alias: alias ?? null,
    tenant,
    domain: domain ?? `${tenant.slice(0, 8)}.tidemark.example`,
    tokens: token,
    app: tokenUrl && clientId && clientSecret ? { tokenUrl, clientId, clientSecret } : null,
    control: control ?? null,
    page: pageObjects !== undefined && pageEdges !== undefined ? { objects: pageObjects, edges: pageEdges } : null,
    patienceMs: (patience ?? 0) * 1000,
  }
}

function wrong(sentence: string): Fault {
  return new Fault(2, `${sentence} (--help tells more)`)
}

function readToken(text: string, before: ReadonlyMap<TokenName, string>): ReadonlyMap<TokenName, string> {
  const [, name, token] = /^([^=]*)=(.+)$/s.exec(text) ?? []
  if (name === undefined || token === undefined) throw new InvalidArgumentError('It must be NAME=TOKEN.')
  if (!Object.hasOwn(TOKENS, name)) {
    throw new InvalidArgumentError(
      `There is no use for a token called '${name}', only ${Object.keys(TOKENS).join(', ')}.`,
    )
  }
  return new Map([...before, [name as TokenName, token]])
}

function readOnly(text: string, before: readonly Case[] = []): readonly Case[] {
  const chosen = new Set(before)
  for (const part of text.split(',')) {
    const [, from, to = from] = /^C(\d+)(?:-C(\d+))?$/i.exec(part.trim()) ?? []
    const found = CASES.filter(({ id }) => Number(id.slice(1)) >= Number(from) && Number(id.slice(1)) <= Number(to))
    if (found.length === 0) throw new InvalidArgumentError(`'${part}' names no case.`)
    for (const subject of found) chosen.add(subject)
  }
  return CASES.filter(subject => chosen.has(subject))
}
