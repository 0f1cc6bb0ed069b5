/** The primitive types of the wire (OData CSDL 4.01 §3.3), as far as anything here has them. */
export type PrimitiveType =
  | 'Edm.String'
  | 'Edm.Boolean'
  | 'Edm.DateTimeOffset'
  | 'Edm.Guid'
  | 'Edm.Int32'
  | 'Edm.Binary'

/** What a property holds: one value, or a collection of them; of a complex type by its name. */
export interface EdmType {
  readonly name: PrimitiveType | `graph.${string}`
  readonly collection: boolean
}

export const STRING: EdmType = { name: 'Edm.String', collection: false }
export const STRINGS: EdmType = { name: 'Edm.String', collection: true }
export const BOOLEAN: EdmType = { name: 'Edm.Boolean', collection: false }
export const INTEGER: EdmType = { name: 'Edm.Int32', collection: false }
export const MOMENT: EdmType = { name: 'Edm.DateTimeOffset', collection: false }
export const GUID: EdmType = { name: 'Edm.Guid', collection: false }
/** In base64. */
const BINARY: EdmType = { name: 'Edm.Binary', collection: false }
export const GUIDS: EdmType = { name: 'Edm.Guid', collection: true }

export function complex(name: string): EdmType {
  return { name: `graph.${name}`, collection: false }
}

export function collectionOf({ name }: EdmType): EdmType {
  return { name, collection: true }
}

type Fields = Readonly<Record<string, EdmType>>

/** `extensionAttribute1` to `extensionAttribute15`. */
const EXTENSION_ATTRIBUTES: Fields = Object.fromEntries(
  Array.from({ length: 15 }, (_, index) => [`extensionAttribute${index + 1}`, STRING]),
)

/** The complex types by name, each with its fields (learn.microsoft.com, graph/api/resources/<name>). */
export const COMPLEX_TYPES: Readonly<Record<string, Fields>> = {
  addIn: { id: GUID, properties: collectionOf(complex('keyValue')), type: STRING },
  alternativeSecurityId: { identityProvider: STRING, key: BINARY, type: INTEGER },
  appRole: {
    allowedMemberTypes: STRINGS,
    description: STRING,
    displayName: STRING,
    id: GUID,
    isEnabled: BOOLEAN,
    origin: STRING,
    value: STRING,
  },
  assignedLabel: { displayName: STRING, labelId: STRING },
  assignedLicense: { disabledPlans: GUIDS, skuId: GUID },
  assignedPlan: { assignedDateTime: MOMENT, capabilityStatus: STRING, service: STRING, servicePlanId: GUID },
  authorizationInfo: { certificateUserIds: STRINGS },
  customSecurityAttributeValue: {},
  employeeOrgData: { costCenter: STRING, division: STRING },
  informationalUrl: {
    logoUrl: STRING,
    marketingUrl: STRING,
    privacyStatementUrl: STRING,
    supportUrl: STRING,
    termsOfServiceUrl: STRING,
  },
  keyCredential: {
    customKeyIdentifier: BINARY,
    displayName: STRING,
    endDateTime: MOMENT,
    key: BINARY,
    keyId: GUID,
    startDateTime: MOMENT,
    type: STRING,
    usage: STRING,
  },
  keyValue: { key: STRING, value: STRING },
  licenseAssignmentState: {
    assignedByGroup: STRING,
    disabledPlans: GUIDS,
    error: STRING,
    lastUpdatedDateTime: MOMENT,
    skuId: GUID,
    state: STRING,
  },
  licenseProcessingState: { state: STRING },
  mailboxSettings: { archiveFolder: STRING, dateFormat: STRING, timeFormat: STRING, timeZone: STRING },
  objectIdentity: { issuer: STRING, issuerAssignedId: STRING, signInType: STRING },
  onPremisesExtensionAttributes: EXTENSION_ATTRIBUTES,
  onPremisesProvisioningError: {
    category: STRING,
    occurredDateTime: MOMENT,
    propertyCausingError: STRING,
    value: STRING,
  },
  passwordCredential: {
    customKeyIdentifier: BINARY,
    displayName: STRING,
    endDateTime: MOMENT,
    hint: STRING,
    keyId: GUID,
    secretText: STRING,
    startDateTime: MOMENT,
  },
  passwordProfile: {
    forceChangePasswordNextSignIn: BOOLEAN,
    forceChangePasswordNextSignInWithMfa: BOOLEAN,
    password: STRING,
  },
  permissionScope: {
    adminConsentDescription: STRING,
    adminConsentDisplayName: STRING,
    id: GUID,
    isEnabled: BOOLEAN,
    origin: STRING,
    type: STRING,
    userConsentDescription: STRING,
    userConsentDisplayName: STRING,
    value: STRING,
  },
  phone: { number: STRING, type: STRING },
  physicalOfficeAddress: {
    city: STRING,
    countryOrRegion: STRING,
    officeLocation: STRING,
    postalCode: STRING,
    state: STRING,
    street: STRING,
  },
  privacyProfile: { contactEmail: STRING, statementUrl: STRING },
  provisionedPlan: { capabilityStatus: STRING, provisioningStatus: STRING, service: STRING },
  resourceSpecificPermission: {
    description: STRING,
    displayName: STRING,
    id: GUID,
    isEnabled: BOOLEAN,
    value: STRING,
  },
  serviceProvisioningError: { createdDateTime: MOMENT, isResolved: BOOLEAN, serviceInstance: STRING },
  signInActivity: {
    lastNonInteractiveSignInDateTime: MOMENT,
    lastNonInteractiveSignInRequestId: STRING,
    lastSignInDateTime: MOMENT,
    lastSignInRequestId: STRING,
    lastSuccessfulSignInDateTime: MOMENT,
    lastSuccessfulSignInRequestId: STRING,
  },
  userPrint: {},
  verifiedDomain: { capabilities: STRING, isDefault: BOOLEAN, isInitial: BOOLEAN, name: STRING, type: STRING },
  verifiedPublisher: { addedDateTime: MOMENT, displayName: STRING, verifiedPublisherId: STRING },
}
