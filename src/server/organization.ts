import type { JsonValue } from '../core/fact.ts'
import { isGuid } from '../core/id.ts'
import { notFound, Problem } from '../core/problem.ts'
import { type QueryOptions, readSelect } from '../odata/options.ts'
import type { ORGANIZATION_PROPERTIES } from '../odata/organization.ts'
import type { JsonObject } from '../odata/resourceBody.ts'
import type { Tenant } from '../store/store.ts'
import { type Answer, json } from './answer.ts'
import { type GraphRequest, parameter, refuseOptions } from './graphRequest.ts'
import { existingTenant, type Services } from './services.ts'

/** Options that would change a list of organizations, and are not offered on it: it holds one. */
const UNOFFERED: readonly (keyof QueryOptions)[] = [
  'filter',
  'search',
  'orderby',
  'expand',
  'skip',
  'skiptoken',
  'apply',
  'compute',
]

/** GET /organization: the caller's tenant, alone. */
export async function getOrganizations(request: GraphRequest, { store }: Services): Promise<Answer> {
  refuseOptions(request, UNOFFERED)
  const organization = organizationBody(await existingTenant(store, request.caller.tenant))
  const selected = readSelected(request, organization)
  const value = [shown(organization, selected)]
  return json(200, { '@odata.context': contextOf(request, selected), value })
}

/** GET /organization/{id} */
export async function getOrganization(request: GraphRequest, { store }: Services): Promise<Answer> {
  const id = parameter(request, 'id')
  if (!isGuid(id)) throw new Problem('Request_BadRequest', `Invalid object identifier '${id}'.`)
  if (id.toLowerCase() !== request.caller.tenant) throw notFound(id)
  const organization = organizationBody(await existingTenant(store, request.caller.tenant))
  const selected = readSelected(request, organization)
  const context = `${contextOf(request, selected)}/$entity`
  return json(200, { '@odata.context': context, ...shown(organization, selected) })
}

/**
 * A tenant as Graph's organization resource (learn.microsoft.com, graph/api/resources/organization). What is not kept
 * here is null or an empty collection.
 */
function organizationBody({ id, displayName, domains, defaultDomain }: Tenant): JsonObject {
  const [initialDomain] = domains
  const values: Readonly<Record<keyof typeof ORGANIZATION_PROPERTIES, JsonValue>> = {
    deletedDateTime: null,
    assignedPlans: [],
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode: null,
    createdDateTime: null,
    defaultUsageLocation: null,
    displayName,
    marketingNotificationEmails: [],
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    partnerTenantType: null,
    postalCode: null,
    preferredLanguage: null,
    privacyProfile: null,
    provisionedPlans: [],
    securityComplianceNotificationMails: [],
    securityComplianceNotificationPhones: [],
    state: null,
    street: null,
    technicalNotificationMails: [],
    tenantType: 'AAD',
    verifiedDomains: domains.map(name => ({
      capabilities: 'Email',
      isDefault: name === defaultDomain,
      isInitial: name === initialDomain,
      name,
      type: 'Managed',
    })),
  }
  return { id, ...values }
}

function readSelected({ options }: GraphRequest, organization: JsonObject): string[] {
  const names = Object.keys(organization)
  if (options.select === undefined) return names
  return readSelect(options.select, new Map(names.map(name => [name.toLowerCase(), name])), 'organization')
}

function contextOf({ root, options }: GraphRequest, selected: readonly string[]): string {
  return `${root}/$metadata#organization${options.select === undefined ? '' : `(${selected.join(',')})`}`
}

function shown(organization: JsonObject, selected: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(organization).filter(([name]) => selected.includes(name)))
}
