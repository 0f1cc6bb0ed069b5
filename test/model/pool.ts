import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Job, Outcome } from './worker.ts'

interface Waiting {
  readonly job: Job
  readonly resolve: (outcome: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Runs jobs side by side, as many as the machine can; each is answered when it is done. */
export class Pool {
  readonly #waiting: Waiting[] = []
  readonly #workers: Worker[] = []
  readonly #idle: Worker[] = []
  readonly size = availableParallelism()

  run(job: Job): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }

  #next(): void {
    if (this.#waiting.length === 0) return
    const worker = this.#idle.pop() ?? this.#newWorker()
    const next = worker === null ? undefined : this.#waiting.shift()
    if (worker === null || next === undefined) return
    const done = (): void => {
      worker.off('message', answered)
      worker.off('error', failed)
    }
    const answered = (outcome: Outcome): void => {
      done()
      this.#idle.push(worker)
      next.resolve(outcome)
      this.#next()
    }
    // A worker that fails is lost, and another takes its place.
    const failed = (error: unknown): void => {
      done()
      this.#workers.splice(this.#workers.indexOf(worker), 1)
      next.reject(error)
      this.#next()
    }
    worker.on('message', answered)
    worker.on('error', failed)
    worker.postMessage(next.job)
  }

  #newWorker(): Worker | null {
    if (this.#workers.length >= this.size) return null
    const worker = new Worker(new URL('./worker.ts', import.meta.url))
    this.#workers.push(worker)
    return worker
  }
}
