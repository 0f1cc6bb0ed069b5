import type { CommandContext } from './change.ts'
import { foldDomain } from './domain.ts'
import type { JsonValue } from './fact.ts'
import { withAddresses } from './mailAddress.ts'
import type { PlainRules } from './plainType.ts'
import { invalidValue, Problem } from './problem.ts'
import { securityIdentifier } from './securityIdentifier.ts'
import { checkMailNickname, dateTime, type Values } from './value.ts'

/** A user. A password is asked for, as Graph does, and never kept. */
export const USER: PlainRules = {
  required: ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName'],
  kept: (values, context) => {
    checkUser(values, context)
    if (values.has('passwordProfile')) checkPassword(values.get('passwordProfile'))
    return withAddresses(new Map([...values].filter(([name]) => name !== 'passwordProfile')))
  },
  initial: (id, _values, { now }) =>
    new Map([
      ['userType', 'Member'],
      ['createdDateTime', dateTime(now)],
      ['securityIdentifier', securityIdentifier(id)],
    ]),
}

const ALIAS = /^[A-Za-z0-9'._!#^~-]{1,64}$/

/** Throws `Request_BadRequest` unless the name is `alias@domain` with one of the tenant's verified domains. */
export function checkPrincipalName(name: JsonValue | undefined, { domains }: CommandContext): void {
  const [alias = '', domain, ...more] = typeof name === 'string' ? name.split('@') : []
  if (!ALIAS.test(alias) || alias.endsWith('.') || domain === undefined || more.length > 0) {
    throw invalidValue('userPrincipalName', 'User')
  }
  if (domains.includes(foldDomain(domain))) return
  throw new Problem(
    'Request_BadRequest',
    `The domain portion of the userPrincipalName property is invalid: '${domain}' is not one of the verified domains (${domains.join(', ')}).`,
  )
}

function checkUser(values: Values, context: CommandContext): void {
  checkMailNickname('user', values.get('mailNickname'))
  if (values.has('userPrincipalName')) checkPrincipalName(values.get('userPrincipalName'), context)
  const location = values.get('usageLocation')
  if (typeof location === 'string' && !/^[A-Za-z]{2}$/.test(location)) throw invalidValue('usageLocation', 'User')
}

function checkPassword(profile: JsonValue | undefined): void {
  const password = typeof profile === 'object' && profile !== null && 'password' in profile ? profile.password : null
  if (typeof password !== 'string' || password === '') throw invalidValue('passwordProfile', 'User')
}
