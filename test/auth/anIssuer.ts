import { createServer, type RequestListener } from 'node:http'
import type { TestContext } from 'node:test'

/** An issuer on this machine, whose every answer a test decides. */
export interface LoopbackIssuer {
  readonly url: string
  /** By path; any other path is 404. */
  readonly answers: Map<string, RequestListener>
  /** The paths that were asked for, in their order. */
  readonly asked: readonly string[]
}

export async function anIssuer(context: TestContext): Promise<LoopbackIssuer> {
  const answers = new Map<string, RequestListener>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = answers.get(path)
    if (answer === undefined) response.writeHead(404).end()
    else answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The issuer does not listen.')
  return { url: `http://127.0.0.1:${address.port}`, answers, asked }
}

/** Answers a document as an issuer does. */
export function json(document: unknown): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document))
  }
}
