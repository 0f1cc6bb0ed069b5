import type { NewGroup, NewOther, NewUser, Values } from './operation.ts'
import { sidOf } from './sid.ts'

/** Where and when an object is made. */
export interface Surroundings {
  /** Milliseconds since 1970 UTC. */
  readonly now: number
  readonly domain: string
}

export function userValues({ id, alias }: NewUser, { now, domain }: Surroundings): Values {
  return {
    accountEnabled: true,
    displayName: alias,
    mailNickname: alias,
    userPrincipalName: `${alias}@${domain}`,
    userType: 'Member',
    createdDateTime: wholeSeconds(now),
    securityIdentifier: sidOf(id),
  }
}

export function groupValues({ id, sort, nickname, values }: NewGroup, { now, domain }: Surroundings): Values {
  const unified = sort !== 'security'
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
  const mail = `${nickname}@${domain}`
  return {
    mailEnabled: unified,
    securityEnabled: !unified,
    groupTypes: unified ? ['Unified'] : [],
    mailNickname: nickname,
    visibility: sort === 'hidden' ? 'HiddenMembership' : unified ? 'Public' : 'Private',
    createdDateTime: wholeSeconds(now),
    renewedDateTime: wholeSeconds(now),
    securityIdentifier: sidOf(id),
    ...(unified ? { mail, proxyAddresses: [`SMTP:${mail}`] } : {}),
    ...given,
  }
}

export function otherValues({ type, key, displayName }: NewOther, { now }: Surroundings): Values {
  if (type === 'servicePrincipal') {
    return {
      accountEnabled: true,
      appId: key,
      appRoleAssignmentRequired: false,
      displayName,
      servicePrincipalNames: [key],
      servicePrincipalType: 'Application',
    }
  }
  return {
    accountEnabled: true,
    alternativeSecurityIds: [{ type: 2, key: 'c2VjcmV0' }],
    deviceId: key,
    displayName,
    operatingSystem: 'linux',
    operatingSystemVersion: '6.12',
    profileType: 'RegisteredDevice',
    registrationDateTime: wholeSeconds(now),
  }
}

function wholeSeconds(now: number): string {
  return new Date(Math.floor(now / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}
