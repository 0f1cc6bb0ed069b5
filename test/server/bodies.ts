import { randomUUID } from 'node:crypto'
import type { TestServer } from './aServer.ts'

/** Makes a security group. */
export const SECURITY = { displayName: 'Staff', mailEnabled: false, mailNickname: 'staff', securityEnabled: true }

/** Makes a Microsoft 365 group. */
export const UNIFIED = {
  displayName: 'Club',
  groupTypes: ['Unified'],
  mailEnabled: true,
  mailNickname: 'club',
  securityEnabled: false,
}

/** Makes a device. */
export function deviceBody(name: string) {
  return {
    accountEnabled: true,
    alternativeSecurityIds: [{ type: 2, key: 'c2VjcmV0' }],
    deviceId: randomUUID(),
    displayName: name,
    operatingSystem: 'linux',
    operatingSystemVersion: '6.12',
  }
}

/** Makes a user of the server's tenant. */
export function userBody({ domain }: Pick<TestServer, 'domain'>, name: string) {
  return {
    accountEnabled: true,
    displayName: name,
    mailNickname: name,
    passwordProfile: { password: 'correct horse battery staple' },
    userPrincipalName: `${name}@${domain}`,
  }
}
