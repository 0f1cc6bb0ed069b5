import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { hashSecret, newClientSecret } from '../auth/issuer/secret.ts'
import type { App, Store } from '../store/store.ts'
import { addGrantOptions, type Grants, NO_GRANTS, readGrants } from './appGrants.ts'
import { commandGroup } from './commandTree.ts'
import { databaseOption } from './databaseFile.ts'
import { DEMO_TENANT } from './demo/demo.ts'
import { displayNameOption, readDisplayName } from './displayName.ts'
import { onStore } from './onStore.ts'
import { option, readSwitch } from './option.ts'
import { Refusal } from './refusal.ts'
import { tableText } from './table.ts'
import { readTenant, tenantOption } from './tenantOption.ts'

/** Secrets of one app that are good at one time: a second one is there while programs change over. */
const SECRETS_MAX = 2

/** `tidemark app`: who may ask for access tokens, and what these permit. */
export function appCommand(): Command {
  return commandGroup(
    'app',
    'Makes apps, says what they may do and renews their secrets, beside a running server too.',
    [createCommand(), listCommand(), grantCommand(), rotateCommand(), deleteCommand()],
  )
}

function createCommand(): Command {
  const command = newCommand('create', 'Makes an app and prints its secret, once.')
    .addOption(tenantOption())
    .addOption(displayNameOption('App'))
  return addGrantOptions(command).action(() =>
    onStore(command, async store => {
      const grants = { ...NO_GRANTS, ...(await readGrants(command, Date.now())) }
      if (grants.roles.length + grants.scopes.length === 0) {
        throw new Refusal(
          'An app needs --roles, what it may do by itself, or --scopes, what it may do on behalf of people.',
        )
      }
      const displayName = readDisplayName(command)
      const tenant = await readTenant(command, store)
      refuseDemonstration(tenant)
      const clientSecret = needsSecret(grants) ? newClientSecret() : null
      const secretHashes = clientSecret === null ? [] : [hashSecret(clientSecret)]
      const app: App = { clientId: randomUUID(), tenant, displayName, ...grants, secretHashes, demo: false }
      await store.putApp(app)
      return withSecret(command, app, clientSecret)
    }),
  )
}

/** A certificate proves an app, and one that lies with people can keep no secret. */
function needsSecret({ certificates, publicClient }: Grants): boolean {
  return certificates.length === 0 && !publicClient
}

function listCommand(): Command {
  const command = newCommand('list', 'Lists the apps of a tenant.')
  return command.addOption(tenantOption()).action(() =>
    onStore(command, async store => {
      const apps = (await store.apps(await readTenant(command, store))).map(withoutSecrets)
      if (readSwitch(command, 'json')) return JSON.stringify(apps)
      return tableText(
        ['Client id', 'Name', 'Secrets', 'Certificates', 'Public', 'Redirect URIs', 'Scopes', 'Roles'],
        apps.map(app => [
          app.clientId,
          app.displayName,
          app.secrets,
          listed(app.certificates.map(({ notAfter }) => `until ${notAfter.slice(0, 10)}`)),
          app.publicClient ? 'yes' : 'no',
          listed(app.redirectUris),
          listed(app.scopes),
          listed(app.roles),
        ]),
      )
    }),
  )
}

function grantCommand(): Command {
  const command = newCommand(
    'grant',
    "Sets what an app may do and how it proves itself: each option is all there is of it from now on, and 'none' takes it away. Tokens that it has keep what they permit until they end.",
  ).argument('<client-id>', 'the app')
  return addGrantOptions(command).action((clientId: string) =>
    onStore(command, async store => {
      const grants = await readGrants(command, Date.now())
      if (Object.keys(grants).length === 0) {
        throw new Refusal('Say with --roles, --scopes or another option what the app has from now on.')
      }
      const app = await changeOwn(store, clientId, found => ({ ...found, ...grants }))
      if (readSwitch(command, 'json')) return JSON.stringify(withoutSecrets(app))
      return [`App ${app.clientId} (${app.displayName}) has from its next token on:`, ...told(app)].join('\n')
    }),
  )
}

function rotateCommand(): Command {
  const command = newCommand('rotate-secret', 'Makes a new secret for an app and prints it, once.')
  return command
    .argument('<client-id>', 'the app')
    .addOption(option('--keep-last', 'the secret before it stays good until the next time'))
    .action((clientId: string) =>
      onStore(command, async store => {
        const clientSecret = newClientSecret()
        const keptMax = readSwitch(command, 'keep-last') ? SECRETS_MAX - 1 : 0
        const app = await changeOwn(store, clientId, found => ({
          ...found,
          secretHashes: [hashSecret(clientSecret), ...found.secretHashes.slice(0, keptMax)],
        }))
        return withSecret(command, app, clientSecret)
      }),
    )
}

function deleteCommand(): Command {
  const command = newCommand('delete', 'Deletes an app: it gets no more tokens. Those that it has end within the hour.')
  return command.argument('<client-id>', 'the app').action((clientId: string) =>
    onStore(command, async store => {
      const app = await changeOwn(store, clientId, () => null)
      return readSwitch(command, 'json')
        ? JSON.stringify(withoutSecrets(app))
        : `App ${app.clientId} (${app.displayName}) is deleted.`
    }),
  )
}

function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(databaseOption())
    .addOption(option('--json', 'print one line of JSON'))
}

/** Changes an app in one step, or deletes it for null; gives what it is then, or what it was. Throws as `own` does. */
async function changeOwn(store: Store, clientId: string, change: (app: App) => App | null): Promise<App> {
  let last: App | null = null
  await store.changeApp(clientId.toLowerCase(), found => {
    const before = own(found, clientId)
    const after = change(before)
    last = after ?? before
    return after
  })
  return own(last, clientId)
}

/** Throws a `Refusal` for an app that is not there, and for that of the demonstration, which is made anew at each start. */
function own(app: App | null, clientId: string): App {
  if (app === null) throw new Refusal(`There is no app '${clientId}': 'tidemark app list' lists them.`)
  refuseDemonstration(app.tenant)
  return app
}

function refuseDemonstration(tenant: App['tenant']): void {
  if (tenant !== DEMO_TENANT.id) return
  throw new Refusal('The demonstration has one app, which its server makes anew at each start.')
}

function withoutSecrets(app: App) {
  const { clientId, tenant, displayName, roles, scopes, secretHashes, certificates, redirectUris, publicClient } = app
  return {
    clientId,
    tenantId: tenant,
    displayName,
    roles,
    scopes,
    secrets: secretHashes.length,
    certificates: certificates.map(({ thumbprint, notAfter }) => ({
      thumbprint,
      notAfter: new Date(notAfter).toISOString(),
    })),
    redirectUris,
    publicClient,
  }
}

function listed(texts: readonly string[]): string {
  return texts.join(', ') || '-'
}

/** What an app has, a line each. */
function told(app: App): string[] {
  const { roles, scopes, certificates, redirectUris, publicClient } = withoutSecrets(app)
  return [
    `may by itself: ${listed(roles)}`,
    ...(scopes.length > 0 ? [`may on behalf of people: ${listed(scopes)}`] : []),
    ...certificates.map(
      ({ thumbprint, notAfter }) => `proves itself by the certificate ${thumbprint} until ${notAfter}`,
    ),
    ...(redirectUris.length > 0 ? [`people come back to: ${listed(redirectUris)}`] : []),
    ...(publicClient ? ['is a public client: on behalf of people it needs no secret'] : []),
  ]
}

/** `clientSecret` is null for an app that got none. */
function withSecret(command: Command, app: App, clientSecret: string | null): string {
  if (readSwitch(command, 'json')) return JSON.stringify({ ...withoutSecrets(app), clientSecret })
  return [
    `App ${app.clientId} (${app.displayName}) of the tenant ${app.tenant}`,
    ...told(app),
    clientSecret === null
      ? `It has no secret: 'tidemark app rotate-secret ${app.clientId}' makes one.`
      : `Its secret is shown this once: ${clientSecret}`,
  ].join('\n')
}
