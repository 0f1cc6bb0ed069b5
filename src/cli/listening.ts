import { messageOf } from '../store/sqlite/database.ts'
import { Refusal } from './refusal.ts'

/** Where a listener was to listen, and the option that chose its port. */
interface Place {
  readonly host: string
  readonly port: number
  readonly option: string
}

/** A listener that starts; rejects with a `Refusal` where the system refuses its address. */
export async function orRefusal<T>(listener: Promise<T>, place: Place): Promise<T> {
  try {
    return await listener
  } catch (error) {
    const reason = reasonOf(error, place)
    throw reason === null ? error : new Refusal(reason, { cause: error })
  }
}

function reasonOf(error: unknown, { host, port, option }: Place): string | null {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return null
  switch (error.code) {
    case 'EADDRINUSE':
      return `Port ${port} of ${host} is in use: choose another with ${option}, 0 for any free one.`
    case 'EACCES':
      return `Port ${port} of ${host} may not be used by this user: choose another with ${option}.`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return `'${host}' is not an address of this machine.`
    default:
      return `The server cannot listen on port ${port} of ${host}: ${messageOf(error)}.`
  }
}
