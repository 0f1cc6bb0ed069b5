import type { ObjectType } from './fact.ts'

/** What `$filter` can ask of a property: `null` is a comparison with it, `empty` is `/$count eq 0`. */
export const FILTER_OPERATORS = ['eq', 'ne', 'in', 'ge', 'le', 'startsWith', 'endsWith', 'null', 'empty'] as const
export type FilterOperator = (typeof FILTER_OPERATORS)[number]

/** Who may ask what: everyone, or advanced queries alone. */
export interface FilterRule {
  readonly basic: readonly FilterOperator[]
  readonly advanced: readonly FilterOperator[]
  /** `$search` finds its words; that of any other filterable text finds how it begins. */
  readonly searched?: boolean
}

export type FilterRules = ReadonlyMap<string, FilterRule>

/** Whatever answers to `eq` answers to `in` with it, and to `ne` in advanced queries. */
const equal = (...more: readonly FilterOperator[]): FilterRule => ({
  basic: ['eq', 'in', ...more],
  advanced: ['ne', 'null'],
})
const advanced = (...more: readonly FilterOperator[]): FilterRule => ({
  basic: [],
  advanced: ['eq', 'in', 'ne', 'null', ...more],
})
const withEnds = ({ basic, advanced }: FilterRule): FilterRule => ({ basic, advanced: [...advanced, 'endsWith'] })
const searched = (rule: FilterRule): FilterRule => ({ ...rule, searched: true })

const TEXT = equal('ge', 'le', 'startsWith')
const SEPARATE_TEXT = advanced('ge', 'le', 'startsWith')
const MOMENT: FilterRule = { basic: ['eq', 'ge', 'le'], advanced: ['in', 'ne', 'null'] }
const SEPARATE_MOMENT = advanced('ge', 'le')
const COLLECTION: FilterRule = { basic: ['eq', 'ge', 'le', 'startsWith'], advanced: ['endsWith', 'empty'] }

/**
 * The operators of each property; one that is not here has none. `not` is for advanced queries, and for all of these
 * (learn.microsoft.com, graph/aad-advanced-queries and graph/api/resources/group).
 */
const GROUP: FilterRules = new Map([
  ['id', equal()],
  ['deletedDateTime', MOMENT],
  ['displayName', searched(TEXT)],
  ['description', searched(SEPARATE_TEXT)],
  ['mailEnabled', equal()],
  ['mailNickname', TEXT],
  ['securityEnabled', equal()],
  ['groupTypes', { basic: ['eq'], advanced: ['empty'] }],
  ['classification', TEXT],
  ['createdDateTime', MOMENT],
  ['expirationDateTime', equal('ge', 'le')],
  ['renewedDateTime', equal('ge', 'le')],
  ['isAssignableToRole', equal()],
  ['mail', withEnds(TEXT)],
  ['membershipRule', TEXT],
  ['membershipRuleProcessingState', equal()],
  ['onPremisesSamAccountName', SEPARATE_TEXT],
  ['onPremisesSecurityIdentifier', equal()],
  ['onPremisesLastSyncDateTime', SEPARATE_MOMENT],
  ['onPremisesSyncEnabled', equal()],
  ['preferredLanguage', SEPARATE_TEXT],
  ['proxyAddresses', COLLECTION],
  ['resourceProvisioningOptions', { basic: ['eq', 'startsWith'], advanced: ['empty'] }],
  ['uniqueName', equal()],
  ['hasMembersWithLicenseErrors', equal()],
  ['assignedLicenses', { basic: [], advanced: ['empty'] }],
])

const USER: FilterRules = new Map([
  ['id', equal()],
  ['deletedDateTime', MOMENT],
  ['accountEnabled', equal()],
  ['ageGroup', equal()],
  ['businessPhones', { basic: ['eq'], advanced: ['empty'] }],
  ['city', equal('ge', 'startsWith')],
  ['companyName', SEPARATE_TEXT],
  ['consentProvidedForMinor', equal()],
  ['country', TEXT],
  ['createdDateTime', MOMENT],
  ['creationType', equal()],
  ['department', TEXT],
  ['displayName', searched(TEXT)],
  ['employeeHireDate', SEPARATE_MOMENT],
  ['employeeId', equal('startsWith')],
  ['employeeType', SEPARATE_TEXT],
  ['givenName', TEXT],
  ['jobTitle', equal('ge', 'le', 'startsWith')],
  ['mail', withEnds(TEXT)],
  ['mailNickname', TEXT],
  ['mobilePhone', SEPARATE_TEXT],
  ['officeLocation', SEPARATE_TEXT],
  ['onPremisesImmutableId', SEPARATE_MOMENT],
  ['onPremisesSyncEnabled', equal()],
  ['otherMails', COLLECTION],
  ['passwordPolicies', advanced()],
  ['postalCode', SEPARATE_TEXT],
  ['preferredLanguage', SEPARATE_TEXT],
  ['proxyAddresses', COLLECTION],
  ['showInAddressList', advanced()],
  ['state', TEXT],
  ['streetAddress', SEPARATE_TEXT],
  ['surname', TEXT],
  ['usageLocation', TEXT],
  ['userPrincipalName', withEnds(TEXT)],
  ['userType', equal()],
  ['assignedLicenses', { basic: [], advanced: ['empty'] }],
  ['imAddresses', { basic: ['eq', 'ge', 'le', 'startsWith'], advanced: ['empty'] }],
  ['isResourceAccount', equal()],
  ['onPremisesLastSyncDateTime', SEPARATE_MOMENT],
  ['onPremisesSamAccountName', SEPARATE_TEXT],
  ['onPremisesSecurityIdentifier', equal()],
  ['onPremisesUserPrincipalName', TEXT],
])

/** learn.microsoft.com, graph/api/resources/device. */
const DEVICE: FilterRules = new Map([
  ['id', equal()],
  ['accountEnabled', equal()],
  ['approximateLastSignInDateTime', MOMENT],
  ['deviceId', equal('startsWith')],
  ['displayName', searched(TEXT)],
  ['isCompliant', equal()],
  ['isManaged', equal()],
  ['mdmAppId', equal('startsWith')],
  ['onPremisesLastSyncDateTime', MOMENT],
  ['onPremisesSyncEnabled', equal()],
  ['operatingSystem', TEXT],
  ['operatingSystemVersion', TEXT],
  ['physicalIds', COLLECTION],
  ['profileType', equal()],
  ['systemLabels', COLLECTION],
  ['trustType', equal()],
])

/** learn.microsoft.com, graph/api/resources/serviceprincipal. */
const SERVICE_PRINCIPAL: FilterRules = new Map([
  ['id', equal()],
  ['deletedDateTime', MOMENT],
  ['accountEnabled', equal()],
  ['alternativeNames', COLLECTION],
  ['appId', equal()],
  ['applicationTemplateId', equal('startsWith')],
  ['appOwnerOrganizationId', equal('ge', 'le')],
  ['appRoleAssignmentRequired', advanced()],
  ['description', searched(SEPARATE_TEXT)],
  ['displayName', searched(TEXT)],
  ['homepage', TEXT],
  ['servicePrincipalNames', COLLECTION],
  ['servicePrincipalType', equal()],
  ['tags', COLLECTION],
])

/** learn.microsoft.com, graph/api/resources/orgcontact. */
const ORG_CONTACT: FilterRules = new Map([
  ['id', equal()],
  ['companyName', TEXT],
  ['department', TEXT],
  ['displayName', searched(TEXT)],
  ['givenName', TEXT],
  ['jobTitle', TEXT],
  ['mail', withEnds(TEXT)],
  ['mailNickname', TEXT],
  ['onPremisesLastSyncDateTime', MOMENT],
  ['onPremisesSyncEnabled', equal()],
  ['proxyAddresses', COLLECTION],
  ['surname', TEXT],
])

const RULES: Readonly<Record<ObjectType, FilterRules>> = {
  group: GROUP,
  user: USER,
  device: DEVICE,
  servicePrincipal: SERVICE_PRINCIPAL,
  orgContact: ORG_CONTACT,
}

export function filterRulesOf(type: ObjectType): FilterRules {
  return RULES[type]
}
