import assert from 'node:assert/strict'
import type { Call, Reply, TestServer } from './aServer.ts'

/** What a batch answers to one of its requests. */
export interface ItemReply {
  readonly id: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look at bodies as their readers do
  readonly body?: any
}

export const JSON_HEADERS = { 'Content-Type': 'application/json' }

/** Sends a batch. */
export function sendBatch(
  { call }: TestServer,
  requests: unknown,
  how: Call & { readonly path?: string } = {},
): Promise<Reply> {
  const { path = '/v1.0/$batch', ...rest } = how
  return call(path, { method: 'POST', body: { requests }, ...rest })
}

/** Sends a batch that is well formed; gives its answers by id. */
export async function answersOf(
  server: TestServer,
  requests: readonly object[],
  how: Call & { readonly path?: string } = {},
): Promise<(id: string) => ItemReply> {
  const { status, body } = await sendBatch(server, requests, how)
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(Object.keys(body), ['responses'])
  const answers: readonly ItemReply[] = body.responses
  assert.equal(answers.length, requests.length)
  return id => {
    const found = answers.filter(answer => answer.id === id)
    const [answer] = found
    assert.ok(answer !== undefined && found.length === 1, `${found.length} answers to ${id}`)
    return answer
  }
}

/** Requests that read, with ids from 1. */
export function gets(...urls: readonly string[]): object[] {
  return urls.map((url, index) => ({ id: String(index + 1), method: 'GET', url }))
}
