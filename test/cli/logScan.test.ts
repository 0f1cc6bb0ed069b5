import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import test from 'node:test'
import { aFolder, aServing, askToken } from './aProgram.ts'

/** What must not be logged, each sent in one place, and found by its name. */
function secretsIn(places: readonly string[]): Record<string, string> {
  return Object.fromEntries(places.map(place => [place, `hushhush-${place}-7f3a9c`]))
}

const SECRETS = secretsIn([
  'query',
  'encoded-query',
  'fragment',
  'filter',
  'token-query',
  'bearer',
  'basic',
  'cookie',
  'api-key',
  'proxy',
  'password',
  'torn-password',
  'typed-password',
  'doubled-name',
  'form-secret',
  'assertion',
  'scope',
  'batch-url',
  'batch-header',
  'batch-body',
  'reference',
  'user-info',
  'malformed',
  'content-type',
  'accept',
  'prefer',
])
const { query = '', password = '' } = SECRETS

function secret(place: string): string {
  const text = SECRETS[place]
  assert.ok(text, place)
  return text
}

/** The text of each answer; the requests are one after the other. */
function sender(url: string) {
  return (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<number> =>
    new Promise((resolve, reject) => {
      const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const sent = request(new URL(url), { method, path, headers: { ...headers, ...length } }, answer => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      sent.on('error', reject).end(body)
    })
}

/** Sends bytes that are no request of a library, and waits until the server has done with them. */
function sendBytes(url: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    socket
      .resume()
      .on('error', reject)
      .on('close', () => resolve())
  })
}

test('no secret, token or query is logged, however much is (DELTA-237)', { timeout: 60_000 }, async t => {
  const { ready, kill } = await aServing(t, [
    '--database',
    join(aFolder(t), 'directory.db'),
    '--log-level',
    'trace',
    '--monitor',
    '0',
  ])
  const { url, tokenUrl, clientId, clientSecret, tenantId } = ready
  assert.ok(clientSecret)
  const answer = await askToken(tokenUrl, clientId, clientSecret)
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const send = sender(url)
  const json = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const bearer = { authorization: `Bearer ${token}` }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const tokenPath = new URL(tokenUrl).pathname
  const statuses: number[] = []
  const ask = async (...asked: Parameters<typeof send>) => statuses.push(await send(...asked))

  await ask('GET', `/v1.0/groups/delta?$deltatoken=${query}`, bearer)
  await ask('GET', `/v1.0/groups?access_token=${query}&client_secret=${query}`, bearer)
  await ask('GET', `/v1.0/groups/delta%3F$deltatoken=${secret('encoded-query')}`, bearer)
  await ask('GET', `/v1.0/groups#${secret('fragment')}`, bearer)
  await ask('GET', `/v1.0/groups?$filter=displayName%20eq%20'${secret('filter')}'`, bearer)
  await ask('GET', `/v1.0/groups?$filter=${secret('filter')}%20is%20odd`, bearer)
  await ask('GET', `${tokenPath}?client_secret=${secret('token-query')}`)
  await ask('POST', `${tokenPath}?client_secret=${secret('token-query')}`, form, 'grant_type=client_credentials')
  const [header = '', payload = ''] = token.split('.')
  for (const bad of [secret('bearer'), `${header}.${payload}.${Buffer.from(secret('bearer')).toString('base64url')}`]) {
    await ask('GET', '/v1.0/groups', { authorization: `Bearer ${bad}` })
    await ask('GET', '/v1.0/groups', { authorization: bad })
  }
  const basic = Buffer.from(`${clientId}:${secret('basic')}`).toString('base64')
  await ask('POST', tokenPath, { ...form, authorization: `Basic ${basic}` }, 'grant_type=client_credentials&scope=x')
  await ask('GET', '/v1.0/groups', {
    ...bearer,
    cookie: `session=${secret('cookie')}`,
    'x-api-key': secret('api-key'),
    'proxy-authorization': `Basic ${secret('proxy')}`,
    accept: `application/json;odata.metadata=${secret('accept')}`,
    prefer: `return=${secret('prefer')}`,
  })
  await ask('POST', '/v1.0/groups', { ...json, 'content-type': secret('content-type') }, '{}')
  const person = { accountEnabled: true, displayName: 'Ada', mailNickname: 'ada', passwordProfile: { password } }
  const userPrincipalName = `ada@${tenantId.slice(0, 8)}.tidemark.example`
  await ask('POST', '/v1.0/users', json, JSON.stringify({ ...person, userPrincipalName }))
  await ask('POST', '/v1.0/users', json, `{"passwordProfile":{"password":"${secret('torn-password')}"`)
  await ask('POST', '/v1.0/users', json, JSON.stringify({ ...person, passwordProfile: secret('typed-password') }))
  await ask('POST', '/v1.0/users', json, `{"password":1,"PASSWORD":"${secret('doubled-name')}"}`)
  const grant = `grant_type=client_credentials&client_id=${clientId}&scope=${secret('scope')}`
  await ask('POST', tokenPath, form, `${grant}&client_secret=${secret('form-secret')}`)
  await ask('POST', tokenPath, form, `${grant}&client_assertion=${secret('assertion')}`)
  await ask(
    'POST',
    tokenPath,
    { 'content-type': 'application/json' },
    JSON.stringify({ client_secret: secret('form-secret') }),
  )
  const item = {
    id: '1',
    method: 'POST',
    url: `/groups?$deltatoken=${secret('batch-url')}`,
    headers: { authorization: secret('batch-header'), 'content-type': 'application/json' },
    body: { password: secret('batch-body') },
  }
  await ask('POST', '/v1.0/$batch', json, JSON.stringify({ requests: [item] }))
  const link = { '@odata.id': `https://user:${secret('reference')}@host.example/v1.0/users/${clientId}` }
  await ask('POST', `/v1.0/groups/${clientId}/members/$ref`, json, JSON.stringify(link))
  const { host } = new URL(url)
  const last = `Host: ${host}\r\nConnection: close\r\n`
  await sendBytes(url, `GET http://user:${secret('user-info')}@${host}/v1.0/groups HTTP/1.1\r\n${last}\r\n`)
  await sendBytes(url, `GET /v1.0/groups HTTP/1.1\r\n${last}Authorization : Bearer ${secret('malformed')}\r\n\r\n`)
  await (await fetch(`${ready.monitorUrl}/metrics?key=${query}`)).text()
  await fetch(`${ready.monitorUrl}/nowhere?key=${query}`, { headers: bearer })

  assert.ok(new Set(statuses).size > 3, `${statuses}`)
  const { stderr } = await kill('SIGTERM')
  const lines = stderr.trim().split('\n')
  const answered = lines.map(line => JSON.parse(line)).filter(({ msg }) => String(msg).startsWith('answered'))
  assert.ok(answered.length > statuses.length, 'the log has a line for each request')
  for (const [place, text] of Object.entries(SECRETS)) {
    for (const spelt of [text, Buffer.from(text).toString('base64'), Buffer.from(text).toString('base64url')]) {
      assert.ok(!stderr.includes(spelt), `${place} is logged: ${lines.find(line => line.includes(spelt))}`)
    }
  }
  for (const [what, text] of Object.entries({
    clientSecret,
    token,
    payload,
    signature: token.split('.')[2] ?? '',
    basic,
  })) {
    assert.ok(!stderr.includes(text), `${what} is logged`)
  }
  assert.doesNotMatch(stderr, /Bearer|[?&]\$?\w+=/)
})
