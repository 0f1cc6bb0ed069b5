import { freeKeys } from './alternateKey.ts'
import { type CommandContext, newObject, withValues } from './change.ts'
import type { DirectoryObject, JsonValue } from './fact.ts'
import type { ObjectId } from './id.ts'
import { addEdges, checkLinkCount, isUnified, liveObject, type NamedTypes } from './membership.ts'
import { invalidValue, Problem } from './problem.ts'
import { propertiesOf } from './resource.ts'
import { securityIdentifier } from './securityIdentifier.ts'
import type { Transaction } from './snapshot.ts'
import {
  checkMailNickname,
  dateTime,
  missingValue,
  readValues,
  refuseBesideOutside,
  requireValues,
  type Values,
} from './value.ts'

/** What a caller sends of a group: values by canonical name, and whom to link. */
export interface GroupInput {
  readonly values: Values
  readonly members: readonly ObjectId[]
  readonly owners: readonly ObjectId[]
  /** Of those among them that are named in the collection of one type. */
  readonly named?: NamedTypes
}

const REQUIRED = ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']

/** Creates a Microsoft 365 or security group with its first members and owners, in one commit. */
export async function createGroup(
  transaction: Transaction,
  { values: sent, members, owners, named }: GroupInput,
  context: CommandContext,
): Promise<DirectoryObject> {
  const values = readValues('group', sent, 'creation')
  requireValues('group', values, REQUIRED)
  checkLinkCount(members.length + owners.length)
  values.set('groupTypes', values.get('groupTypes') ?? [])
  const unified = includes(values, 'Unified')
  values.set('visibility', initialVisibility(values, unified))
  checkGroup(values)
  checkRule(values, values)
  const id = context.newId()
  const now = dateTime(context.now)
  values.set('createdDateTime', now)
  values.set('renewedDateTime', now)
  values.set('securityIdentifier', securityIdentifier(id))
  if (unified) {
    const mail = `${values.get('mailNickname')}@${context.domains[0]}`
    values.set('mail', mail)
    values.set('proxyAddresses', [`SMTP:${mail}`])
  }
  const hidden = values.get('visibility') === 'HiddenMembership'
  const group = newObject('group', id, values, transaction.version, hidden)
  await transaction.putObject(group, await freeKeys(transaction, group))
  await addEdges(transaction, group, 'owners', owners, named)
  await addEdges(transaction, group, 'members', members, named)
  return group
}

/**
 * Changes a group's values and adds members and owners, all or nothing; what is sent as it is already is no change.
 * Gives the group as it is then.
 */
export async function updateGroup(
  transaction: Transaction,
  id: ObjectId,
  { values: sent, members, owners, named }: GroupInput,
  context: CommandContext,
): Promise<DirectoryObject> {
  const before = await liveObject(transaction, 'group', id)
  const values = readValues('group', sent, 'update')
  refuseBesideOutside('group', values, members.length + owners.length)
  checkLinkCount(members.length + owners.length)
  const after = withValues(before, values, transaction.version)
  if (after !== null) {
    checkUpdate(before, after)
    checkRule(values, new Map(Object.entries(after.properties)))
    const group = withMail(before, after, transaction, context)
    await transaction.putObject(group, await freeKeys(transaction, group))
  }
  const group = after ?? before
  await addEdges(transaction, group, 'owners', owners, named)
  await addEdges(transaction, group, 'members', members, named)
  return liveObject(transaction, 'group', id)
}

/** Whether all that a caller sends is kept outside the directory: such an update is answered with the group. */
export function isOutside(values: Values): boolean {
  const table = propertiesOf('group')
  return values.size > 0 && [...values.keys()].every(name => table.get(name)?.outside)
}

/** Microsoft 365 groups are public, all others private (learn.microsoft.com, graph/api/group-post-groups). */
function initialVisibility(values: Values, unified: boolean): JsonValue {
  const roles = values.get('isAssignableToRole') === true
  return values.get('visibility') ?? (unified && !roles ? 'Public' : 'Private')
}

function includes(values: Values, groupType: string): boolean {
  const types = values.get('groupTypes')
  return Array.isArray(types) && types.includes(groupType)
}

/** Which groups there can be (learn.microsoft.com, graph/groups-overview and graph/api/group-post-groups). */
function checkGroup(values: Values): void {
  checkMailNickname('group', values.get('mailNickname'))
  const unified = includes(values, 'Unified')
  const dynamic = includes(values, 'DynamicMembership')
  if (
    unified ? values.get('mailEnabled') !== true : values.get('mailEnabled') !== false || !values.get('securityEnabled')
  ) {
    throw new Problem(
      'Request_BadRequest',
      'The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.',
    )
  }
  if (dynamic && !values.get('membershipRule')) throw missingValue('group', 'membershipRule')
  if (values.get('visibility') === 'HiddenMembership' && !unified) throw invalidValue('visibility', 'Group')
  if (values.get('isAssignableToRole') === true) {
    if (!values.get('securityEnabled') || dynamic) throw invalidValue('isAssignableToRole', 'Group')
    if (values.get('visibility') !== 'Private') throw invalidValue('visibility', 'Group')
  }
}

/** A rule is given to dynamic groups alone; one that a group has from such a time stays, as Entra leaves it. */
function checkRule(sent: Values, values: Values): void {
  if (sent.get('membershipRule') && !includes(values, 'DynamicMembership'))
    throw invalidValue('membershipRule', 'Group')
}

/** What an update must leave as it is: the kind of group, a name that was given once, who may see the members. */
function checkUpdate(before: DirectoryObject, after: DirectoryObject): void {
  checkGroup(new Map(Object.entries(after.properties)))
  if (isUnified(before) !== isUnified(after)) throw invalidValue('groupTypes', 'Group')
  const { uniqueName, visibility } = before.properties
  if (uniqueName !== undefined && uniqueName !== after.properties.uniqueName) throw invalidValue('uniqueName', 'Group')
  const hides = (value: JsonValue | undefined): boolean => value === 'HiddenMembership'
  if (hides(visibility) !== hides(after.properties.visibility)) throw invalidValue('visibility', 'Group')
}

/** A Microsoft 365 group's address follows its mailNickname. */
function withMail(
  before: DirectoryObject,
  after: DirectoryObject,
  { version }: Transaction,
  { domains }: CommandContext,
): DirectoryObject {
  const { mailNickname } = after.properties
  if (!isUnified(after) || before.properties.mailNickname === mailNickname) return after
  const mail = `${mailNickname}@${domains[0]}`
  const addresses = new Map<string, JsonValue>([
    ['mail', mail],
    ['proxyAddresses', [`SMTP:${mail}`]],
  ])
  return withValues(after, addresses, version) ?? after
}
