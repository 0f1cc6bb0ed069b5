import { fileURLToPath } from 'node:url'
import type { Directory } from './directory.ts'
import { type Program, startProgram } from './program.ts'

/** A Tidemark server of this checkout, in a process of its own on a free loopback port. */
export interface Server extends Pick<Program, 'peakMemory' | 'stop'> {
  readonly url: URL
  /** Where its monitor is; null without one. */
  readonly monitorUrl: URL | null
  /** An access token that is good for an hour. */
  readonly token: () => Promise<string>
  /** The same for the app of another tenant. */
  readonly tokenOf: (app: Omit<Directory, 'path'>) => Promise<string>
}

export const TIDEMARK = fileURLToPath(new URL('../bin/tidemark.js', import.meta.url))

/** `words` are options of `tidemark serve` besides the usual ones. */
export async function startServer({ path, ...app }: Directory, words: readonly string[] = []): Promise<Server> {
  const program = await startProgram([TIDEMARK, 'serve', '--database', path, '--port', '0', '--json', ...words])
  const { url, monitorUrl } = program.ready
  const tokenOf: Server['tokenOf'] = ({ tenant, clientId, clientSecret }) =>
    fetchToken(`${url}/${tenant}/oauth2/v2.0/token`, clientId, clientSecret)
  return {
    peakMemory: program.peakMemory,
    stop: program.stop,
    url: new URL(String(url)),
    monitorUrl: typeof monitorUrl === 'string' ? new URL(monitorUrl) : null,
    token: () => tokenOf(app),
    tokenOf,
  }
}

async function fetchToken(tokenUrl: string, clientId: string, clientSecret: string): Promise<string> {
  const answer = await fetch(tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: unknown }
  if (typeof token !== 'string') throw new Error(`${tokenUrl} answered ${answer.status} without an access token.`)
  return token
}
