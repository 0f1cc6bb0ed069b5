import { BOOLEAN, collectionOf, complex, MOMENT, STRING, STRINGS } from './complexTypes.ts'

/** The properties of an organization besides `id`, in their order (learn.microsoft.com, graph/api/resources/organization). */
export const ORGANIZATION_PROPERTIES = {
  deletedDateTime: MOMENT,
  assignedPlans: collectionOf(complex('assignedPlan')),
  businessPhones: STRINGS,
  city: STRING,
  country: STRING,
  countryLetterCode: STRING,
  createdDateTime: MOMENT,
  defaultUsageLocation: STRING,
  displayName: STRING,
  marketingNotificationEmails: STRINGS,
  onPremisesLastSyncDateTime: MOMENT,
  onPremisesSyncEnabled: BOOLEAN,
  partnerTenantType: STRING,
  postalCode: STRING,
  preferredLanguage: STRING,
  privacyProfile: complex('privacyProfile'),
  provisionedPlans: collectionOf(complex('provisionedPlan')),
  securityComplianceNotificationMails: STRINGS,
  securityComplianceNotificationPhones: STRINGS,
  state: STRING,
  street: STRING,
  technicalNotificationMails: STRINGS,
  tenantType: STRING,
  verifiedDomains: collectionOf(complex('verifiedDomain')),
} as const
