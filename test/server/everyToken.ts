import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { aDirectory } from './aDirectory.ts'
import { aReader, linkOf, tokenOf } from './aReader.ts'
import { aServer, pagesOf, type TestServer } from './aServer.ts'

export type RoundResource = 'groups' | 'users' | 'directoryObjects'
export type Option = '$skiptoken' | '$deltatoken'

/** The link of a round, in one of the places where a round can stand. */
export interface RoundLink {
  /** What it is a link of, and where it stands. */
  readonly name: string
  readonly version: 'v1.0' | 'beta'
  readonly resource: RoundResource
  readonly option: Option
  readonly token: string
}

/** The nextLink of a list, in parts. */
export interface ListLink {
  readonly url: string
  readonly token: string
}

export interface EveryToken {
  readonly server: TestServer
  readonly rounds: readonly RoundLink[]
  readonly lists: readonly ListLink[]
}

const FIRST_REQUESTS = [
  'v1.0/groups/delta?$select=displayName,members',
  'beta/groups/delta?$select=displayName,members',
  'v1.0/users/delta?$select=displayName',
  "v1.0/directoryObjects/delta?$filter=isof('microsoft.graph.group') or isof('microsoft.graph.user')",
] as const

const LISTS = [
  'groups?$top=1',
  "groups?$top=1&$filter=startswith(displayName,'group')",
  'groups?$top=1&$orderby=displayName',
  'users?$top=1',
  'groups/{group}/members?$top=1',
  'groups/{group}/members/microsoft.graph.user?$top=1',
  'groups/{group}/owners?$top=1',
  'groups/{group}/transitiveMembers?$top=1',
  'users/{user}/memberOf?$top=1',
  'directory/deletedItems/microsoft.graph.group?$top=1',
]

/** A server whose pages hold one object, with links of every kind that it gives out. */
export async function everyToken(t: TestContext): Promise<EveryToken> {
  const server = await aServer(t, pagesOf({ objects: 1 }))
  const directory = aDirectory(server)
  const people = await directory.users(3)
  const [user] = people
  const group = await directory.group('Group one', { members: people, owners: people })
  await directory.group('Group two', { members: people })
  for (const deleted of await directory.groups('Old one', 'Old two')) await deleted.delete()
  const rounds: RoundLink[] = []
  for (const first of FIRST_REQUESTS) {
    const [, version, resource] = /^(v1\.0|beta)\/(\w+)\//.exec(first) ?? []
    const linkAt = (place: string, link: string): void => {
      const option = link.includes('$skiptoken=') ? '$skiptoken' : '$deltatoken'
      const of = { version: version as RoundLink['version'], resource: resource as RoundResource }
      rounds.push({ ...of, name: `${version} ${resource} ${place}`, option, token: tokenOf(link) })
    }
    const reader = aReader(server, `/${first}`)
    linkAt('in the scan', linkOf(await reader.page()))
    // What is changed behind the scan is caught up with, a page an object.
    for (const person of people) await person.set({ displayName: `${person.name} again` })
    for (const name of ['Third', 'Fourth']) await directory.group(`${name} of ${first.length}`)
    await group.set({ displayName: `Group ${first.length}` })
    await reader.round()
    const last = reader.pages.at(-2)
    assert.ok(last)
    linkAt('in the first catch-up', linkOf(last))
    linkAt('after the first round', reader.link)
    for (const person of people) await person.set({ displayName: person.name })
    for (const name of ['Fifth', 'Sixth']) await directory.group(`${name} of ${first.length}`)
    linkAt('in a later catch-up', linkOf(await reader.page()))
  }
  const lists: ListLink[] = []
  for (const list of LISTS) {
    const url = `/v1.0/${list.replace('{group}', group.id).replace('{user}', user?.id ?? '')}`
    const { body } = await server.call(url)
    lists.push({ url, token: tokenOf(linkOf(body)) })
  }
  return { server, rounds, lists }
}

/** Where a link leads, with any token. */
export function addressOf({ version, resource, option }: Omit<RoundLink, 'name' | 'token'>, token: string): string {
  return `/${version}/${resource}/delta?${option}=${token}`
}
