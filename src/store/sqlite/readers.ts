import { Connection } from './connection.ts'

/** So many of the connections are never taken by a survey: a short read finds one, for it is over before others run. */
const SHORT_READS = 2

/** Connections that read, each for one snapshot at a time. */
export class Readers {
  readonly #path: string
  readonly #idle: Connection[] = []
  readonly #waiting: ((connection: Connection) => void)[] = []
  readonly #surveys: (() => void)[] = []
  readonly #max: number
  #open = 0
  #surveying = 0
  #closed: PromiseWithResolvers<void> | null = null

  constructor(path: string, max = 4) {
    this.#path = path
    this.#max = max
  }

  get waiting(): number {
    return this.#waiting.length + this.#surveys.length
  }

  /** Runs `work` inside one read transaction: all it reads is one state. */
  async read<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = await this.#take()
    try {
      connection.exec('BEGIN')
      try {
        return await work(connection)
      } finally {
        connection.exec('COMMIT')
      }
    } finally {
      this.#give(connection)
    }
  }

  /** The same for work that pauses meanwhile, and holds its connection for long. */
  async survey<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#surveying >= this.#max - SHORT_READS) await new Promise<void>(resolve => this.#surveys.push(resolve))
    else this.#surveying += 1
    try {
      return await this.read(work)
    } finally {
      const next = this.#surveys.shift()
      if (next === undefined) this.#surveying -= 1
      else next()
    }
  }

  /** Lets no further read begin, and closes each connection when its reads have ended. */
  async close(): Promise<void> {
    this.#closed ??= Promise.withResolvers<void>()
    for (const connection of this.#idle.splice(0)) this.#end(connection)
    if (this.#open > 0) await this.#closed.promise
  }

  #end(connection: Connection): void {
    connection.close()
    this.#open -= 1
    if (this.#open === 0) this.#closed?.resolve()
  }

  #take(): Promise<Connection> | Connection {
    if (this.#closed !== null) throw new Error('The store is closed.')
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#open < this.#max) {
      // Counted once it is open: one that cannot be opened must not take a place for ever.
      const connection = new Connection(this.#path, 'read')
      this.#open += 1
      return connection
    }
    return new Promise(resolve => this.#waiting.push(resolve))
  }

  #give(connection: Connection): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next(connection)
    else if (this.#closed === null) this.#idle.push(connection)
    else this.#end(connection)
  }
}
