import { AssertionError } from 'node:assert/strict'
import { Fault, sentenceOf } from '../replay/fault.ts'
import { type Case, obstacle } from './case.ts'
import { newScene } from './scene.ts'
import type { Target } from './target.ts'

/** How a case went. A skipped one was not asked, for the reason it gives. */
export type Verdict =
  | { readonly result: 'passed'; readonly notes: readonly string[] }
  | { readonly result: 'failed'; readonly reason: string; readonly notes: readonly string[] }
  | { readonly result: 'skipped'; readonly reason: string }

export interface Finding {
  readonly subject: Case
  readonly verdict: Verdict
}

/** Tells one case to a target, and removes what it made there. */
export async function tryCase(subject: Case, target: Target): Promise<Verdict> {
  const reason = obstacle(subject, target)
  if (reason !== null) return { result: 'skipped', reason }
  const { scene, notes, clear } = newScene(target)
  try {
    await subject.run(scene)
    return { result: 'passed', notes }
  } catch (error) {
    return { result: 'failed', reason: explain(error), notes }
  } finally {
    await clear().catch(error => scene.note(`could not remove what it made: ${sentenceOf(error)}`))
  }
}

/** What the server did is told in a sentence; what a case stumbled over, with the place. */
function explain(error: unknown): string {
  if (error instanceof AssertionError || error instanceof Fault) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Tries cases one after another, `show` after each with all so far; stops between two when `signal` is aborted. */
export async function tryCases(
  cases: readonly Case[],
  target: Target,
  signal: AbortSignal,
  show: (findings: readonly Finding[]) => void,
): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const subject of cases) {
    signal.throwIfAborted()
    findings.push({ subject, verdict: await tryCase(subject, target) })
    show(findings)
  }
  return findings
}
