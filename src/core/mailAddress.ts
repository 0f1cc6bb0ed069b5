import type { Values } from './value.ts'

/** The proxyAddresses of who has a mail follow it (learn.microsoft.com, graph/api/resources/user). */
export function withAddresses(values: Values): Values {
  const mail = values.get('mail')
  if (mail === undefined) return values
  return new Map(values).set('proxyAddresses', mail === null ? [] : [`SMTP:${mail}`])
}
