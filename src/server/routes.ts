import type { Permission } from '../auth/permissions.ts'
import type { Answer } from './answer.ts'
import { deleteDeletedItem, getDeletedItem, getDeletedItems, postRestore, refuseUntypedList } from './deletedItems.ts'
import { getDelta } from './delta.ts'
import { deleteEdge, getEdges, postEdge, refuseTargetDelete } from './edges.ts'
import type { GraphRequest } from './graphRequest.ts'
import { getGroup, getGroups, patchGroup, postGroup, removeGroup } from './groups.ts'
import type { Services } from './services.ts'
import { getUser, getUsers, patchUser, postUser, removeUser } from './users.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** What can be done at one path. Any one of a route's permissions lets a caller in; its handler may ask for more. */
export interface Route {
  readonly permissions: readonly [Permission, ...Permission[]]
  readonly handle: (request: GraphRequest, services: Services) => Promise<Answer>
}

const route = (handle: Route['handle'], ...permissions: [Permission, ...Permission[]]): Route => ({
  permissions,
  handle,
})

const IN_BIN = (operation: 'list' | 'get' | 'restore' | 'purge'): [Permission, Permission] => [
  `deletedGroups.${operation}`,
  `deletedUsers.${operation}`,
]

/**
 * Every route below an API version. A path's steps are names in lower case, or parameters in braces; of two paths that
 * fit, the one that comes first counts.
 */
export const ROUTES: Readonly<Record<string, Partial<Record<Method, Route>>>> = {
  groups: { GET: route(getGroups, 'groups.list'), POST: route(postGroup, 'groups.create') },
  'groups/delta': { GET: route(getDelta('group'), 'groups.delta') },
  'groups/{id}': {
    GET: route(getGroup, 'groups.get'),
    PATCH: route(patchGroup, 'groups.update', 'groups.members.add', 'groups.owners.add'),
    DELETE: route(removeGroup, 'groups.delete'),
  },
  'groups/{id}/members': { GET: route(getEdges('members'), 'groups.members.list') },
  'groups/{id}/members/$ref': { POST: route(postEdge('members'), 'groups.members.add') },
  'groups/{id}/members/{target}': { DELETE: route(refuseTargetDelete, 'groups.members.remove') },
  'groups/{id}/members/{target}/$ref': { DELETE: route(deleteEdge('members'), 'groups.members.remove') },
  'groups/{id}/owners': { GET: route(getEdges('owners'), 'groups.owners.list') },
  'groups/{id}/owners/$ref': { POST: route(postEdge('owners'), 'groups.owners.add') },
  'groups/{id}/owners/{target}': { DELETE: route(refuseTargetDelete, 'groups.owners.remove') },
  'groups/{id}/owners/{target}/$ref': { DELETE: route(deleteEdge('owners'), 'groups.owners.remove') },
  users: { GET: route(getUsers, 'users.list'), POST: route(postUser, 'users.create') },
  'users/delta': { GET: route(getDelta('user'), 'users.delta') },
  'users/{id}': {
    GET: route(getUser, 'users.get'),
    PATCH: route(patchUser, 'users.update'),
    DELETE: route(removeUser, 'users.delete'),
  },
  'directory/deleteditems': { GET: route(refuseUntypedList, ...IN_BIN('list')) },
  'directory/deleteditems/microsoft.graph.group': { GET: route(getDeletedItems('group'), 'deletedGroups.list') },
  'directory/deleteditems/microsoft.graph.user': { GET: route(getDeletedItems('user'), 'deletedUsers.list') },
  'directory/deleteditems/{id}': {
    GET: route(getDeletedItem, ...IN_BIN('get')),
    DELETE: route(deleteDeletedItem, ...IN_BIN('purge')),
  },
  'directory/deleteditems/{id}/restore': { POST: route(postRestore, ...IN_BIN('restore')) },
}
