import type { Command } from 'commander'
import { ROLES, SCOPES } from '../auth/permission/permissionTable.ts'
import type { App } from '../store/store.ts'
import { givenAppCertificate } from './appCertificate.ts'
import { nearest } from './nearest.ts'
import { type Given, givenFor, option, readSwitch } from './option.ts'
import { readRedirectUri } from './redirectUri.ts'
import { Refusal } from './refusal.ts'

/** What an app is granted and how it proves itself, but for its secrets. */
export type Grants = Pick<App, 'roles' | 'scopes' | 'certificates' | 'redirectUris' | 'publicClient'>

export const NO_GRANTS: Grants = { roles: [], scopes: [], certificates: [], redirectUris: [], publicClient: false }

/** What takes away all that an option has given before. */
const NONE = 'none'

/** The options of an app that is made, and of one that is changed. */
export function addGrantOptions(command: Command): Command {
  return command
    .addOption(option('--roles <names>', `what it may do by itself, with commas between: ${ROLES.join(', ')}`))
    .addOption(option('--scopes <names>', `what it may do on behalf of people: ${SCOPES.join(', ')}`))
    .addOption(option('--certificate <file>', 'in PEM: proves it instead of a secret; may be repeated').argParser(also))
    .addOption(option('--redirect-uri <uri>', 'where people come back to; may be repeated').argParser(also))
    .addOption(option('--public-client [true|false]', 'it lies with people, and can keep no secret'))
}

/** Two of them stand on two lines, in the environment too: files and URIs have none in their names. */
function also(text: string, before: string | undefined): string {
  return before === undefined ? text : `${before}\n${text}`
}

/** What was given, each as all that there is of it from now on. Throws a `Refusal` for what cannot be granted. */
export async function readGrants(command: Command, now: number): Promise<Partial<Grants>> {
  const [roles, scopes] = [givenFor(command, 'roles'), givenFor(command, 'scopes')]
  const [files, uris] = [givenFor(command, 'certificate'), givenFor(command, 'redirect-uri')]
  return {
    ...(roles && { roles: readNames(roles, 'role', ROLES) }),
    ...(scopes && { scopes: readNames(scopes, 'delegated permission', SCOPES) }),
    ...(files && { certificates: await Promise.all(linesOf(files).map(file => givenAppCertificate(file, now))) }),
    ...(uris && { redirectUris: [...new Set(linesOf(uris).map(readRedirectUri))] }),
    ...(givenFor(command, 'public-client') && { publicClient: readSwitch(command, 'public-client') }),
  }
}

function linesOf({ text }: Given): string[] {
  return text === NONE ? [] : text.split('\n')
}

function readNames({ text, name }: Given, what: string, all: readonly string[]): string[] {
  if (text === NONE) return []
  const names = text.split(',').map(one => one.trim())
  const known = names.map(wanted => {
    const found = all.find(one => one.toLowerCase() === wanted.toLowerCase())
    if (found !== undefined) return found
    const near = nearest(wanted, all)
    throw new Refusal(`${name} names '${wanted}', which is no ${what}: ${(near.length > 0 ? near : all).join(', ')}.`)
  })
  return [...new Set(known)].sort()
}
