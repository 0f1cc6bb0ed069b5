import type { Logger } from 'pino'
import type { Certificate } from '../../server/connection/listener.ts'
import type { Listening, RunningServer } from '../../server/server.ts'
import { givenCertificate } from './given.ts'
import type { CertificateSource } from './httpsOptions.ts'
import { keptCertificate } from './kept.ts'

const HOUR_MS = 3_600_000
const OF_THIS_MACHINE = ['localhost', '127.0.0.1', '::1']
/** To listen on; nobody has them. */
const UNSPECIFIED = ['0.0.0.0', '::']

/** Opens the certificate by which a database is served, good at `now` (milliseconds since 1970 UTC). */
export type OpenCertificate = (now: number) => Promise<Certificate>

export function certificateOf(source: CertificateSource, database: string, listening: Listening): OpenCertificate {
  if (source !== 'own authority') return now => givenCertificate(source, now)
  const names = namesOf(listening)
  return now => keptCertificate(database, names, now)
}

/** The names under which clients can come to a server. */
function namesOf({ host, publicUrl }: Listening): string[] {
  const named = publicUrl === null ? host : new URL(publicUrl).hostname.replace(/^\[(.*)\]$/, '$1')
  return [...new Set([...OF_THIS_MACHINE, host, named])].filter(name => !UNSPECIFIED.includes(name))
}

/**
 * Looks every hour for a certificate in the place of the one that is shown, made anew or put there by others, until it
 * is told to stop. One that cannot be used is logged, and changes nothing.
 */
export function startRenewal(
  open: OpenCertificate,
  shown: Certificate,
  { useCertificate }: Pick<RunningServer, 'useCertificate'>,
  logger: Logger,
): () => void {
  let current = shown
  const look = async (): Promise<void> => {
    try {
      const found = await open(Date.now())
      if (found.cert === current.cert && found.key === current.key) return
      useCertificate(found)
      current = found
      logger.info('a new certificate is shown')
    } catch (error) {
      logger.error({ err: error }, 'the certificate stays as it was')
    }
  }
  const timer = setInterval(look, HOUR_MS).unref()
  return () => clearInterval(timer)
}
