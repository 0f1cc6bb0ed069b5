import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import { newClient } from './client.ts'
import { type Program, startProgram } from './program.ts'
import { FIRST_ROUND, linkOf } from './round.ts'

/** A server that answers each request of a first round with the same bytes as another server, from memory. */
export interface MemoryServer extends Pick<Program, 'stop'> {
  readonly url: URL
}

interface Source {
  readonly url: string
  readonly token: string
}

/** Starts one in a process of its own; it reads the round that it will serve from `source` first. */
export async function startMemoryServer(source: Source): Promise<MemoryServer> {
  const { ready, stop } = await startProgram([import.meta.filename], JSON.stringify(source))
  return { stop, url: new URL(String(ready.url)) }
}

/** The pages of a first round by path and query. */
async function readPages({ url, token }: Source): Promise<Map<string, Buffer>> {
  const client = newClient(new URL(url), token)
  const pages = new Map<string, Buffer>()
  for (let at = FIRST_ROUND; ; ) {
    const chunks: Buffer[] = []
    const link = linkOf(await client.get(at, chunk => chunks.push(chunk)))
    pages.set(at, Buffer.concat(chunks))
    if (link.ends) break
    at = link.path
  }
  client.close()
  return pages
}

async function serve(pages: ReadonlyMap<string, Buffer>): Promise<void> {
  const app = Fastify({ exposeHeadRoutes: false, forceCloseConnections: 'idle' })
  app.get('/*', (request, reply) => {
    const id = randomUUID()
    return reply
      .headers({
        'request-id': id,
        'client-request-id': id,
        'cache-control': 'no-store',
        vary: 'Authorization',
        'content-type':
          'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8',
        'odata-version': '4.0',
      })
      .send(pages.get(request.raw.url ?? ''))
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  console.log(JSON.stringify({ url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }))
  process.once('SIGTERM', () => void app.close())
}

if (import.meta.main) await serve(await readPages(JSON.parse(await text(process.stdin)) as Source))
