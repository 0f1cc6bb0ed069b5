import type { Copy, View } from '../replay/copy.ts'
import { list, record, text } from '../replay/deltaPage.ts'
import type { Graph } from '../replay/graph.ts'
import { readListing } from '../replay/listing.ts'
import { emptyHolding, type Holding } from './holding.ts'

/** All that a server lists: live groups with their members, what is in the recycle bin, and the names of users. */
export interface Directory {
  readonly listing: Copy
  readonly deletedGroups: readonly Item[]
  readonly users: readonly Item[]
  readonly deletedUsers: readonly Item[]
}

type Item = Readonly<Record<string, unknown>>

/** What is compared with the copies of readers. */
export const LISTED: View = {
  properties: ['displayName', 'description', 'mailNickname'],
  relations: ['members', 'owners'],
}

const BIN = '/directory/deletedItems/microsoft.graph'

export async function readDirectory(graph: Graph): Promise<Directory> {
  const [listing, deletedGroups, users, deletedUsers] = await Promise.all([
    readListing(graph, LISTED),
    readAll(graph, `${BIN}.group?$select=id,${LISTED.properties.join(',')}`),
    readAll(graph, '/users?$select=id,displayName'),
    readAll(graph, `${BIN}.user?$select=id,displayName`),
  ])
  return { listing, deletedGroups, users, deletedUsers }
}

/** What of a directory one writer has made: that whose name begins with its prefix. */
export function holdingIn(directory: Directory, prefix: string, commonsId: string): Holding {
  const holding = emptyHolding()
  const isOurs = (name: string): boolean => name.startsWith(`${prefix}-`)
  const names = new Map<string, string>()
  for (const [items, deleted] of [
    [directory.users, false],
    [directory.deletedUsers, true],
  ] as const) {
    for (const { id, displayName } of items) {
      names.set(String(id), String(displayName))
      if (isOurs(String(displayName))) holding.users.set(String(displayName), { id: String(id), deleted })
    }
  }
  const namesOf = (ids: ReadonlySet<string>): string[] => [...ids].map(id => names.get(id) ?? `unknown ${id}`)
  for (const { id, mailNickname, displayName, description } of directory.deletedGroups) {
    if (!isOurs(String(mailNickname))) continue
    const values = { displayName: String(displayName), description: textOrNull(description) }
    holding.groups.set(String(mailNickname), { id: String(id), deleted: true, ...values, members: new Set() })
  }
  for (const [id, { properties, members }] of directory.listing) {
    const name = String(properties.get('mailNickname'))
    if (id === commonsId) for (const user of namesOf(members).filter(isOurs)) holding.commons.add(user)
    if (!isOurs(name)) continue
    const displayName = String(properties.get('displayName'))
    const description = textOrNull(properties.get('description'))
    holding.groups.set(name, { id, deleted: false, displayName, description, members: new Set(namesOf(members)) })
  }
  return holding
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

async function readAll(graph: Graph, path: string): Promise<Item[]> {
  const items: Item[] = []
  let link: unknown = `${path}&$top=999`
  while (link !== undefined) {
    const page = record(await graph.call('GET', text(link, 'a nextLink'), 200), `an answer to GET ${path}`)
    items.push(...list(page['value'], `the 'value' of GET ${path}`).map(value => record(value, 'an item')))
    link = page['@odata.nextLink']
  }
  return items
}
