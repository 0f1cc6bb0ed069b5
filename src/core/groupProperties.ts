import { onRequest, type PropertyRule, type PropertyTable, shown, type Writability } from './property.ts'

const outside = (number: number, write: Writability, initial: boolean): PropertyRule =>
  onRequest(number, 'boolean', write, { outside: true, initial })

/** How many posts the person who asks has not read: none, where an app asks. */
const unread = (number: number): PropertyRule => onRequest(number, 'integer', 'never', { outside: true, initial: 0 })

/** The group resource (learn.microsoft.com, graph/api/resources/group; defaults as graph/api/group-get shows them). */
export const GROUP_PROPERTIES: PropertyTable = new Map<string, PropertyRule>([
  ['deletedDateTime', shown(1, 'dateTime', 'never')],
  ['classification', shown(2, 'string', 'always', { lengthMax: 256 })],
  ['createdDateTime', shown(3, 'dateTime', 'never')],
  ['description', shown(4, 'string', 'always', { lengthMax: 1024 })],
  ['displayName', shown(5, 'string', 'always', { lengthMax: 256, clearable: false })],
  ['expirationDateTime', shown(6, 'dateTime', 'never')],
  ['groupTypes', shown(7, 'strings', 'always', { values: ['Unified', 'DynamicMembership'], clearable: false })],
  ['isAssignableToRole', shown(8, 'boolean', 'creation')],
  ['mail', shown(9, 'string', 'never')],
  ['mailEnabled', shown(10, 'boolean', 'always', { clearable: false })],
  ['mailNickname', shown(11, 'string', 'always', { lengthMax: 64, clearable: false })],
  ['membershipRule', shown(12, 'string', 'always', { lengthMax: 3072 })],
  ['membershipRuleProcessingState', shown(13, 'string', 'always', { values: ['On', 'Paused'] })],
  ['onPremisesDomainName', shown(14, 'string', 'never')],
  ['onPremisesLastSyncDateTime', shown(15, 'dateTime', 'never')],
  ['onPremisesNetBiosName', shown(16, 'string', 'never')],
  ['onPremisesSamAccountName', shown(17, 'string', 'never')],
  ['onPremisesSecurityIdentifier', shown(18, 'string', 'never')],
  ['onPremisesSyncEnabled', shown(19, 'boolean', 'never')],
  ['preferredDataLocation', shown(20, 'string', 'always', { lengthMax: 64 })],
  ['preferredLanguage', shown(21, 'string', 'always', { lengthMax: 64 })],
  ['proxyAddresses', shown(22, 'strings', 'never')],
  ['renewedDateTime', shown(23, 'dateTime', 'never')],
  [
    'resourceBehaviorOptions',
    shown(24, 'strings', 'creation', {
      values: ['AllowOnlyMembersToPost', 'HideGroupInOutlook', 'SubscribeNewGroupMembers', 'WelcomeEmailDisabled'],
    }),
  ],
  ['resourceProvisioningOptions', shown(25, 'strings', 'creation', { values: ['Team'] })],
  ['securityEnabled', shown(26, 'boolean', 'always', { clearable: false })],
  ['securityIdentifier', shown(27, 'string', 'never')],
  ['serviceProvisioningErrors', shown(28, 'objects', 'never', { complex: 'serviceProvisioningError' })],
  ['theme', shown(29, 'string', 'always', { values: ['Teal', 'Purple', 'Green', 'Blue', 'Pink', 'Orange', 'Red'] })],
  [
    'visibility',
    shown(30, 'string', 'always', { values: ['Private', 'Public', 'HiddenMembership'], clearable: false }),
  ],
  ['onPremisesProvisioningErrors', shown(31, 'objects', 'never', { complex: 'onPremisesProvisioningError' })],
  ['uniqueName', onRequest(32, 'string', 'once', { lengthMax: 128, clearable: false })],
  ['assignedLabels', onRequest(33, 'objects', 'never', { complex: 'assignedLabel' })],
  ['assignedLicenses', onRequest(34, 'objects', 'never', { complex: 'assignedLicense' })],
  ['licenseProcessingState', onRequest(35, 'object', 'never', { complex: 'licenseProcessingState' })],
  ['isManagementRestricted', onRequest(36, 'boolean', 'never')],
  ['onPremisesExtensionAttributes', onRequest(37, 'object', 'never', { complex: 'onPremisesExtensionAttributes' })],
  ['allowExternalSenders', outside(40, 'always', false)],
  ['autoSubscribeNewMembers', outside(41, 'always', false)],
  ['hideFromAddressLists', outside(42, 'always', false)],
  ['hideFromOutlookClients', outside(43, 'always', false)],
  ['isSubscribedByMail', outside(44, 'always', true)],
  ['accessType', onRequest(38, 'string', 'never', { outside: true })],
  ['isFavorite', outside(39, 'never', false)],
  ['unseenConversationsCount', unread(45)],
  ['unseenCount', unread(46)],
  ['unseenMessagesCount', unread(47)],
  ['hasMembersWithLicenseErrors', onRequest(48, 'boolean', 'never', { unshown: true })],
  ['isArchived', onRequest(49, 'boolean', 'never', { outside: true, unshown: true })],
  ['infoCatalogs', onRequest(50, 'strings', 'never')],
  ['organizationId', onRequest(51, 'string', 'never')],
  ['welcomeMessageEnabled', onRequest(52, 'boolean', 'never')],
])
