import { foldKey } from './alternateKey.ts'
import type { DirectoryObject } from './fact.ts'
import { isUnified } from './membership.ts'
import { Problem, type ProblemDetail } from './problem.ts'
import type { Snapshot } from './snapshot.ts'
import { checkMailNickname, missingValue, readValues, type Values } from './value.ts'

/**
 * Whether a Microsoft 365 group could have these names: the one that is given, or a new one where it is null. A tenant
 * has no naming policy, so what can be in the way is a `mailNickname` that another group has.
 *
 * Throws `Request_BadRequest` for values that no group can have, `Request_UnprocessableEntity` for those that this one
 * cannot (learn.microsoft.com, graph/api/directoryobject-validateproperties).
 */
export async function checkNames(snapshot: Snapshot, sent: Values, group: DirectoryObject | null): Promise<void> {
  const values = readValues('group', sent, 'update')
  checkMailNickname('group', values.get('mailNickname'))
  if (values.size === 0) throw missingValue('group', 'displayName')
  if (group !== null && !isUnified(group)) return
  const nickname = values.get('mailNickname')
  if (typeof nickname !== 'string') return
  const holder = await snapshot.idByKey('mailNickname', foldKey(nickname))
  if (holder === null || holder === group?.id) return
  const conflict: ProblemDetail = {
    target: 'mailNickname',
    code: 'PropertyConflict',
    message: 'Another object with the same value for property mailNickname already exists.',
  }
  throw new Problem('Request_UnprocessableEntity', 'The values provided contain one or more validation errors.', {
    details: [conflict],
  })
}
