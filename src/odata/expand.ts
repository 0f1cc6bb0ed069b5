import type { ObjectType } from '../core/fact.ts'
import { Problem } from '../core/problem.ts'
import { unsupportedQuery } from './listProblem.ts'
import { readOptions } from './options.ts'
import { quoted } from './quote.ts'
import { selectableNames } from './resourceNames.ts'

/** The relationships that can be shown with an object. */
export type Expandable = 'members' | 'owners' | 'memberOf'
const EXPANDABLE: Readonly<Record<ObjectType, readonly Expandable[]>> = {
  group: ['members', 'owners', 'memberOf'],
  user: ['memberOf'],
  device: ['memberOf'],
  servicePrincipal: ['memberOf'],
  orgContact: ['memberOf'],
}

/** The others that objects have. */
const OTHERS = ['transitiveMembers', 'transitiveMemberOf', 'ownedObjects', 'manager', 'directReports', 'photo']

/** An `$expand` as it was read. */
export interface Expansion {
  readonly relationship: Expandable
  /** The `$select` in its parentheses. */
  readonly select: string | undefined
}

/**
 * Reads an `$expand` of one relationship, as in `members` or `members($select=id,displayName)`.
 *
 * Throws `ExpandNotSupported` for a property or relationship that cannot be shown so, `BadRequest` for text that names
 * none, `Request_UnsupportedQuery` for more than one and for options other than `$select`.
 */
export function readExpand(text: string, type: ObjectType): Expansion {
  const [, name = '', inner] = /^\s*([^(),\s]*)\s*(?:\((.*)\))?\s*$/su.exec(text) ?? []
  if (name === '') {
    if (text.includes(',')) throw unsupportedQuery('One relationship can be expanded.')
    throw new Problem('BadRequest', `Parsing OData Select and Expand failed: ${quoted(text)} is no relationship.`)
  }
  const folded = name.toLowerCase()
  const relationship = EXPANDABLE[type].find(known => known.toLowerCase() === folded)
  if (relationship === undefined) throw notExpandable(name, type)
  const { select, ...others } = inner === undefined ? {} : readOptions(inner.replaceAll(';', '&'))
  const [other] = Object.keys(others)
  if (other !== undefined) throw unsupportedQuery(`'$${other}' is not offered inside '$expand'.`)
  return { relationship, select }
}

function notExpandable(name: string, type: ObjectType): Problem {
  const folded = name.toLowerCase()
  const known =
    selectableNames(type).get(folded) ?? [...EXPANDABLE.group, ...OTHERS].find(other => other.toLowerCase() === folded)
  if (known === undefined) {
    return new Problem(
      'BadRequest',
      `Parsing OData Select and Expand failed: Could not find a property named ${quoted(name)} on type 'microsoft.graph.${type}'.`,
    )
  }
  return new Problem(
    'ExpandNotSupported',
    `Expand is not allowed for property '${known}' according to the entity schema.`,
  )
}
