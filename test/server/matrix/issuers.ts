import { GRAPH } from '../../auth/aToken.ts'
import { BASE } from '../aServer.ts'
import { casesOf, everyCase } from './cases.ts'
import { AUDIENCE, ENTRA, ENTRA_V1, type Forge, STANDARD } from './ground.ts'

const UNKNOWN_TENANT = '99999999-2222-4333-8444-5555555555ab'
const PERSONAL = '9188040d-6c67-4c5b-b112-36a304b66dad'

function issOf({ profile }: Forge, tenant: string): string {
  return profile === 'local' ? `${BASE}/${tenant}/v2.0` : `${ENTRA}/${tenant}/v2.0`
}

/** The claims of version 1.0. */
function v1({ ground, claims }: Forge) {
  return { iss: `${ENTRA_V1}/${ground.server.tenant}/`, ver: '1.0', appid: claims['azp'], azp: undefined }
}

export const ISSUERS = [
  ...everyCase({
    'no `iss`': ({ token }) => token({ iss: undefined }),
    '`iss` of another issuer': ({ token }) => token({ iss: 'https://id.example.com' }),
    '`iss` with a slash more at its end': ({ token, claims }) => token({ iss: `${claims['iss']}/` }),
    '`iss` that only begins right': ({ token, claims }) => token({ iss: `${claims['iss']}.example.com` }),
    '`iss` in capitals': ({ token, claims }) => token({ iss: String(claims['iss']).toUpperCase() }),
    '`iss` with another scheme': ({ token, claims }) =>
      token({ iss: String(claims['iss']).replace(/^https?/, scheme => (scheme === 'http' ? 'https' : 'http')) }),
    '`iss` is a list of the right one': ({ token, claims }) => token({ iss: [claims['iss']] }),
    '`iss` is null': ({ token }) => token({ iss: null }),
    '`iss` of another issuer that is believed, too': forge =>
      forge.token({ iss: forge.profile === 'standard' ? `${BASE}/${forge.ground.server.tenant}/v2.0` : STANDARD }),
    'the claims are a list': ({ token }) => token('[]'),
    'the claims are no JSON': ({ token }) => token('claims'),
    'the claims are null': ({ token }) => token('null'),
    'bound to a key of the client (`cnf`)': ({ token }) => token({ cnf: { jkt: 'x' } }),
  }),
  ...casesOf(['local', 'entra'], {
    "`iss` of another tenant, the tenant's own `tid`": forge =>
      forge.token({ iss: issOf(forge, forge.ground.otherTenant) }),
    '`iss` of no tenant (`common`)': forge => forge.token({ iss: issOf(forge, 'common') }),
    '`iss` is the template (`{tenantid}`)': forge => forge.token({ iss: issOf(forge, '{tenantid}') }),
    'no `tid`': ({ token }) => token({ tid: undefined }),
    "`tid` of another tenant, the tenant's own `iss`": ({ token, ground }) => token({ tid: ground.otherTenant }),
    '`tid` is no GUID': forge => forge.token({ tid: 'common', iss: issOf(forge, 'common') }),
    '`tid` in capitals': ({ token, ground }) => token({ tid: ground.server.tenant.toUpperCase() }),
    '`tid` and `iss` in capitals': forge => {
      const tid = forge.ground.server.tenant.toUpperCase()
      return forge.token({ tid, iss: issOf(forge, tid) })
    },
    '`tid` is a list': ({ token, ground }) => token({ tid: [ground.server.tenant] }),
    'a tenant that is not here': forge => forge.token({ tid: UNKNOWN_TENANT, iss: issOf(forge, UNKNOWN_TENANT) }),
  }),
  ...casesOf(['entra'], {
    'a good token of version 1.0': forge => forge.token(v1(forge)),
    'version 1.0 in `ver`, 2.0 in `iss`': forge => forge.token({ ver: '1.0', appid: forge.claims['azp'] }),
    'version 2.0 in `ver`, 1.0 in `iss`': forge => forge.token({ iss: v1(forge).iss, appid: forge.claims['azp'] }),
    'no `ver`': ({ token }) => token({ ver: undefined }),
    'version 1.0 with the app in `azp`': forge => forge.token({ ...v1(forge), appid: undefined, azp: 'x' }),
    'version 2.0 with the app in `appid`': forge => forge.token({ azp: undefined, appid: 'x' }),
    'a personal account': ({ token }) => token({ tid: PERSONAL, iss: `${ENTRA}/${PERSONAL}/v2.0` }),
  }),
  ...casesOf(['standard'], {
    '`tid` of the tenant': ({ token, ground }) => token({ tid: ground.server.tenant }),
    '`tid` of another tenant': ({ token, ground }) => token({ tid: ground.otherTenant }),
    '`tid` of the tenant in capitals': ({ token, ground }) => token({ tid: ground.server.tenant.toUpperCase() }),
  }),
]

export const AUDIENCES = [
  ...everyCase({
    'no `aud`': ({ token }) => token({ aud: undefined }),
    '`aud` is another resource': ({ token }) => token({ aud: 'https://management.azure.com' }),
    '`aud` is the client, as of an ID token': ({ token }) => token({ aud: 'aaaaaaaa-2222-4333-8444-555555555555' }),
    '`aud` is a part of ours': ({ token, claims }) => token({ aud: String(claims['aud']).slice(0, -1) }),
    '`aud` begins with ours': ({ token, claims }) => token({ aud: `${claims['aud']}/` }),
    '`aud` is ours in capitals': ({ token, claims }) => token({ aud: String(claims['aud']).toUpperCase() }),
    '`aud` is empty': ({ token }) => token({ aud: '' }),
    '`aud` is a list without ours': ({ token }) => token({ aud: ['https://management.azure.com'] }),
    '`aud` is an empty list': ({ token }) => token({ aud: [] }),
    '`aud` is a list of ours alone': ({ token, claims }) => token({ aud: [claims['aud']] }),
    '`aud` is a list with ours in it': ({ token, claims }) => token({ aud: ['account', claims['aud']] }),
    '`aud` is an object': ({ token, claims }) => token({ aud: { name: claims['aud'] } }),
    "`aud` is Graph's own": ({ token }) => token({ aud: GRAPH }),
    "`aud` is the server's URL": ({ token }) => token({ aud: BASE }),
    '`aud` is what external issuers call the server': ({ token }) => token({ aud: AUDIENCE }),
  }),
]
