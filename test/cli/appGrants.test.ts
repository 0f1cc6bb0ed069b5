import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { anAdministered, refused } from './anAdministered.ts'
import { anAppCertificate } from './anAppCertificate.ts'

test('an app is given scopes, a certificate and redirect URIs, keeps what is not named, and loses what is none', async t => {
  const directory = await anAdministered(t)
  const files = ['first.pem', 'second.pem'].map(name => join(directory.database, '..', name))
  for (const file of files) writeFileSync(file, await anAppCertificate())
  const [first = '', second = ''] = files
  const made = await directory.json(
    ...['app', 'create', '--scopes', 'user.read.all,Group.Read.All', '--certificate', first],
    ...['--redirect-uri', 'http://localhost', '--redirect-uri', 'https://app.example/a,b'],
  )
  const clientId = String(made['clientId'])
  const { clientSecret, certificates, ...rest } = made as { clientSecret: null; certificates: { thumbprint: string }[] }
  assert.equal(clientSecret, null, 'its certificate proves it')
  assert.equal(certificates.length, 1)
  assert.deepEqual(rest, {
    clientId,
    tenantId: directory.tenantId,
    displayName: 'App',
    roles: [],
    scopes: ['Group.Read.All', 'User.Read.All'],
    secrets: 0,
    redirectUris: ['http://localhost', 'https://app.example/a,b'],
    publicClient: false,
  })
  const both = await directory.json('app', 'grant', clientId, '--certificate', first, '--certificate', second)
  const thumbprints = (both['certificates'] as { thumbprint: string }[]).map(({ thumbprint }) => thumbprint)
  assert.equal(new Set(thumbprints).size, 2)
  assert.equal(thumbprints[0], certificates[0]?.thumbprint)
  assert.deepEqual([both['scopes'], both['redirectUris']], [made['scopes'], made['redirectUris']])
  const last = await directory.json(
    ...['app', 'grant', clientId, '--scopes', 'none', '--roles', 'Group.Read.All'],
    ...['--certificate', 'none', '--redirect-uri', 'none', '--public-client'],
  )
  assert.deepEqual(
    [last['roles'], last['scopes'], last['certificates'], last['redirectUris'], last['publicClient']],
    [['Group.Read.All'], [], [], [], true],
  )
  const priv = await directory.json('app', 'grant', clientId, '--public-client', 'false')
  assert.deepEqual([priv['publicClient'], priv['roles']], [false, ['Group.Read.All']])
  const table = (await directory.tidemark('app', 'list')).stdout
  assert.match(table, new RegExp(`${clientId} +App +0 +- +no +- +- +Group\\.Read\\.All\n`))
})

test('a public client is made without a secret, which it gets where it is asked for', async t => {
  const directory = await anAdministered(t)
  const words = ['app', 'create', '--public-client', '--scopes', 'User.Read.All']
  const { stdout } = await directory.tidemark(...words)
  assert.match(stdout, /\nmay on behalf of people: User\.Read\.All\nis a public client: .*\nIt has no secret: /)
  const app = await directory.json(...words)
  assert.deepEqual([app['secrets'], app['clientSecret']], [0, null])
  const rotated = await directory.json('app', 'rotate-secret', String(app['clientId']))
  assert.deepEqual([rotated['secrets'], rotated['publicClient']], [1, true])
})

test('what cannot be granted is refused by its name with what comes nearest, and leaves the app as it was', async t => {
  const directory = await anAdministered(t)
  const made = await directory.json('app', 'create', '--roles', 'Group.Read.All', '--scopes', 'User.Read.All')
  const clientId = String(made['clientId'])
  const refusals: readonly (readonly [string[], RegExp])[] = [
    [[], /^Say with --roles, --scopes or another option what the app has from now on\.$/m],
    [['--roles', 'Group.Raed.All'], /'Group\.Raed\.All', which is no role: Group\.Read\.All, /],
    [['--roles', ''], /'', which is no role: Application\.Read\.All, /],
    [['--roles', 'Directory.AccessAsUser.All'], /'Directory\.AccessAsUser\.All', which is no role: Directory\./],
    [['--scopes', 'Group.Create'], /'Group\.Create', which is no delegated permission: Group\./],
    [['--scopes', 'User.Read.All,none'], /'none', which is no delegated permission/],
    [['--certificate', '/nowhere.pem'], /^There is no certificate file '\/nowhere\.pem'\.$/m],
    [['--redirect-uri', 'http://app.example'], /names 'http:\/\/app\.example', which is http beyond this machine/],
    [['--public-client', 'maybe'], /^--public-client must be one of true, false, 1, 0, not 'maybe'\.$/m],
  ]
  for (const [words, sentence] of refusals) {
    refused(await directory.tidemark('app', 'grant', clientId, ...words), sentence)
  }
  refused(await directory.tidemark('app', 'create'), /^An app needs --roles, .*, or --scopes, /)
  refused(await directory.tidemark('app', 'create', '--roles', 'none'), /^An app needs --roles, /)
  const [kept] = JSON.parse((await directory.tidemark('app', 'list', '--json')).stdout).filter(
    (app: { clientId: string }) => app.clientId === clientId,
  )
  const { clientSecret, ...before } = made
  assert.deepEqual(kept, before)
  assert.match(String(clientSecret), /^tidemark_/)
})
