import type { Command } from 'commander'
import { givenFor, option, readSwitch } from '../option.ts'
import { Refusal } from '../refusal.ts'
import type { CertificateFiles } from './given.ts'

/** Where the certificate of a server comes from: files that were given, or an authority beside the database. */
export type CertificateSource = CertificateFiles | 'own authority'

export function addHttpsOptions(command: Command): Command {
  return command
    .addOption(
      option(
        '--https',
        'speak https (HTTP/1.1 and HTTP/2), by a certificate authority made and kept beside the database',
      ),
    )
    .addOption(option('--cert <file>', 'with --https: a certificate of your own, PEM'))
    .addOption(option('--key <file>', 'with --https: the private key of that certificate, PEM'))
}

/** Null for a server that speaks http. */
export function readHttps(command: Command): CertificateSource | null {
  const https = readSwitch(command, 'https')
  const cert = givenFor(command, 'cert')
  const key = givenFor(command, 'key')
  const lone = (cert ?? key)?.name
  if (!https) {
    if (lone === undefined) return null
    throw new Refusal(`${lone} is for a server that speaks https: give --https too.`)
  }
  if (cert !== null && key !== null) return { cert: cert.text, key: key.text }
  if (lone === undefined) return 'own authority'
  throw new Refusal(
    `${lone} needs ${cert === null ? '--cert' : '--key'} beside it: a certificate and its key go together.`,
  )
}
