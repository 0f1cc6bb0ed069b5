import type { Permission } from '../auth/permission/permissionTable.ts'
import { postBatch } from './batch.ts'
import {
  deleteDeletedItem,
  getDeletedItem,
  getDeletedItems,
  getDirectory,
  postRestore,
  refuseUntypedList,
} from './deletedItems.ts'
import { getDelta } from './delta.ts'
import { descriptionRoutes } from './description.ts'
import { deleteEdge, postEdge, refuseTargetDelete } from './edges.ts'
import { patchGroup, postGroup } from './groups.ts'
import { ofMe } from './me.ts'
import { MEMBERSHIP_ROUTES } from './membershipRoutes.ts'
import { getObject, getObjects, patchObject, postObject, removeObject } from './objects.ts'
import { getOrganization, getOrganizations } from './organization.ts'
import { getRelated } from './relationships.ts'
import { type Routes, route } from './route.ts'

const IN_BIN = (operation: 'list' | 'get' | 'restore' | 'purge'): [Permission, ...Permission[]] => [
  `deletedGroups.${operation}`,
  `deletedUsers.${operation}`,
  `deletedServicePrincipals.${operation}`,
]

const DIRECTORY_ROUTES: Routes = {
  ...MEMBERSHIP_ROUTES,
  groups: { GET: route(getObjects('group'), 'groups.list'), POST: route(postGroup, 'groups.create') },
  'groups/delta': { GET: route(getDelta('group'), 'groups.delta') },
  'groups/{id}': {
    GET: route(getObject('group'), 'groups.get'),
    PATCH: route(patchGroup, 'groups.update', 'groups.members.add', 'groups.owners.add'),
    DELETE: route(removeObject('group'), 'groups.delete'),
  },
  'groups/{id}/members/$ref': { POST: route(postEdge('members'), 'groups.members.add') },
  'groups/{id}/members/{target}': { DELETE: route(refuseTargetDelete, 'groups.members.remove') },
  'groups/{id}/members/{target}/$ref': { DELETE: route(deleteEdge('members'), 'groups.members.remove') },
  'groups/{id}/owners/$ref': { POST: route(postEdge('owners'), 'groups.owners.add') },
  'groups/{id}/owners/{target}': { DELETE: route(refuseTargetDelete, 'groups.owners.remove') },
  'groups/{id}/owners/{target}/$ref': { DELETE: route(deleteEdge('owners'), 'groups.owners.remove') },
  users: { GET: route(getObjects('user'), 'users.list'), POST: route(postObject('user'), 'users.create') },
  'users/delta': { GET: route(getDelta('user'), 'users.delta') },
  'users/{id}': {
    GET: route(getObject('user'), 'users.get'),
    PATCH: route(patchObject('user'), 'users.update'),
    DELETE: route(removeObject('user'), 'users.delete'),
  },
  directory: { GET: route(getDirectory, ...IN_BIN('list')) },
  devices: {
    GET: route(getObjects('device'), 'devices.list'),
    POST: route(postObject('device'), 'devices.create'),
  },
  'devices/{id}': {
    GET: route(getObject('device'), 'devices.get'),
    PATCH: route(patchObject('device'), 'devices.update'),
    DELETE: route(removeObject('device'), 'devices.delete'),
  },
  serviceprincipals: {
    GET: route(getObjects('servicePrincipal'), 'servicePrincipals.list'),
    POST: route(postObject('servicePrincipal'), 'servicePrincipals.create'),
  },
  'serviceprincipals/{id}': {
    GET: route(getObject('servicePrincipal'), 'servicePrincipals.get'),
    PATCH: route(patchObject('servicePrincipal'), 'servicePrincipals.update'),
    DELETE: route(removeObject('servicePrincipal'), 'servicePrincipals.delete'),
  },
  contacts: { GET: route(getObjects('orgContact'), 'contacts.list') },
  'contacts/{id}': { GET: route(getObject('orgContact'), 'contacts.get') },
  'directory/deleteditems': { GET: route(refuseUntypedList, ...IN_BIN('list')) },
  'directory/deleteditems/microsoft.graph.group': { GET: route(getDeletedItems('group'), 'deletedGroups.list') },
  'directory/deleteditems/microsoft.graph.user': { GET: route(getDeletedItems('user'), 'deletedUsers.list') },
  'directory/deleteditems/microsoft.graph.serviceprincipal': {
    GET: route(getDeletedItems('servicePrincipal'), 'deletedServicePrincipals.list'),
  },
  'directory/deleteditems/{id}': {
    GET: route(getDeletedItem, ...IN_BIN('get')),
    DELETE: route(deleteDeletedItem, ...IN_BIN('purge')),
  },
  'directory/deleteditems/{id}/restore': { POST: route(postRestore, ...IN_BIN('restore')) },
  organization: { GET: route(getOrganizations, 'organization.read') },
  'organization/{id}': { GET: route(getOrganization, 'organization.read') },
  me: { GET: route(ofMe(getObject('user')), 'me') },
  'me/memberof': { GET: route(ofMe(getRelated('user', 'memberOf', 'users.memberOf.list')), 'me') },
  $batch: { POST: route(postBatch, 'batch') },
}

/** Every route below an API version. Of two paths that fit, the one that comes first counts. */
export const ROUTES: Routes = { ...DIRECTORY_ROUTES, ...descriptionRoutes(DIRECTORY_ROUTES) }
