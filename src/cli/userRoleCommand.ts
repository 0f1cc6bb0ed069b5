import { Command } from 'commander'
import { DIRECTORY_ROLE_NAMES, DIRECTORY_ROLES, type DirectoryRole } from '../auth/directoryRoles.ts'
import type { DirectoryObject } from '../core/fact.ts'
import { commandGroup } from './commandTree.ts'
import { databaseOption } from './databaseFile.ts'
import { nearest } from './nearest.ts'
import { onStore } from './onStore.ts'
import { option, readSwitch } from './option.ts'
import { Refusal } from './refusal.ts'
import { tableText } from './table.ts'
import { readTenant, tenantOption } from './tenantOption.ts'
import { principalName, userNamed } from './userNamed.ts'

/** `tidemark user role`: the directory roles of users, which their next tokens name. */
export function userRoleCommand(): Command {
  return commandGroup('role', 'Lists, adds and removes directory roles of users.', [
    listCommand(),
    changeCommand('add', 'Gives directory roles to a user. They count from its next token on.', (has, roles) => [
      ...new Set([...has, ...roles]),
    ]),
    changeCommand('remove', 'Takes directory roles from a user. Tokens that it has keep them until they end.', without),
  ])
}

function listCommand(): Command {
  const command = newCommand('list', 'Lists the users that have directory roles.')
  return command.action(() =>
    onStore(command, async store => {
      const tenant = await readTenant(command, store)
      const holders = await store.roleHolders(tenant)
      const rows = await store.read(tenant, async snapshot => {
        const users = await Promise.all(holders.map(({ user }) => snapshot.object(user)))
        return holders.flatMap(({ roles }, index) => {
          const user = users[index]
          return user == null ? [] : [shown(user, roles)]
        })
      })
      if (readSwitch(command, 'json')) return JSON.stringify(rows)
      return tableText(
        ['User id', 'Name', 'userPrincipalName', 'Roles'],
        rows.map(row => [row.userId, row.displayName, row.userPrincipalName, row.roles.join(', ')]),
      )
    }),
  )
}

type Change = (has: readonly string[], roles: readonly DirectoryRole[]) => readonly string[]

function changeCommand(name: string, description: string, change: Change): Command {
  const command = newCommand(name, description)
  return command
    .argument('<user>', 'its id or userPrincipalName')
    .argument('<role...>', `names or template ids: ${DIRECTORY_ROLE_NAMES.join(', ')}`)
    .action((text: string, names: string[]) =>
      onStore(command, async store => {
        const roles = names.map(readRole)
        const tenant = await readTenant(command, store)
        const user = await userNamed(text, tenant, store)
        await store.changeDirectoryRoles(tenant, user.id, has => change(has, roles))
        return told(command, user, await store.directoryRoles(tenant, user.id))
      }),
    )
}

function told(command: Command, user: DirectoryObject, roles: readonly string[]): string {
  const row = shown(user, roles)
  if (readSwitch(command, 'json')) return JSON.stringify(row)
  return `User ${row.userId} (${row.userPrincipalName}) has from its next token on: ${roles.join(', ') || 'no role'}.`
}

function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(databaseOption())
    .addOption(tenantOption())
    .addOption(option('--json', 'print one line of JSON'))
}

/** Throws a `Refusal` for a role that the user does not have. */
function without(has: readonly string[], roles: readonly DirectoryRole[]): readonly string[] {
  const missing = roles.find(role => !has.includes(role))
  if (missing !== undefined) throw new Refusal(`The user is no ${missing}: it has ${has.join(', ') || 'no role'}.`)
  return has.filter(role => !roles.some(taken => taken === role))
}

function readRole(text: string): DirectoryRole {
  const wanted = text.trim().toLowerCase()
  const role = DIRECTORY_ROLE_NAMES.find(name => name.toLowerCase() === wanted || DIRECTORY_ROLES[name] === wanted)
  if (role !== undefined) return role
  const near = nearest(text, DIRECTORY_ROLE_NAMES)
  const names = near.length > 0 ? near : DIRECTORY_ROLE_NAMES
  throw new Refusal(`'${text}' is no directory role that counts here: ${names.join(', ')}.`)
}

function shown(user: DirectoryObject, roles: readonly string[]) {
  return {
    userId: user.id,
    displayName: String(user.properties['displayName'] ?? '-'),
    userPrincipalName: principalName(user),
    roles,
  }
}
