import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { aFolder, aServing, type Ended, run, type Serving } from './aProgram.ts'

/** A server, and the commands that are given beside it. */
export interface Administered {
  readonly database: string
  readonly serving: Serving
  readonly tenantId: string
  /** Runs a command on the server's database, while it is served. */
  readonly tidemark: (...words: string[]) => Promise<Ended>
  /** The JSON that a command prints. */
  readonly json: (...words: string[]) => Promise<Record<string, unknown>>
}

export async function anAdministered(t: TestContext, ...words: string[]): Promise<Administered> {
  const database = join(aFolder(t), 'directory.db')
  const serving = await aServing(t, ['--database', database, ...words])
  const tidemark = (...more: string[]) => run([...more, '--database', database])
  return {
    database,
    serving,
    tenantId: serving.ready.tenantId,
    tidemark,
    json: async (...more) => {
      const { code, stdout, stderr } = await tidemark(...more, '--json')
      assert.equal(code, 0, stderr)
      return JSON.parse(stdout)
    },
  }
}

/** One sentence, and exit code 2. */
export function refused({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr)
  assert.match(stderr, sentence)
  assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
}

export function posted(body: object): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
