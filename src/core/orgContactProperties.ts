import { onRequest, type PropertyRule, type PropertyTable, shown } from './property.ts'

const text = (number: number, lengthMax: number): PropertyRule => shown(number, 'string', 'always', { lengthMax })

/**
 * The contact resource (learn.microsoft.com, graph/api/resources/orgcontact; defaults as graph/api/orgcontact-get shows
 * them). Graph only reads it: what is written here comes over the control API, in place of Exchange.
 */
export const ORG_CONTACT_PROPERTIES: PropertyTable = new Map<string, PropertyRule>([
  ['deletedDateTime', shown(1, 'dateTime', 'never')],
  ['companyName', text(2, 64)],
  ['department', text(3, 64)],
  ['displayName', shown(4, 'string', 'always', { lengthMax: 256, clearable: false })],
  ['proxyAddresses', shown(5, 'strings', 'never')],
  ['givenName', text(6, 64)],
  ['jobTitle', text(7, 128)],
  ['mail', text(8, 320)],
  ['mailNickname', text(9, 64)],
  ['onPremisesLastSyncDateTime', shown(10, 'dateTime', 'never')],
  ['onPremisesSyncEnabled', shown(11, 'boolean', 'never')],
  ['surname', text(12, 64)],
  ['addresses', shown(13, 'objects', 'never', { complex: 'physicalOfficeAddress' })],
  ['onPremisesProvisioningErrors', shown(14, 'objects', 'never', { complex: 'onPremisesProvisioningError' })],
  ['phones', shown(15, 'objects', 'never', { complex: 'phone' })],
  ['serviceProvisioningErrors', onRequest(16, 'objects', 'never', { complex: 'serviceProvisioningError' })],
])
