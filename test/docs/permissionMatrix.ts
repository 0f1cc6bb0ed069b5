import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIRECTORY_ROLE_NAMES } from '../../src/auth/directoryRoles.ts'
import {
  ANYTHING,
  PERMISSIONS,
  type Permission,
  type PermissionRow,
} from '../../src/auth/permission/permissionTable.ts'
import * as standings from '../../src/auth/permission/standing.ts'
import { ROUTES } from '../../src/server/routes.ts'
import { ROOT } from '../cli/aProgram.ts'

const PATH = join(ROOT, 'docs/security.md')
const MATRIX = /(?<=<!-- written from the table of permissions -->\n).*(?=<!-- end -->\n)/s

/** docs/security.md, as it is and as its matrix is due. */
export function securityDocument(): { readonly text: string; readonly due: string } {
  const text = readFileSync(PATH, 'utf8')
  return { text, due: text.replace(MATRIX, () => matrix()) }
}

function matrix(): string {
  const operations = Object.keys(PERMISSIONS).map(name => rowOf(name as Permission))
  const people = new Set(Object.values(PERMISSIONS).map(({ people }) => people))
  const known = [...people].filter(standing => standing !== null)
  return [
    '',
    ...table(['operation', 'an app by itself', 'an app on behalf of a person', 'who must be'], operations),
    '',
    ...table(
      ['who', 'any one of these'],
      known.map(standing => [nameOf(standing), who(standing)]),
    ),
    '',
    '',
  ].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
}

function rowOf(name: Permission): string[] {
  const { application, delegated, people, self = [] }: PermissionRow = PERMISSIONS[name]
  const [granted, onBehalf] = [namesOf(application), namesOf(delegated)]
  const forSelf = self.length === 0 ? '' : `; of oneself ${self.join(', ')}`
  return [
    `\`${name}\`${opensRoute(name) ? '' : ' †'}`,
    granted,
    (onBehalf === granted ? 'the same' : onBehalf) + forSelf,
    people === null ? 'anybody' : nameOf(people),
  ]
}

function namesOf(names: PermissionRow['application'] | PermissionRow['delegated']): string {
  if (names === ANYTHING) return 'any good token'
  return names.length === 0 ? 'no app may' : names.join(', ')
}

function opensRoute(permission: Permission): boolean {
  return Object.values(ROUTES).some(methods =>
    Object.values(methods).some(({ permissions }) => permissions.includes(permission)),
  )
}

/** The name that the code has for a standing, in words. */
function nameOf(standing: standings.Standing): string {
  const found = Object.entries(standings).find(([, value]) => value === standing)
  if (found === undefined) throw new Error('A standing of the table of permissions has no name.')
  return found[0].toLowerCase().replaceAll('_', ' ')
}

function who(standing: standings.Standing): string {
  const { members, own, owners, roles, rolesOfUnified = [], rolesOfSecurity = [] } = standing
  const ways: string[] = []
  if (members === true) ways.push('whoever is no guest')
  if (own === true) ways.push('the user itself', 'members and owners of the group')
  if (owners !== undefined) ways.push(owners === 'any' ? 'owners of the group' : 'owners of a Microsoft 365 group')
  ways.push(roles.length === DIRECTORY_ROLE_NAMES.length ? 'any directory role' : roles.join(', '))
  if (rolesOfUnified.length > 0) ways.push(`of a Microsoft 365 group ${rolesOfUnified.join(', ')}`)
  if (rolesOfSecurity.length > 0) ways.push(`of a security group ${rolesOfSecurity.join(', ')}`)
  return ways.join('; ')
}

if (import.meta.main) writeFileSync(PATH, securityDocument().due)
