import { GRAPH_RESOURCE } from '../auth/issuer/issuer.ts'
import type { TenantId } from '../core/id.ts'
import type { FirstApp } from './firstApp.ts'
import { quoted } from './shellText.ts'

/** What the one who starts the server has to know. */
export interface Ready extends Pick<FirstApp, 'clientId' | 'clientSecret'> {
  readonly url: string
  /** Null where the server issues no tokens. */
  readonly tenantId: TenantId | null
  /** The other issuers that the server believes. */
  readonly issuers: readonly string[]
  readonly controlUrl: string | null
  readonly monitorUrl: string | null
  /** The certificate that clients must trust; null where they need none, or know their own. */
  readonly caFile: string | null
  /** Whether requests are limited. */
  readonly throttling: boolean
  readonly demo: boolean
}

/** One line of JSON, for programs. */
export function readyLine(ready: Ready): string {
  const { url, tenantId, clientId, clientSecret, controlUrl, monitorUrl, caFile, throttling } = ready
  return JSON.stringify({
    url,
    tokenUrl: tenantId === null ? null : tokenUrl(url, tenantId),
    tenantId,
    clientId,
    clientSecret,
    controlUrl,
    monitorUrl,
    caFile,
    throttling,
  })
}

/** The same for people, with a command to paste. */
export function readyText(ready: Ready): string {
  const { url, tenantId, issuers, clientId, clientSecret, controlUrl, monitorUrl, caFile, throttling, demo } = ready
  const facts = [
    ['Base URL', url],
    ...(tenantId === null ? [] : ownIssuer(tenantId, clientId)),
    ...issuers.map(issuer => ['Issuer', issuer]),
    ...(clientId === null ? [] : [['Client secret', clientSecret ?? 'the one that was printed when it was made']]),
    ...(demo ? [['Authority', `${url}/${tenantId}`]] : []),
    ...(controlUrl === null ? [] : [['Control API', controlUrl]]),
    ...(monitorUrl === null ? [] : [['Monitor', monitorUrl]]),
    ['Throttling', throttling ? 'on' : "off: '--throttling on' limits requests as Graph does"],
  ]
  const secret = demo ? 'The secret is new at every start.' : 'The secret is kept as a hash: it is not shown again.'
  const people = `People sign in as whom they choose, by the same client id: redirect URI http://localhost (any port), or ${url}/devicelogin.`
  const tryIt = clientSecret === null ? 'To try it, with that secret in CLIENT_SECRET:' : `${secret} To try it:`
  return [
    demo ? 'Tidemark serves its demonstration directory.' : 'Tidemark serves.',
    '',
    ...facts.map(([name = '', value = '']) => `  ${name.padEnd(14)}  ${value}`),
    ...(demo ? ['', people] : []),
    ...(caFile === null ? [] : ['', 'To make Node.js trust it:', '', `  export NODE_EXTRA_CA_CERTS=${quoted(caFile)}`]),
    ...(tenantId === null || clientId === null ? [] : ['', tryIt, '', `  ${curlLine(ready, tenantId, clientId)}`]),
  ].join('\n')
}

function ownIssuer(tenantId: TenantId, clientId: string | null): string[][] {
  return [
    ['Tenant id', tenantId],
    ['Client id', clientId ?? "none: 'tidemark app create' makes one"],
  ]
}

function tokenUrl(url: string, tenantId: string): string {
  return `${url}/${tenantId}/oauth2/v2.0/token`
}

/** A command for a POSIX shell that gets a token and lists three groups: curl and sed alone, no token in its text. */
function curlLine({ url, clientSecret, caFile }: Ready, tenantId: TenantId, clientId: string): string {
  const curl = caFile === null ? 'curl -sS' : `curl -sS --cacert ${quoted(caFile)}`
  const form = [
    'grant_type=client_credentials',
    `client_id=${quoted(clientId)}`,
    `client_secret=${clientSecret === null ? '"$CLIENT_SECRET"' : quoted(clientSecret)}`,
    `scope=${quoted(`${GRAPH_RESOURCE}/.default`)}`,
  ]
  const token = [
    `${curl} ${quoted(tokenUrl(url, tenantId))} ${form.map(field => `-d ${field}`).join(' ')}`,
    `sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p'`,
  ]
  return `${curl} -H "Authorization: Bearer $(${token.join(' | ')})" ${quoted(`${url}/v1.0/groups?$top=3`)}`
}
