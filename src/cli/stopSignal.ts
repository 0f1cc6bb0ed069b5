import { constants } from 'node:os'

/**
 * npm passes a terminal's Ctrl-C on to a program that has had it from the terminal already: a signal that comes this
 * soon after the first is no second one. In milliseconds.
 */
const SAME_SIGNAL_MS = 1_000

/** Resolves at the first SIGINT or SIGTERM. A second one ends the process at once, as if nobody had listened to it. */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    let first: number | null = null
    const receive = (signal: NodeJS.Signals): void => {
      if (first === null) {
        first = performance.now()
        resolve(signal)
      } else if (performance.now() - first > SAME_SIGNAL_MS) {
        process.exit(128 + constants.signals[signal])
      }
    }
    process.on('SIGINT', receive).on('SIGTERM', receive)
  })
}
