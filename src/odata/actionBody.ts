import type { JsonValue, ObjectType } from '../core/fact.ts'
import { isGuid, type ObjectId, parseObjectId } from '../core/id.ts'
import { Problem } from '../core/problem.ts'
import type { Values } from '../core/value.ts'
import { quoted } from './quote.ts'
import { localName, typeNamed } from './resourceNames.ts'
import { asObject } from './writeBody.ts'

type Parameters = ReadonlyMap<string, JsonValue>

/** Kinds of directory object that real directories have and this one has none of: asked for, they find nothing. */
const ABSENT_TYPES: ReadonlySet<string> = new Set(['administrativeunit', 'application', 'contract', 'directoryrole'])

/** Reads the list of ids that is an action's only parameter, `max` at the most. */
export function readIds(body: JsonValue | undefined, name: string, max: number): ObjectId[] {
  return idsOf(readParameters(body, [name]), name, max)
}

/** What `getByIds` is asked for: objects of these types, or of any where they are null. */
export interface Wanted {
  readonly ids: readonly ObjectId[]
  readonly types: readonly ObjectType[] | null
}

export function readWanted(body: JsonValue | undefined, max: number): Wanted {
  const parameters = readParameters(body, ['ids', 'types'])
  return { ids: idsOf(parameters, 'ids', max), types: typesOf(parameters.get('types') ?? []) }
}

function idsOf(parameters: Parameters, name: string, max: number): ObjectId[] {
  const value = parameters.get(name)
  if (!Array.isArray(value)) throw invalidParameter(name)
  // The text for too many: observed.
  if (value.length > max) {
    throw new Problem('Request_BadRequest', `Number of included identifiers cannot exceed '${max}'.`)
  }
  return value.map(id => (typeof id === 'string' ? parseObjectId(id) : refuse(name)))
}

function typesOf(value: JsonValue): readonly ObjectType[] | null {
  if (!Array.isArray(value)) throw invalidParameter('types')
  const types = value.map(name => (typeof name === 'string' ? typesNamed(name) : refuseType(name)))
  return types.length === 0 || types.includes(null) ? null : types.flatMap(type => type ?? [])
}

/** Null for those of any type. */
function typesNamed(name: string): readonly ObjectType[] | null {
  const type = typeNamed(name)
  if (type !== null) return [type]
  const local = localName(name)
  if (local === 'directoryobject') return null
  return ABSENT_TYPES.has(local) ? [] : refuseType(name)
}

function refuseType(name: JsonValue): never {
  throw new Problem(
    'Request_BadRequest',
    `Invalid value specified for parameter 'types': ${quoted(JSON.stringify(name))} is no type.`,
  )
}

/** Reads the optional `securityEnabledOnly`. */
export function readSecurityEnabledOnly(body: JsonValue | undefined): boolean {
  const value = readParameters(body, ['securityEnabledOnly']).get('securityEnabledOnly') ?? false
  return typeof value === 'boolean' ? value : refuse('securityEnabledOnly')
}

/** Names to be checked, and the user for whom. */
export interface NameCheck {
  readonly values: Values
  readonly onBehalfOf: ObjectId | null
}

/** Reads a body of `validateProperties`. That of the directory also says what for: groups alone. */
export function readNameCheck(body: JsonValue | undefined, of: 'directoryObject' | 'group'): NameCheck {
  const names = ['displayName', 'mailNickname', 'onBehalfOfUserId']
  const parameters = readParameters(body, of === 'group' ? names : ['entityType', ...names])
  const entityType = parameters.get('entityType')
  const isOfGroup = typeof entityType === 'string' && typeNamed(entityType) === 'group'
  if (of === 'directoryObject' && !isOfGroup) throw invalidParameter('entityType')
  const user = parameters.get('onBehalfOfUserId') ?? null
  if (user !== null && (typeof user !== 'string' || !isGuid(user))) throw invalidParameter('onBehalfOfUserId')
  const values = new Map<string, JsonValue>()
  for (const name of ['displayName', 'mailNickname']) {
    const value = parameters.get(name) ?? null
    if (value !== null) values.set(name, value)
  }
  return { values, onBehalfOf: user === null ? null : parseObjectId(user) }
}

/** Reads an action's parameters by name, in any case. Throws `Request_BadRequest` for one that it does not have. */
function readParameters(body: JsonValue | undefined, known: readonly string[]): Parameters {
  const parameters = new Map<string, JsonValue>()
  for (const [name, value] of Object.entries(asObject(body))) {
    const folded = name.toLowerCase()
    if (value === undefined || folded.includes('@odata.')) continue
    const parameter = known.find(each => each.toLowerCase() === folded)
    if (parameter === undefined) {
      throw new Problem('Request_BadRequest', `The parameter ${quoted(name)} is not one of ${known.join(', ')}.`)
    }
    parameters.set(parameter, value)
  }
  return parameters
}

function refuse(name: string): never {
  throw invalidParameter(name)
}

function invalidParameter(name: string): Problem {
  return new Problem('Request_BadRequest', `Invalid value specified for parameter '${name}'.`)
}
