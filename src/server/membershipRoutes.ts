import { authorize } from '../auth/permission/permissions.ts'
import type { CallerPermission, Permission } from '../auth/permission/permissionTable.ts'
import type { ObjectType } from '../core/fact.ts'
import type { Relationship } from '../core/relationship.ts'
import { ENTITY_SETS } from '../odata/resourceNames.ts'
import { getDelta } from './delta.ts'
import {
  deleteDirectoryObject,
  getByIds,
  getDirectoryObject,
  validateGroupNames,
  validateNewNames,
} from './directoryObjects.ts'
import { checkMember, type Door, getMember, NEEDED, type Told } from './memberGroups.ts'
import { countCollection, countRelatedObjects, getRelated } from './relationships.ts'
import { type Handler, type Routes, route } from './route.ts'

/** A list of related objects, whole or of one type, and their number. `wrap` makes more of each handler. */
function related(
  type: ObjectType,
  relationship: Relationship,
  permission: Permission,
  wrap: (handle: Handler) => Handler = handle => handle,
): Routes {
  const path = `${ENTITY_SETS[type].toLowerCase()}/{id}/${relationship.toLowerCase()}`
  const list = { GET: route(wrap(getRelated(type, relationship, permission)), permission) }
  const count = { GET: route(wrap(countRelatedObjects(type, relationship, permission)), permission) }
  return { [path]: list, [`${path}/$count`]: count, [`${path}/{type}`]: list, [`${path}/{type}/$count`]: count }
}

/** Asks for one permission more than its route does. */
function alsoAsking(permission: CallerPermission): (handle: Handler) => Handler {
  return handle => async (request, services) => {
    authorize(request.caller, permission)
    return handle(request, services)
  }
}

/** The four actions that tell where an object belongs. */
function memberActions(door: Door): Routes {
  const path = `${door === 'directoryObject' ? 'directoryobjects' : ENTITY_SETS[door].toLowerCase()}/{id}`
  const routes = (told: Told): Routes => {
    const [permission] = NEEDED[door][told]
    return {
      [`${path}/checkmember${told.toLowerCase()}`]: { POST: route(checkMember(door, told), permission) },
      [`${path}/getmember${told.toLowerCase()}`]: { POST: route(getMember(door, told), permission) },
    }
  }
  return { ...routes('Groups'), ...routes('Objects') }
}

/** Who belongs where, asked from either end, and directory objects of any type. */
export const MEMBERSHIP_ROUTES: Routes = {
  'groups/$count': { GET: route(countCollection('group'), 'groups.list') },
  ...related('group', 'members', 'groups.members.list'),
  ...related('group', 'owners', 'groups.owners.list'),
  ...related('group', 'transitiveMembers', 'groups.members.list'),
  ...related('group', 'memberOf', 'groups.memberOf.list'),
  ...related('group', 'transitiveMemberOf', 'groups.transitiveMemberOf.list'),
  ...memberActions('group'),
  'groups/{id}/validateproperties': { POST: route(validateGroupNames, 'groups.validate') },
  'users/$count': { GET: route(countCollection('user'), 'users.list') },
  ...related('user', 'memberOf', 'users.memberOf.list'),
  ...related('user', 'transitiveMemberOf', 'users.memberOf.list'),
  ...related('user', 'ownedObjects', 'users.ownedObjects.list'),
  ...memberActions('user'),
  'devices/$count': { GET: route(countCollection('device'), 'devices.list') },
  ...related('device', 'memberOf', 'devices.memberOf.list'),
  ...related('device', 'transitiveMemberOf', 'devices.memberOf.list'),
  ...memberActions('device'),
  'serviceprincipals/$count': { GET: route(countCollection('servicePrincipal'), 'servicePrincipals.list') },
  ...related('servicePrincipal', 'memberOf', 'servicePrincipals.memberOf.list'),
  ...related('servicePrincipal', 'transitiveMemberOf', 'servicePrincipals.memberOf.list'),
  ...related('servicePrincipal', 'ownedObjects', 'servicePrincipals.ownedObjects.list'),
  ...memberActions('servicePrincipal'),
  'contacts/$count': { GET: route(countCollection('orgContact'), 'contacts.list') },
  ...related('orgContact', 'memberOf', 'contacts.memberOf.list', alsoAsking('contacts.get')),
  ...related('orgContact', 'transitiveMemberOf', 'contacts.memberOf.list', alsoAsking('contacts.get')),
  ...memberActions('orgContact'),
  'directoryobjects/delta': {
    GET: route(
      getDelta('directoryObject'),
      'directoryObjects.delta.group',
      'directoryObjects.delta.user',
      'directoryObjects.delta.device',
      'directoryObjects.delta.servicePrincipal',
      'directoryObjects.delta.orgContact',
    ),
  },
  'directoryobjects/getbyids': { POST: route(getByIds, 'directoryObjects.get') },
  'directoryobjects/validateproperties': { POST: route(validateNewNames, 'directoryObjects.validate') },
  'directoryobjects/{id}': {
    GET: route(getDirectoryObject, 'directoryObjects.get'),
    DELETE: route(deleteDirectoryObject, 'groups.delete', 'users.delete', 'devices.delete', 'servicePrincipals.delete'),
  },
  ...memberActions('directoryObject'),
}
