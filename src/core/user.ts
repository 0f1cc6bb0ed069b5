import { checkFree, foldKey } from './alternateKey.ts'
import { type CommandContext, newObject, recycle, withValues } from './change.ts'
import { foldDomain } from './domain.ts'
import type { DirectoryObject, JsonValue } from './fact.ts'
import type { ObjectId } from './id.ts'
import { liveObject } from './membership.ts'
import { invalidValue, Problem } from './problem.ts'
import { securityIdentifier } from './securityIdentifier.ts'
import type { AlternateKey, Transaction } from './snapshot.ts'
import { checkMailNickname, dateTime, readValues, requireValues, type Values } from './value.ts'

const REQUIRED = ['accountEnabled', 'displayName', 'mailNickname', 'passwordProfile', 'userPrincipalName']

/** Creates a user. A password is asked for, as Graph does, and never kept. */
export async function createUser(
  transaction: Transaction,
  sent: Values,
  context: CommandContext,
): Promise<DirectoryObject> {
  const values = readValues('user', sent, 'creation')
  requireValues('user', values, REQUIRED)
  checkUser(values, context)
  checkPassword(values.get('passwordProfile'))
  values.delete('passwordProfile')
  const id = context.newId()
  values.set('userType', values.get('userType') ?? 'Member')
  values.set('createdDateTime', dateTime(context.now))
  values.set('securityIdentifier', securityIdentifier(id))
  const user = newObject('user', id, withAddresses(values), transaction.version)
  await transaction.putObject(user, await freeUserKeys(transaction, user))
  return user
}

/** Changes a user's values; what is sent as it is already is no change. */
export async function updateUser(
  transaction: Transaction,
  id: ObjectId,
  sent: Values,
  context: CommandContext,
): Promise<void> {
  const before = await liveObject(transaction, 'user', id)
  const values = readValues('user', sent, 'update')
  checkUser(values, context)
  if (values.has('passwordProfile')) checkPassword(values.get('passwordProfile'))
  values.delete('passwordProfile')
  const after = withValues(before, withAddresses(values), transaction.version)
  if (after !== null) await transaction.putObject(after, await freeUserKeys(transaction, after))
}

/** Puts a user into the recycle bin. Its memberships stay (learn.microsoft.com, graph/delta-query-groups). */
export async function deleteUser(transaction: Transaction, id: ObjectId, context: CommandContext): Promise<void> {
  await recycle(transaction, await liveObject(transaction, 'user', id), dateTime(context.now))
}

/** The alternate keys that name a user. Throws `Request_BadRequest` when another object has one of them. */
export async function freeUserKeys(
  transaction: Transaction,
  user: DirectoryObject,
): Promise<Partial<Record<AlternateKey, string>>> {
  const keys = { userPrincipalName: foldKey(String(user.properties.userPrincipalName)) }
  await checkFree(transaction, user.id, keys)
  return keys
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

/** A user's proxyAddresses follow its mail (learn.microsoft.com, graph/api/resources/user). */
function withAddresses(values: Values): Values {
  const mail = values.get('mail')
  if (mail === undefined) return values
  return new Map(values).set('proxyAddresses', mail === null ? [] : [`SMTP:${mail}`])
}
