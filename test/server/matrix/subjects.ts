import { casesOf, everyCase } from './cases.ts'
import { type Forge, ofUser } from './ground.ts'

export const SUBJECTS = [
  ...everyCase({
    'no `sub`': ({ token }) => token({ sub: undefined }),
    '`sub` is a number': ({ token }) => token({ sub: 7 }),
    'a user': forge => forge.token(ofUser(forge)),
    "a user's `oid` is no GUID": forge => forge.token({ ...ofUser(forge), oid: 'me' }),
    "a user's `oid` in capitals": forge => forge.token({ ...ofUser(forge), oid: forge.ground.user.toUpperCase() }),
    "a user's `oid` is a list": forge => forge.token({ ...ofUser(forge), oid: [forge.ground.user] }),
    "a user's token without `oid`": forge => forge.token({ ...ofUser(forge), oid: undefined }),
    'a user who is not there': forge => forge.token({ ...ofUser(forge), oid: '00000000-2222-4333-8444-555555555555' }),
    'a user of another tenant': async forge => {
      const { user } = await forge.ground.server.administrator(forge.ground.otherTenant)
      return forge.token({ ...ofUser(forge), oid: user })
    },
    'a group in place of the user': async forge => {
      const body = { displayName: 'G', mailEnabled: false, mailNickname: 'g', securityEnabled: true }
      const made = await forge.ground.server.call('/v1.0/groups', { method: 'POST', body })
      return forge.token({ ...ofUser(forge), oid: made.body.id })
    },
    'a user who is disabled': async forge =>
      forge.token({ ...ofUser(forge), oid: await aFormerUser(forge, 'disabled') }),
    'a user in the recycle bin': async forge =>
      forge.token({ ...ofUser(forge), oid: await aFormerUser(forge, 'deleted') }),
  }),
  ...casesOf(['local', 'entra'], {
    "an app's token without `oid`": ({ token }) => token({ oid: undefined }),
    '`idtyp` is `device`': ({ token }) => token({ idtyp: 'device' }),
    '`idtyp` is `App`': ({ token }) => token({ idtyp: 'App' }),
    '`idtyp` is null': ({ token }) => token({ idtyp: null }),
    '`idtyp` is missing': ({ token }) => token({ idtyp: undefined }),
  }),
  ...casesOf(['local'], { 'no `appid`': ({ token }) => token({ appid: undefined }) }),
  ...casesOf(['entra'], {
    'no `azp`': ({ token }) => token({ azp: undefined }),
    'an ID token for the same audience, with `nonce`': forge =>
      forge.token({ idtyp: undefined, sub: 'a pairwise name', oid: forge.ground.user, nonce: 'n' }),
    'an ID token for the same audience, with `roles`': forge =>
      forge.token({ idtyp: undefined, sub: 'a pairwise name', oid: forge.ground.user }),
    '`nonce` in the token of an app': ({ token }) => token({ nonce: 'n' }),
  }),
  ...casesOf(['standard'], {
    'no `client_id`': ({ token }) => token({ client_id: undefined }),
    'no `jti`': ({ token }) => token({ jti: undefined }),
    'no `oid`, and `sub` is not the client': ({ token }) => token({ sub: 'ada' }),
    "a user's `oid`, and `sub` is the client": ({ token, ground }) => token({ oid: ground.user }),
  }),
]

async function aFormerUser({ ground: { server }, profile }: Forge, how: 'disabled' | 'deleted'): Promise<string> {
  const name = `${how}-${profile}`
  const body = {
    accountEnabled: how !== 'disabled',
    displayName: name,
    mailNickname: name,
    userPrincipalName: `${name}@${server.domain}`,
    passwordProfile: { password: 'not kept' },
  }
  const { id } = (await server.call('/v1.0/users', { method: 'POST', body })).body
  if (how === 'deleted') await server.call(`/v1.0/users/${id}`, { method: 'DELETE' })
  return id
}
