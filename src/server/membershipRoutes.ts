import type { Permission } from '../auth/permissions.ts'
import type { Relationship } from '../core/relationship.ts'
import {
  deleteDirectoryObject,
  getByIds,
  getDirectoryObject,
  validateGroupNames,
  validateNewNames,
} from './directoryObjects.ts'
import { checkMember, type Door, getMember, NEEDED, type Told } from './memberGroups.ts'
import { type Collection, countCollection, countRelatedObjects, getRelated } from './relationships.ts'
import { type Routes, route } from './route.ts'

/** A list of related objects, whole or of one type, and their number. */
function related(collection: Collection, relationship: Relationship, permission: Permission): Routes {
  const path = `${collection}/{id}/${relationship.toLowerCase()}`
  const list = { GET: route(getRelated(collection, relationship), permission) }
  const count = { GET: route(countRelatedObjects(collection, relationship), permission) }
  return { [path]: list, [`${path}/$count`]: count, [`${path}/{type}`]: list, [`${path}/{type}/$count`]: count }
}

/** The four actions that tell where an object belongs. */
function memberActions(door: Door): Routes {
  const path = `${door.toLowerCase()}/{id}`
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
  ...related('groups', 'members', 'groups.members.list'),
  ...related('groups', 'owners', 'groups.owners.list'),
  ...related('groups', 'transitiveMembers', 'groups.members.list'),
  ...related('groups', 'memberOf', 'groups.memberOf.list'),
  ...related('groups', 'transitiveMemberOf', 'groups.transitiveMemberOf.list'),
  ...memberActions('groups'),
  'groups/{id}/validateproperties': { POST: route(validateGroupNames, 'groups.validate') },
  'users/$count': { GET: route(countCollection('user'), 'users.list') },
  ...related('users', 'memberOf', 'users.memberOf.list'),
  ...related('users', 'transitiveMemberOf', 'users.memberOf.list'),
  ...related('users', 'ownedObjects', 'users.ownedObjects.list'),
  ...memberActions('users'),
  'directoryobjects/getbyids': { POST: route(getByIds, 'directoryObjects.get') },
  'directoryobjects/validateproperties': { POST: route(validateNewNames, 'directoryObjects.validate') },
  'directoryobjects/{id}': {
    GET: route(getDirectoryObject, 'directoryObjects.get'),
    DELETE: route(deleteDirectoryObject, 'groups.delete', 'users.delete'),
  },
  ...memberActions('directoryObjects'),
}
