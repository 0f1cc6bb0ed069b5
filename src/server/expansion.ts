import { authorizeOn, preauthorize, seesHiddenMembers, seesHiddenMembersOf } from '../auth/permission/permissions.ts'
import type { Permission } from '../auth/permission/permissionTable.ts'
import type { DirectoryObject, ObjectType } from '../core/fact.ts'
import { relatedIds } from '../core/relationship.ts'
import type { Snapshot } from '../core/snapshot.ts'
import { type Expandable, readExpand } from '../odata/expand.ts'
import type { JsonObject } from '../odata/resourceBody.ts'
import { ENTITY_SETS } from '../odata/resourceNames.ts'
import { readMixedSelect, typedDirectoryObjectBody } from './directoryObjectBody.ts'
import type { GraphRequest } from './graphRequest.ts'
import { seenBy } from './objectPermissions.ts'

/** How many related objects `$expand` shows of each (learn.microsoft.com, graph/query-parameters). */
export const SHOWN_MAX = 20

/** What a caller must be able to do to see what is related to an object of a type. */
function permissionFor(type: ObjectType, relationship: Expandable): Permission {
  if (type !== 'group') return `${ENTITY_SETS[type]}.memberOf.list`
  return `groups.${relationship}.list`
}

/** What is shown with objects: the name of it, and how it is read. */
export interface ExpandedRelationship {
  readonly name: Expandable
  /** The first related objects of one; nothing where the caller may not see them. */
  readonly read: (snapshot: Snapshot, object: DirectoryObject) => Promise<JsonObject>
}

/** Reads `$expand`; null without it. Throws `Authorization_RequestDenied` where the caller may not list what it names. */
export function readExpansion(request: GraphRequest, type: ObjectType): ExpandedRelationship | null {
  const { options, caller } = request
  if (options.expand === undefined) return null
  const { relationship, select } = readExpand(options.expand, type)
  const permission = permissionFor(type, relationship)
  preauthorize(caller, permission)
  const selected = readMixedSelect(select === undefined ? {} : { select })
  return {
    name: relationship,
    read: async (snapshot, object) => {
      await authorizeOn(caller, permission, object, snapshot)
      const hides = relationship === 'members' && object.membersHidden
      if (hides && !(await seesHiddenMembersOf(caller, object, snapshot))) return {}
      const query = { relationship, id: object.id, type: null, showHiddenMembers: hides || seesHiddenMembers(caller) }
      const ids = await relatedIds(snapshot, query, null, SHOWN_MAX, request.work)
      const bodies: JsonObject[] = []
      for (const id of ids) {
        const found = await snapshot.object(id)
        if (found !== null) bodies.push(typedDirectoryObjectBody(await seenBy(caller, found, snapshot), selected))
      }
      return { [relationship]: bodies }
    },
  }
}
