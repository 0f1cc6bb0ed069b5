import type { Device, Group, OrgContact, ServicePrincipal, User } from '@microsoft/microsoft-graph-types'
import type { PropertyKind } from '../../src/core/property.ts'

/** What a property of each kind can be in an answer. No object is kept, nor anything in a collection of objects. */
interface Shown {
  readonly string: string | null
  readonly boolean: boolean | null
  readonly integer: number | null
  readonly dateTime: string | null
  readonly strings: string[]
  readonly object: null
  readonly objects: never[]
}

type Wire<Kinds extends Record<string, PropertyKind>> = { id: string } & {
  -readonly [Name in keyof Kinds]: Shown[Kinds[Name]]
}

/** The group resource as it is shown, all its properties selected. */
export const GROUP_KINDS = {
  deletedDateTime: 'dateTime',
  classification: 'string',
  createdDateTime: 'dateTime',
  description: 'string',
  displayName: 'string',
  expirationDateTime: 'dateTime',
  groupTypes: 'strings',
  isAssignableToRole: 'boolean',
  mail: 'string',
  mailEnabled: 'boolean',
  mailNickname: 'string',
  membershipRule: 'string',
  membershipRuleProcessingState: 'string',
  onPremisesDomainName: 'string',
  onPremisesLastSyncDateTime: 'dateTime',
  onPremisesNetBiosName: 'string',
  onPremisesSamAccountName: 'string',
  onPremisesSecurityIdentifier: 'string',
  onPremisesSyncEnabled: 'boolean',
  preferredDataLocation: 'string',
  preferredLanguage: 'string',
  proxyAddresses: 'strings',
  renewedDateTime: 'dateTime',
  resourceBehaviorOptions: 'strings',
  resourceProvisioningOptions: 'strings',
  securityEnabled: 'boolean',
  securityIdentifier: 'string',
  serviceProvisioningErrors: 'objects',
  theme: 'string',
  visibility: 'string',
  onPremisesProvisioningErrors: 'objects',
  uniqueName: 'string',
  assignedLabels: 'objects',
  assignedLicenses: 'objects',
  licenseProcessingState: 'object',
  isManagementRestricted: 'boolean',
  onPremisesExtensionAttributes: 'object',
  allowExternalSenders: 'boolean',
  autoSubscribeNewMembers: 'boolean',
  hideFromAddressLists: 'boolean',
  hideFromOutlookClients: 'boolean',
  isSubscribedByMail: 'boolean',
  accessType: 'string',
  isFavorite: 'boolean',
  unseenConversationsCount: 'integer',
  unseenCount: 'integer',
  unseenMessagesCount: 'integer',
  hasMembersWithLicenseErrors: 'boolean',
  isArchived: 'boolean',
  infoCatalogs: 'strings',
  organizationId: 'string',
  welcomeMessageEnabled: 'boolean',
} as const satisfies Record<string, PropertyKind>

/** The user resource as it is shown, all its properties selected. */
export const USER_KINDS = {
  businessPhones: 'strings',
  displayName: 'string',
  givenName: 'string',
  jobTitle: 'string',
  mail: 'string',
  mobilePhone: 'string',
  officeLocation: 'string',
  preferredLanguage: 'string',
  surname: 'string',
  userPrincipalName: 'string',
  accountEnabled: 'boolean',
  ageGroup: 'string',
  city: 'string',
  companyName: 'string',
  consentProvidedForMinor: 'string',
  country: 'string',
  createdDateTime: 'dateTime',
  creationType: 'string',
  deletedDateTime: 'dateTime',
  department: 'string',
  employeeHireDate: 'dateTime',
  employeeId: 'string',
  employeeType: 'string',
  faxNumber: 'string',
  lastPasswordChangeDateTime: 'dateTime',
  mailNickname: 'string',
  onPremisesImmutableId: 'string',
  onPremisesSyncEnabled: 'boolean',
  otherMails: 'strings',
  passwordPolicies: 'string',
  passwordProfile: 'object',
  postalCode: 'string',
  preferredDataLocation: 'string',
  proxyAddresses: 'strings',
  securityIdentifier: 'string',
  showInAddressList: 'boolean',
  state: 'string',
  streetAddress: 'string',
  usageLocation: 'string',
  userType: 'string',
  assignedLicenses: 'objects',
  assignedPlans: 'objects',
  provisionedPlans: 'objects',
  identities: 'objects',
  aboutMe: 'string',
  birthday: 'dateTime',
  hireDate: 'dateTime',
  interests: 'strings',
  mySite: 'string',
  pastProjects: 'strings',
  preferredName: 'string',
  responsibilities: 'strings',
  schools: 'strings',
  skills: 'strings',
  deviceEnrollmentLimit: 'integer',
  externalUserState: 'string',
  externalUserStateChangeDateTime: 'dateTime',
  onPremisesDistinguishedName: 'string',
  onPremisesDomainName: 'string',
  onPremisesExtensionAttributes: 'object',
  onPremisesLastSyncDateTime: 'dateTime',
  onPremisesProvisioningErrors: 'objects',
  onPremisesSamAccountName: 'string',
  onPremisesSecurityIdentifier: 'string',
  onPremisesUserPrincipalName: 'string',
  serviceProvisioningErrors: 'objects',
  signInActivity: 'object',
  imAddresses: 'strings',
  isManagementRestricted: 'boolean',
  licenseAssignmentStates: 'objects',
  authorizationInfo: 'object',
  customSecurityAttributes: 'object',
  employeeLeaveDateTime: 'dateTime',
  employeeOrgData: 'object',
  identityParentId: 'string',
  isResourceAccount: 'boolean',
  legalAgeGroupClassification: 'string',
  mailboxSettings: 'object',
  print: 'object',
  signInSessionsValidFromDateTime: 'dateTime',
} as const satisfies Record<string, PropertyKind>

/** The device resource as it is shown, all its properties selected. */
export const DEVICE_KINDS = {
  deletedDateTime: 'dateTime',
  accountEnabled: 'boolean',
  alternativeSecurityIds: 'objects',
  approximateLastSignInDateTime: 'dateTime',
  complianceExpirationDateTime: 'dateTime',
  deviceCategory: 'string',
  deviceId: 'string',
  deviceMetadata: 'string',
  deviceOwnership: 'string',
  displayName: 'string',
  enrollmentProfileName: 'string',
  enrollmentType: 'string',
  isCompliant: 'boolean',
  isManaged: 'boolean',
  isRooted: 'boolean',
  managementType: 'string',
  manufacturer: 'string',
  mdmAppId: 'string',
  model: 'string',
  onPremisesLastSyncDateTime: 'dateTime',
  onPremisesSyncEnabled: 'boolean',
  operatingSystem: 'string',
  operatingSystemVersion: 'string',
  physicalIds: 'strings',
  profileType: 'string',
  registrationDateTime: 'dateTime',
  systemLabels: 'strings',
  trustType: 'string',
  isManagementRestricted: 'boolean',
  onPremisesSecurityIdentifier: 'string',
} as const satisfies Record<string, PropertyKind>

/** The service principal resource as it is shown, all its properties selected. */
export const SERVICE_PRINCIPAL_KINDS = {
  deletedDateTime: 'dateTime',
  accountEnabled: 'boolean',
  addIns: 'objects',
  alternativeNames: 'strings',
  appDescription: 'string',
  appDisplayName: 'string',
  appId: 'string',
  applicationTemplateId: 'string',
  appOwnerOrganizationId: 'string',
  appRoleAssignmentRequired: 'boolean',
  appRoles: 'objects',
  description: 'string',
  disabledByMicrosoftStatus: 'string',
  displayName: 'string',
  homepage: 'string',
  info: 'object',
  keyCredentials: 'objects',
  loginUrl: 'string',
  logoutUrl: 'string',
  notes: 'string',
  notificationEmailAddresses: 'strings',
  oauth2PermissionScopes: 'objects',
  passwordCredentials: 'objects',
  preferredSingleSignOnMode: 'string',
  replyUrls: 'strings',
  resourceSpecificApplicationPermissions: 'objects',
  servicePrincipalNames: 'strings',
  servicePrincipalType: 'string',
  signInAudience: 'string',
  tags: 'strings',
  tokenEncryptionKeyId: 'string',
  verifiedPublisher: 'object',
} as const satisfies Record<string, PropertyKind>

/** The contact resource as it is shown, all its properties selected. */
export const ORG_CONTACT_KINDS = {
  deletedDateTime: 'dateTime',
  companyName: 'string',
  department: 'string',
  displayName: 'string',
  proxyAddresses: 'strings',
  givenName: 'string',
  jobTitle: 'string',
  mail: 'string',
  mailNickname: 'string',
  onPremisesLastSyncDateTime: 'dateTime',
  onPremisesSyncEnabled: 'boolean',
  surname: 'string',
  addresses: 'objects',
  onPremisesProvisioningErrors: 'objects',
  phones: 'objects',
  serviceProvisioningErrors: 'objects',
} as const satisfies Record<string, PropertyKind>

export type WireGroup = Wire<typeof GROUP_KINDS>
/** What has a value from the beginning is never null. */
interface Given {
  birthday: string
  hireDate: string
  deviceEnrollmentLimit: number
}

export type WireUser = Omit<Wire<typeof USER_KINDS>, keyof Given> & Given
/** Of collections of objects only this one holds any. */
export type WireDevice = Omit<Wire<typeof DEVICE_KINDS>, 'alternativeSecurityIds'> &
  Required<Pick<Device, 'alternativeSecurityIds'>>
export type WireServicePrincipal = Wire<typeof SERVICE_PRINCIPAL_KINDS> & { appRoleAssignmentRequired: boolean }
export type WireOrgContact = Wire<typeof ORG_CONTACT_KINDS>

interface Removed {
  readonly reason: 'changed' | 'deleted'
}

interface Entry {
  readonly '@odata.type': string
  readonly id: string
  readonly '@removed'?: Removed
}

/** What answers hold and Microsoft's types do not: annotations, and properties that they lack. */
interface Annotations {
  '@odata.context'?: string
  '@odata.type'?: string
  '@removed'?: Removed
}

interface UserExtras extends Annotations {
  identityParentId?: string | null
}

interface GroupExtras extends Annotations {
  'members@delta'?: Entry[]
  'owners@delta'?: Entry[]
  resourceBehaviorOptions?: string[]
  resourceProvisioningOptions?: string[]
  onPremisesExtensionAttributes?: object | null
  accessType?: string | null
  infoCatalogs?: string[]
  isFavorite?: boolean | null
  organizationId?: string | null
  unseenConversationsCount?: number | null
  unseenMessagesCount?: number | null
  welcomeMessageEnabled?: boolean | null
}

const CSDL = 'github.com/microsoftgraph/msgraph-metadata: clean_v10_metadata/cleanMetadata.xml'

/** Where each extra of any object is documented: a page of learn.microsoft.com. */
export const ANNOTATIONS = {
  '@odata.context': 'graph/api/user-get',
  '@odata.type': 'graph/api/group-list-members',
  '@removed': 'graph/delta-query-overview',
} as const satisfies Record<keyof Annotations, string>

/** The same of a user, where it can be a file of a public repository too. */
export const USER_EXTRAS = {
  ...ANNOTATIONS,
  identityParentId: CSDL,
} as const satisfies Record<keyof UserExtras, string>

/** The same of a group. */
export const GROUP_EXTRAS = {
  ...ANNOTATIONS,
  '@odata.context': 'graph/api/group-get',
  'members@delta': 'graph/delta-query-groups',
  'owners@delta': 'graph/api/group-delta',
  resourceBehaviorOptions: 'graph/api/group-get',
  resourceProvisioningOptions: 'graph/api/group-get',
  onPremisesExtensionAttributes: CSDL,
  accessType: CSDL,
  infoCatalogs: CSDL,
  isFavorite: 'graph/api/resources/group',
  organizationId: CSDL,
  unseenConversationsCount: CSDL,
  unseenMessagesCount: CSDL,
  welcomeMessageEnabled: CSDL,
} as const satisfies Record<keyof GroupExtras, string>

/** Does not compile unless what it is given is nothing. */
type Nothing<T extends never> = T

/** Names that we show and neither Microsoft's types nor the extras know. */
export type UnknownNames = Nothing<
  | Exclude<keyof WireGroup, keyof Group | keyof GroupExtras>
  | Exclude<keyof WireUser, keyof User | keyof UserExtras>
  | Exclude<keyof WireDevice, keyof Device | keyof Annotations>
  | Exclude<keyof WireServicePrincipal, keyof ServicePrincipal | keyof Annotations>
  | Exclude<keyof WireOrgContact, keyof OrgContact | keyof Annotations>
>

/** Extras that Microsoft's types know by now, and that need not be listed. */
export type NeedlessExtras = Nothing<Extract<keyof GroupExtras, keyof Group> | Extract<keyof UserExtras, keyof User>>

/** A group of ours as Microsoft's own, by its type alone: it compiles while every value is of a type that theirs allows. */
export function asMicrosoftGroup(group: WireGroup & Partial<GroupExtras>): Group & GroupExtras {
  return group
}

/** The same for users. */
export function asMicrosoftUser(user: WireUser & UserExtras): User & UserExtras {
  return user
}

/** The same for devices, service principals and contacts. */
export function asMicrosoftDevice(device: WireDevice & Annotations): Device & Annotations {
  return device
}
export function asMicrosoftServicePrincipal(
  principal: WireServicePrincipal & Annotations,
): ServicePrincipal & Annotations {
  return principal
}
export function asMicrosoftOrgContact(contact: WireOrgContact & Annotations): OrgContact & Annotations {
  return contact
}

/** What is shown of a changed group in a delta page: any of its properties, and its changed links. */
export function asMicrosoftDelta(item: Partial<WireGroup> & GroupExtras): Group & GroupExtras {
  return item
}
