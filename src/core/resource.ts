import { DEVICE_PROPERTIES } from './deviceProperties.ts'
import { OBJECT_TYPES, type ObjectType } from './fact.ts'
import { GROUP_PROPERTIES } from './groupProperties.ts'
import { ORG_CONTACT_PROPERTIES } from './orgContactProperties.ts'
import type { PropertyTable } from './property.ts'
import { SERVICE_PRINCIPAL_PROPERTIES } from './servicePrincipalProperties.ts'
import { USER_PROPERTIES } from './userProperties.ts'

const TABLES: Readonly<Record<ObjectType, PropertyTable>> = {
  group: GROUP_PROPERTIES,
  user: USER_PROPERTIES,
  device: DEVICE_PROPERTIES,
  servicePrincipal: SERVICE_PRINCIPAL_PROPERTIES,
  orgContact: ORG_CONTACT_PROPERTIES,
}

/** The properties of a resource, without `id`, in the order in which they are kept and shown. */
export function propertiesOf(type: ObjectType): PropertyTable {
  return TABLES[type]
}

const STANDARD = new Map(
  OBJECT_TYPES.map(type => [type, [...TABLES[type]].filter(([, rule]) => rule.standard).map(([name]) => name)]),
)

/** The standard representation's names, in their order, without `id`. */
export function standardProperties(type: ObjectType): readonly string[] {
  return STANDARD.get(type) ?? []
}

export function isStandard(type: ObjectType, name: string): boolean {
  return TABLES[type].get(name)?.standard ?? false
}

/** The name of the resource as error texts have it. */
export function resourceName(type: ObjectType): string {
  return type.charAt(0).toUpperCase() + type.slice(1)
}
