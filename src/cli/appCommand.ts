import { randomUUID } from 'node:crypto'
import { Command } from 'commander'
import { ROLES, type Role } from '../auth/permissionTable.ts'
import { hashSecret, newClientSecret } from '../auth/secret.ts'
import type { App, Store } from '../store/store.ts'
import { commandGroup } from './commandTree.ts'
import { databaseOption } from './databaseFile.ts'
import { DEMO_TENANT } from './demo/demo.ts'
import { displayNameOption, readDisplayName } from './displayName.ts'
import { onStore } from './onStore.ts'
import { type Given, givenFor, option, readSwitch } from './option.ts'
import { Refusal } from './refusal.ts'
import { tableText } from './table.ts'
import { readTenant, tenantOption } from './tenantOption.ts'

/** Secrets of one app that are good at one time: a second one is there while programs change over. */
const SECRETS_MAX = 2

/** `tidemark app`: who may ask for access tokens, and what these permit. */
export function appCommand(): Command {
  return commandGroup('app', 'Makes apps, grants them roles and renews their secrets, beside a running server too.', [
    createCommand(),
    listCommand(),
    grantCommand(),
    rotateCommand(),
    deleteCommand(),
  ])
}

function createCommand(): Command {
  const command = newCommand('create', 'Makes an app and prints its secret, once.')
  return command
    .addOption(tenantOption())
    .addOption(displayNameOption('App'))
    .addOption(option('--roles <names>', `what it may do, with commas between: ${ROLES.join(', ')}`))
    .action(() =>
      onStore(command, async store => {
        const given = givenFor(command, 'roles')
        if (given === null) throw new Refusal('An app needs --roles: what it may do, with commas between.')
        const roles = readRoles(given)
        const displayName = readDisplayName(command)
        const tenant = await readTenant(command, store)
        refuseDemonstration(tenant)
        const clientSecret = newClientSecret()
        const app: App = {
          clientId: randomUUID(),
          tenant,
          displayName,
          roles,
          secretHashes: [hashSecret(clientSecret)],
          scopes: [],
          certificates: [],
          redirectUris: [],
          publicClient: false,
          demo: false,
        }
        await store.putApp(app)
        return withSecret(command, app, clientSecret)
      }),
    )
}

function listCommand(): Command {
  const command = newCommand('list', 'Lists the apps of a tenant.')
  return command.addOption(tenantOption()).action(() =>
    onStore(command, async store => {
      const apps = (await store.apps(await readTenant(command, store))).map(withoutSecrets)
      if (readSwitch(command, 'json')) return JSON.stringify(apps)
      return tableText(
        ['Client id', 'Name', 'Secrets', 'Roles'],
        apps.map(app => [app.clientId, app.displayName, app.secrets, app.roles.join(', ')]),
      )
    }),
  )
}

function grantCommand(): Command {
  const command = newCommand('grant', 'Sets what an app may do. Tokens that it has keep their roles until they end.')
  return command
    .argument('<client-id>', 'the app')
    .addOption(option('--roles <names>', `all that it may do from now on: ${ROLES.join(', ')}`))
    .action((clientId: string) =>
      onStore(command, async store => {
        const given = givenFor(command, 'roles')
        if (given === null) throw new Refusal('Say with --roles what the app may do from now on.')
        const roles = readRoles(given)
        const app = await changeOwn(store, clientId, found => ({ ...found, roles }))
        if (readSwitch(command, 'json')) return JSON.stringify(withoutSecrets(app))
        return `App ${app.clientId} (${app.displayName}) may from its next token on: ${app.roles.join(', ')}.`
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
      const app = await deleteOwn(store, clientId)
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

/** Changes an app in one step; gives what it is then. Throws as `own` does. */
async function changeOwn(store: Store, clientId: string, change: (app: App) => App): Promise<App> {
  let changed: App | null = null
  await store.changeApp(clientId.toLowerCase(), found => {
    changed = change(own(found, clientId))
    return changed
  })
  return own(changed, clientId)
}

/** Deletes an app; gives what it was. Throws as `own` does. */
async function deleteOwn(store: Store, clientId: string): Promise<App> {
  let deleted: App | null = null
  await store.changeApp(clientId.toLowerCase(), found => {
    deleted = own(found, clientId)
    return null
  })
  return own(deleted, clientId)
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

function readRoles({ text, name }: Given): Role[] {
  const names = text.split(',').map(role => role.trim())
  const roles = names.map(wanted => {
    const role = ROLES.find(known => known.toLowerCase() === wanted.toLowerCase())
    if (role === undefined) throw new Refusal(`${name} names '${wanted}', which is no role: ${ROLES.join(', ')}.`)
    return role
  })
  return [...new Set(roles)].sort()
}

function withoutSecrets({ clientId, tenant, displayName, roles, secretHashes }: App) {
  return { clientId, tenantId: tenant, displayName, roles, secrets: secretHashes.length }
}

function withSecret(command: Command, app: App, clientSecret: string): string {
  if (readSwitch(command, 'json')) return JSON.stringify({ ...withoutSecrets(app), clientSecret })
  return [
    `App ${app.clientId} (${app.displayName}) of the tenant ${app.tenant}`,
    `may: ${app.roles.join(', ')}`,
    `Its secret is shown this once: ${clientSecret}`,
  ].join('\n')
}
