/** Where our own server does less than Graph, or otherwise, and no case says so. */
export interface Difference {
  /** The promise of docs/protocol.md that tells what we do. */
  readonly promise: string
  readonly subject: string
  readonly standing: 'partial' | 'not done'
  readonly reason: string
}

export const DIFFERENCES: readonly Difference[] = [
  partial('DELTA-158', 'dynamic groups', 'their membershipRule is kept as text and not evaluated'),
  partial('DELTA-67', 'a deleted security group', 'shows securityEnabled as it was; Graph shows false'),
  partial(
    'DELTA-87',
    'DELETE of a member without /$ref',
    'is always 403; Graph deletes the object where the caller may',
  ),
  partial('DELTA-133', 'DELETE /directoryObjects/{id}', 'is open to apps; Graph asks a person'),
  partial('DELTA-112', 'a write without a body in a batch', 'is done; Graph refuses the batch'),
  partial('DELTA-217', 'x-ms-throttle-priority: High', 'counts as Normal; Graph throttles it last'),
  partial('DELTA-142', '$orderby on /users', 'knows no createdDateTime'),
  partial('DELTA-142', '$orderby by several properties', 'is 400'),
  notDone('DELTA-108', 'values of schema, directory and open extensions', 'are unknown names: nothing can be declared'),
  partial('DELTA-185', 'POST and DELETE of devices', 'are open to apps; Graph asks a person'),
  partial('DELTA-224', 'users/delta with User.Read', 'is 403: it would show everybody'),
  notDone('DELTA-224', 'User.ReadBasic.All', 'is not among the permissions that are known'),
  partial(
    'DELTA-245',
    'people who sign in',
    'do on a demonstration alone, by choosing who they are, without a password',
  ),
  partial(
    'DELTA-225',
    'tokens that Entra issues for Microsoft Graph',
    'can be checked by Graph alone: an API of one’s own is registered',
  ),
]

function partial(promise: string, subject: string, reason: string): Difference {
  return { promise, subject, standing: 'partial', reason }
}

function notDone(promise: string, subject: string, reason: string): Difference {
  return { promise, subject, standing: 'not done', reason }
}
