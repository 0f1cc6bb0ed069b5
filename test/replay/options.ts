import { Command, Option } from 'commander'
import { guid, httpUrl, parseWords, positive } from './commandLine.ts'
import { Fault } from './fault.ts'
import type { Access, PageSizes } from './server.ts'

/** What a replay is asked to do. */
export interface Options {
  readonly file: string
  /** The copies are compared after as many lines, and at the end. */
  readonly every: number
  /** Where to stop, infinite for the whole file. */
  readonly lines: number
  readonly json: boolean
  /** A running server, or the page sizes of one to be started. */
  readonly server: Access | PageSizes
}

const SECRET = 'TIDEMARK_CLIENT_SECRET'

/**
 * Reads the command line, `null` when it asked for help and got it. Throws a `Fault` (exit 2) for a wrong one.
 * `write` takes the help.
 */
export function readOptions(
  args: readonly string[],
  environment: Readonly<NodeJS.ProcessEnv>,
  write: (text: string) => void,
): Options | null {
  const command = newCommand()
  if (!parseWords(command, args, write)) return null
  const [file] = command.processedArgs as [string]
  const { every, lines, json, ...rest } = command.opts<ParsedOptions>()
  return {
    file,
    every,
    lines: lines ?? Number.POSITIVE_INFINITY,
    json: json ?? false,
    server: serverOf(rest, environment),
  }
}

interface ServerOptions extends PageSizes {
  readonly url?: URL
  readonly tokenUrl?: URL
  readonly tenant?: string
  readonly clientId?: string
}

interface ParsedOptions extends ServerOptions {
  readonly every: number
  readonly lines?: number
  readonly json?: true
}

function newCommand(): Command {
  const own = ['pageObjects', 'pageEdges']
  return new Command('replay')
    .description(
      'Plays a history of a directory into a server, follows it with two delta readers, and compares what they hold with what the server lists.',
    )
    .argument('<file>', 'NDJSON, one commit a line; may be gzipped')
    .option('--every <lines>', 'compare after as many lines, and at the end', positive, 50)
    .option('--lines <count>', 'stop after as many lines (default: the whole file)', positive)
    .option('--json', 'print the result as one JSON object')
    .option('--page-objects <count>', 'groups a page of the server; few, so that rounds have pages', positive, 10)
    .option('--page-edges <count>', 'members and owners a page of the server', positive, 40)
    .addOption(
      new Option('--url <url>', 'play into this running server, which nobody else writes to')
        .argParser(httpUrl)
        .conflicts(own),
    )
    .addOption(new Option('--token-url <url>', 'where its app gets tokens').argParser(httpUrl).conflicts(own))
    .addOption(new Option('--tenant <id>', 'its tenant').argParser(guid).conflicts(own))
    .addOption(new Option('--client-id <id>', `its app; the secret is read from ${SECRET}`).conflicts(own))
}

function serverOf(options: ServerOptions, environment: Readonly<NodeJS.ProcessEnv>): Options['server'] {
  const { url, tokenUrl, tenant: tenantId, clientId, pageObjects, pageEdges } = options
  if (url === undefined && tokenUrl === undefined && tenantId === undefined && clientId === undefined) {
    return { pageObjects, pageEdges }
  }
  const clientSecret = environment[SECRET]
  if (
    url === undefined ||
    tokenUrl === undefined ||
    tenantId === undefined ||
    clientId === undefined ||
    !clientSecret
  ) {
    throw new Fault(
      2,
      `A running server needs --url, --token-url, --tenant, --client-id and the secret in ${SECRET} (--help tells more)`,
    )
  }
  return { url, tokenUrl, tenantId, clientId, clientSecret }
}
