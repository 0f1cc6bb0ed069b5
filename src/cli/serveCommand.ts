import { Command } from 'commander'
import type { SidePlace } from '../server/connection/sideListener.ts'
import { hasLoopbackBase, isLoopback } from '../server/publicBase.ts'
import type { Listening } from '../server/server.ts'
import type { Settings } from '../server/services.ts'
import type { Rates } from '../server/throttle/limits.ts'
import { databaseOption, readDatabasePath } from './databaseFile.ts'
import { addHttpsOptions, type CertificateSource, readHttps } from './https/httpsOptions.ts'
import { addIssuerOptions, type IssuerOrder, readIssuers } from './issuerOptions.ts'
import { addKeepingOptions, readKeeping } from './keeping.ts'
import { type LogLevel, logLevelOption, readLogLevel } from './logging.ts'
import { type Given, givenFor, givenOrDefault, option, readSwitch, readWholeNumber } from './option.ts'
import { Refusal } from './refusal.ts'
import { addThrottleOptions, readThrottleRates } from './throttleOptions.ts'

/** What `tidemark serve` was asked to do. */
export interface ServeOrder {
  readonly listening: Listening
  /** Null for http. */
  readonly https: CertificateSource | null
  readonly database: string
  readonly settings: Settings
  /** Null: requests are not limited. */
  readonly throttle: Rates | null
  readonly issuers: IssuerOrder
  readonly demo: boolean
  /** Whether an app's assertion is good once, instead of for as long as it lives. */
  readonly singleUseAssertions: boolean
  /** The port of the control API, 0 for any free one; null for none. */
  readonly controlPort: number | null
  /** Where those who watch the server ask; null for nowhere. */
  readonly monitor: SidePlace | null
  readonly json: boolean
  readonly logLevel: LogLevel
}

const PORT_MAX = 65_535
const PAGE_MAX = 10_000
/** A page examines so many rows at the most, whatever it sends (docs/protocol.md, DELTA-9). */
const EXAMINED = 10_000
/** And ends where the properties of its objects come to so many bytes. */
const BYTES = 4_000_000

/** `tidemark serve`. Its work is loaded when it is run. */
export function serveCommand(run: (order: ServeOrder) => Promise<void>): Command {
  const command = new Command('serve')
    .description('Serves a groups directory over HTTP.')
    .addOption(option('--host <address>', 'the address to listen on', '127.0.0.1'))
    .addOption(option('--port <number>', 'the port to listen on; 0 takes any free one', '3000'))
    .addOption(databaseOption())
    .addOption(option('--public-url <url>', 'where clients see the server; needed on any address but loopback'))
  addHttpsOptions(command)
  addIssuerOptions(command)
    .addOption(option('--demo', 'fill a new database with a demonstration directory, and make a new secret for it'))
    .addOption(option('--demo-beyond-loopback', 'with --demo: listen also where others than this machine can reach it'))
    .addOption(option('--control <port>', 'open the control API on loopback; 0 takes any free port'))
    .addOption(option('--monitor <port>', 'open a port for /healthz, /readyz and /metrics; 0 takes any free one'))
    .addOption(option('--monitor-host <address>', 'the address of that port; 127.0.0.1 unless given'))
    .addOption(option('--json', 'print one line of JSON when ready'))
  addKeepingOptions(command)
    .addOption(option('--page-objects <number>', 'how many objects a page of delta holds at the most', '200'))
    .addOption(option('--page-edges <number>', 'how many members and owners a page of delta holds at the most', '2500'))
    .addOption(option('--purge-security-groups', 'delete security groups at once, without the recycle bin'))
    .addOption(option('--single-use-assertions', 'refuse client assertions that come again, as those of MSAL do'))
  return addThrottleOptions(command)
    .addOption(logLevelOption())
    .action(() => run(readServeOrder(command)))
}

function readServeOrder(command: Command): ServeOrder {
  const demo = readSwitch(command, 'demo')
  const listening = readListening(command)
  const beyondLoopback = readSwitch(command, 'demo-beyond-loopback')
  if (beyondLoopback && !demo) throw new Refusal('--demo-beyond-loopback is for a demonstration: give --demo too.')
  const farPlace = placeBeyondLoopback(listening)
  if (demo && !beyondLoopback && farPlace !== null) {
    throw new Refusal(
      `A demonstration is served on loopback alone, not on '${farPlace}': anybody who reaches it signs in as anybody, which --demo-beyond-loopback allows.`,
    )
  }
  const issuers = readIssuers(command)
  if (demo && !issuers.local) throw new Refusal('A demonstration needs the local issuer, for its secret.')
  const control = givenFor(command, 'control')
  return {
    listening,
    https: readHttps(command),
    database: readDatabasePath(command),
    settings: {
      ...readKeeping(command),
      pageLimit: {
        objects: readWholeNumber(givenOrDefault(command, 'page-objects'), 1, PAGE_MAX),
        edges: readWholeNumber(givenOrDefault(command, 'page-edges'), 1, PAGE_MAX),
        examined: EXAMINED,
        bytes: BYTES,
      },
      recycleSecurityGroups: !readSwitch(command, 'purge-security-groups'),
    },
    throttle: readThrottleRates(command, isForOthers(listening)),
    issuers,
    demo,
    singleUseAssertions: readSwitch(command, 'single-use-assertions'),
    controlPort: control === null ? null : readWholeNumber(control, 0, PORT_MAX),
    monitor: readMonitor(command),
    json: readSwitch(command, 'json'),
    logLevel: readLogLevel(command),
  }
}

function readListening(command: Command): Listening {
  const host = readHost(givenOrDefault(command, 'host'))
  const port = readWholeNumber(givenOrDefault(command, 'port'), 0, PORT_MAX)
  const publicUrl = givenFor(command, 'public-url')
  if (publicUrl !== null) return { host, port, publicUrl: readPublicUrl(publicUrl) }
  if (!hasLoopbackBase(host)) {
    throw new Refusal(`To listen on '${host}' the server needs --public-url, the URL where its clients see it.`)
  }
  return { host, port, publicUrl: null }
}

/** Where other machines are meant to reach the server, by itself or through a proxy; null for nowhere. */
function placeBeyondLoopback({ host, publicUrl }: Listening): string | null {
  if (!isLoopback(host)) return host
  const isFar = publicUrl !== null && !isLoopback(new URL(publicUrl).hostname.replace(/^\[|\]$/g, ''))
  return isFar ? publicUrl : null
}

/** Whether others than programs of this machine are meant to reach the server, by themselves or through a proxy. */
function isForOthers({ host, publicUrl }: Listening): boolean {
  return publicUrl !== null || !isLoopback(host)
}

function readMonitor(command: Command): SidePlace | null {
  const port = givenFor(command, 'monitor')
  const host = givenFor(command, 'monitor-host')
  if (port !== null) {
    return { host: host === null ? '127.0.0.1' : readHost(host), port: readWholeNumber(port, 0, PORT_MAX) }
  }
  if (host === null) return null
  throw new Refusal(`${host.name} says where --monitor listens: name a port with --monitor, 0 for any free one.`)
}

const HOST_NAME = /^(?!-)[A-Za-z0-9.-]{1,253}$/
const IPV6_ADDRESS = /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/

function readHost({ text, name }: Given): string {
  const host = (/^\[(.*)\]$/.exec(text)?.[1] ?? text).toLowerCase()
  if (HOST_NAME.test(host) || IPV6_ADDRESS.test(host)) return host
  throw new Refusal(`${name} must be an address or a host name, not '${text}'.`)
}

/** Segments that no client and no proxy writes in another way. */
const PLAIN_PATH = /^(\/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*\/?$/

function readPublicUrl({ text, name }: Given): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.href === url.origin + url.pathname &&
    PLAIN_PATH.test(url.pathname)
  if (!isPlain) {
    throw new Refusal(`${name} must be an http or https URL without query, fragment and credentials, not '${text}'.`)
  }
  return (url.origin + url.pathname).replace(/\/$/, '')
}
