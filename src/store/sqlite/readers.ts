import { Connection } from './connection.ts'

/** Connections that read, each for one snapshot at a time. */
export class Readers {
  readonly #path: string
  readonly #idle: Connection[] = []
  readonly #waiting: ((connection: Connection) => void)[] = []
  readonly #max: number
  #open = 0

  constructor(path: string, max = 4) {
    this.#path = path
    this.#max = max
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

  /** Closes the connections that nobody uses: all of them once every read has ended. */
  close(): void {
    for (const connection of this.#idle.splice(0)) connection.close()
  }

  #take(): Promise<Connection> | Connection {
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
    if (next === undefined) this.#idle.push(connection)
    else next(connection)
  }
}
