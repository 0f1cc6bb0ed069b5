import { freeKeys } from './alternateKey.ts'
import { type CommandContext, newObject, withValues } from './change.ts'
import { DEVICE } from './device.ts'
import type { DirectoryObject } from './fact.ts'
import type { ObjectId } from './id.ts'
import { liveObject } from './membership.ts'
import { ORG_CONTACT } from './orgContact.ts'
import type { PlainRules, PlainType } from './plainType.ts'
import { SERVICE_PRINCIPAL } from './servicePrincipal.ts'
import type { Transaction } from './snapshot.ts'
import { USER } from './user.ts'
import { readValues, requireValues, type Values } from './value.ts'

const RULES: Readonly<Record<PlainType, PlainRules>> = {
  user: USER,
  device: DEVICE,
  servicePrincipal: SERVICE_PRINCIPAL,
  orgContact: ORG_CONTACT,
}

/** Creates a user, device, service principal or contact. */
export async function createObject(
  transaction: Transaction,
  type: PlainType,
  sent: Values,
  context: CommandContext,
): Promise<DirectoryObject> {
  const { required, kept, initial } = RULES[type]
  const said = readValues(type, sent, 'creation')
  requireValues(type, said, required)
  const values = kept(said, context)
  const id = context.newId()
  const object = newObject(type, id, new Map([...initial(id, values, context), ...values]), transaction.version)
  await transaction.putObject(object, await freeKeys(transaction, object))
  return object
}

/** Changes an object's values; what is sent as it is already is no change. */
export async function updateObject(
  transaction: Transaction,
  type: PlainType,
  id: ObjectId,
  sent: Values,
  context: CommandContext,
): Promise<void> {
  const before = await liveObject(transaction, type, id)
  const values = RULES[type].kept(readValues(type, sent, 'update'), context)
  const after = withValues(before, values, transaction.version)
  if (after !== null) await transaction.putObject(after, await freeKeys(transaction, after))
}
