import { type PropertyRule, type PropertyTable, shown } from './property.ts'

const text = (number: number, lengthMax: number): PropertyRule => shown(number, 'string', 'always', { lengthMax })
const texts = (number: number): PropertyRule => shown(number, 'strings', 'always', { lengthMax: 256, countMax: 100 })

/** The service principal resource (learn.microsoft.com, graph/api/resources/serviceprincipal; all of it as graph/api/serviceprincipal-get shows it). */
export const SERVICE_PRINCIPAL_PROPERTIES: PropertyTable = new Map<string, PropertyRule>([
  ['deletedDateTime', shown(1, 'dateTime', 'never')],
  ['accountEnabled', shown(2, 'boolean', 'always', { clearable: false })],
  ['addIns', shown(3, 'objects', 'never', { complex: 'addIn' })],
  ['alternativeNames', texts(4)],
  ['appDescription', shown(5, 'string', 'never')],
  ['appDisplayName', shown(6, 'string', 'never')],
  ['appId', shown(7, 'string', 'creation', { lengthMax: 36 })],
  ['applicationTemplateId', shown(8, 'string', 'never')],
  ['appOwnerOrganizationId', shown(9, 'string', 'never')],
  ['appRoleAssignmentRequired', shown(10, 'boolean', 'always', { clearable: false })],
  ['appRoles', shown(11, 'objects', 'never', { complex: 'appRole' })],
  ['description', text(12, 1024)],
  ['disabledByMicrosoftStatus', shown(13, 'string', 'never')],
  ['displayName', shown(14, 'string', 'always', { lengthMax: 256, clearable: false })],
  ['homepage', text(15, 256)],
  ['info', shown(16, 'object', 'never', { complex: 'informationalUrl' })],
  ['keyCredentials', shown(17, 'objects', 'never', { complex: 'keyCredential' })],
  ['loginUrl', text(18, 256)],
  ['logoutUrl', text(19, 256)],
  ['notes', text(20, 1024)],
  ['notificationEmailAddresses', texts(21)],
  ['oauth2PermissionScopes', shown(22, 'objects', 'never', { complex: 'permissionScope' })],
  ['passwordCredentials', shown(23, 'objects', 'never', { complex: 'passwordCredential' })],
  [
    'preferredSingleSignOnMode',
    shown(24, 'string', 'always', { values: ['password', 'saml', 'notSupported', 'oidc'] }),
  ],
  ['replyUrls', texts(25)],
  ['resourceSpecificApplicationPermissions', shown(26, 'objects', 'never', { complex: 'resourceSpecificPermission' })],
  ['servicePrincipalNames', texts(27)],
  ['servicePrincipalType', shown(28, 'string', 'never')],
  ['signInAudience', shown(29, 'string', 'never')],
  ['tags', texts(30)],
  ['tokenEncryptionKeyId', text(31, 36)],
  ['verifiedPublisher', shown(32, 'object', 'never', { complex: 'verifiedPublisher' })],
])
