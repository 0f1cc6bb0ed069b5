import assert from 'node:assert/strict'
import { Problem, type ProblemCode } from '../../src/core/problem.ts'

/** For `assert.throws`: a Problem of this code whose message holds this text. */
export function refusal(code: ProblemCode, text: string): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof Problem, `not a Problem: ${String(error)}`)
    assert.equal(error.code, code)
    assert.ok(error.message.includes(text), `${JSON.stringify(error.message)} does not hold ${JSON.stringify(text)}`)
    return true
  }
}

/** What the work gives back, or null where it throws a Problem. Anything else that it throws is a bug, and goes on. */
export function unlessRefused<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
