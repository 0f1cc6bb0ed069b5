import { stat } from 'node:fs/promises'
import type { Logger } from 'pino'
import { trustedAt } from '../auth/issuer/keyRotation.ts'
import { readKeyRing } from '../auth/keys/keyFile.ts'
import type { SigningKey } from '../auth/keys/keyRing.ts'
import type { Clock } from '../server/clock.ts'
import type { Controls } from '../server/services.ts'

const LOOK_EVERY_MS = 1_000

/**
 * Takes up the signing keys of the key file whenever that is replaced, and lets go of those whose time is over, until it
 * is told to stop. A file that cannot be used is logged, and changes nothing. State keys stay those of the start.
 */
export function startKeyRenewal(path: string, controls: Controls, clock: Clock, logger: Logger): () => void {
  let seen: string | null = null
  let looking = false
  const take = async (): Promise<void> => {
    const mark = await markOf(path)
    if (mark === seen) return
    seen = mark
    try {
      const { signing } = trustedAt(await readKeyRing(path), clock.now())
      if (namesOf(signing) === namesOf(controls.ring.signing)) return
      controls.ring = { ...controls.ring, signing }
      logger.info({ keys: signing.map(({ kid }) => kid) }, 'the signing keys are taken up')
    } catch (error) {
      logger.error({ err: error }, 'the signing keys stay as they were')
    }
  }
  const look = async (): Promise<void> => {
    if (looking) return
    looking = true
    await take()
    controls.ring = trustedAt(controls.ring, clock.now())
    looking = false
  }
  void look()
  const timer = setInterval(look, LOOK_EVERY_MS).unref()
  return () => clearInterval(timer)
}

function namesOf(keys: readonly SigningKey[]): string {
  return keys.map(({ kid }) => kid).join(' ')
}

/** What another file in its place, or a change of it, has another of. */
async function markOf(path: string): Promise<string> {
  const stats = await stat(path, { bigint: true }).catch(() => null)
  return stats === null ? 'none' : [stats.ino, stats.mtimeNs, stats.size, stats.mode].join(' ')
}
