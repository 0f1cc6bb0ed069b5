import type { Bench } from './bench.ts'
import { newClient } from './client.ts'
import type { Figure } from './figure.ts'
import { runProgram, startProgram } from './program.ts'
import { TIDEMARK } from './server.ts'
import { inTurns, ratios, spreadOf } from './spread.ts'

const TURNS = 10

/** From the start of the process to its first answer, on an empty directory; beside a process that does nothing. */
export async function measureStart({ newPath, tell }: Bench): Promise<Figure[]> {
  tell('starts')
  const path = newPath('empty')
  const start = async (): Promise<number> => {
    const startedAt = performance.now()
    const { ready, stop } = await startProgram([TIDEMARK, 'serve', '--database', path, '--port', '0', '--json'])
    const client = newClient(new URL(String(ready.url)), 'nobody')
    const { status } = await client.get('/v1.0/groups')
    const ms = performance.now() - startedAt
    client.close()
    await stop()
    if (status !== 401) throw new Error(`A request with a wrong token was answered ${status}.`)
    return ms
  }
  const startNothing = async (): Promise<number> => {
    const startedAt = performance.now()
    await runProgram(['-p', '0'])
    return performance.now() - startedAt
  }
  const [ours = [], nothing = []] = await inTurns(TURNS, [start, startNothing])
  return [
    {
      name: 'start to first answer, empty directory',
      unit: 'ms',
      measured: spreadOf(ours),
      target: { kind: 'at most', value: 500 },
    },
    { name: 'node -p 0', unit: 'ms', measured: spreadOf(nothing), target: null },
    {
      name: 'start to first answer ÷ node -p 0',
      unit: 'ratio',
      measured: spreadOf(ratios(ours, nothing)),
      target: null,
    },
  ]
}
