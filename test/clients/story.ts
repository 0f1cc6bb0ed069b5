import assert from 'node:assert/strict'
import type { TestServer } from '../server/aServer.ts'
import { SECURITY, userBody } from '../server/bodies.ts'

/** An item of a delta page, as a client hands it on. */
export interface Item {
  readonly id?: string | null
  readonly displayName?: string | null
  readonly members?: readonly { readonly id: string; readonly removed: boolean }[]
  /** The reason of its `@removed`; null for an item that is there. */
  readonly removed: string | null
}

/** An item as it comes over the wire. */
export interface WireItem {
  readonly id: string
  readonly displayName?: string
  readonly '@removed'?: { readonly reason: string }
  readonly 'members@delta'?: readonly { readonly id: string; readonly '@removed'?: object }[]
}

export function itemOf({ id, displayName, '@removed': removed, 'members@delta': members }: WireItem): Item {
  return {
    id,
    ...(displayName !== undefined && { displayName }),
    ...(members && { members: members.map(member => ({ id: member.id, removed: '@removed' in member })) }),
    removed: removed?.reason ?? null,
  }
}

/** All pages of a round. */
export interface Round {
  readonly items: readonly Item[]
  readonly pages: number
  readonly deltaLink: string
}

/** What a client is told of a refusal. */
export interface Told {
  readonly status: number | undefined
  readonly code: string | null | undefined
  readonly message: string | undefined
}

/** A client library at work, each in its own way. */
export interface Client {
  readonly createUser: (body: ReturnType<typeof userBody>) => Promise<string>
  readonly createGroup: (name: string) => Promise<string>
  readonly rename: (group: string, name: string) => Promise<void>
  readonly addMember: (group: string, user: string) => Promise<void>
  readonly removeMember: (group: string, user: string) => Promise<void>
  readonly deleteGroup: (group: string) => Promise<void>
  readonly restoreGroup: (group: string) => Promise<void>
  /** Selects `displayName` and `members`. */
  readonly firstRound: () => Promise<Round>
  readonly laterRound: (deltaLink: string) => Promise<Round>
  /** What comes of a GET of a group that is not there. */
  readonly refusalOf: (group: string) => Promise<Told>
  /** What comes of following a link that is too old. */
  readonly refusalOfLink: (deltaLink: string) => Promise<Told>
}

export function groupBody(name: string): typeof SECURITY {
  return { ...SECURITY, displayName: name, mailNickname: name.toLowerCase() }
}

const NAMES = ['One', 'Two', 'Three', 'Four', 'Five']
const NOBODY = '3f1c0000-0000-4000-8000-000000000000'

/** A client creates groups with members, follows them through every kind of change, and is told of its mistakes. */
export async function tellStory(client: Client, server: TestServer): Promise<void> {
  const ada = await client.createUser(userBody(server, 'ada'))
  const ids: string[] = []
  for (const name of NAMES) ids.push(await client.createGroup(name))
  const [one = '', two = '', three = ''] = ids
  await client.addMember(one, ada)

  const first = await client.firstRound()
  assert.ok(first.pages > 1, 'the round was to be of several pages')
  assert.deepEqual([...new Set(first.items.map(({ id }) => id))].sort(), [...ids].sort())
  assert.deepEqual(
    first.items.flatMap(({ id, members = [] }) => members.map(member => [id, member.id, member.removed])),
    [[one, ada, false]],
  )
  let { deltaLink } = first
  const news = async (): Promise<readonly Item[]> => {
    const round = await client.laterRound(deltaLink)
    deltaLink = round.deltaLink
    return round.items
  }
  assert.deepEqual(await news(), [])

  await client.rename(two, 'Zwei')
  assert.deepEqual(
    (await news()).map(({ id, displayName }) => [id, displayName]),
    [[two, 'Zwei']],
  )
  await client.addMember(three, ada)
  await client.removeMember(one, ada)
  const moved = (await news()).map(({ id, members }) => [id, members])
  assert.deepEqual(moved, [
    [three, [{ id: ada, removed: false }]],
    [one, [{ id: ada, removed: true }]],
  ])

  await client.deleteGroup(three)
  assert.deepEqual(
    (await news()).map(({ id, removed }) => [id, removed]),
    [[three, 'changed']],
  )
  await client.restoreGroup(three)
  assert.deepEqual(
    (await news()).map(({ id, displayName, members, removed }) => [id, displayName, members, removed]),
    [[three, 'Three', [{ id: ada, removed: false }], null]],
  )

  const { status, code, message } = await client.refusalOf(NOBODY)
  assert.deepEqual([status, code], [404, 'Request_ResourceNotFound'])
  assert.match(message ?? '', new RegExp(NOBODY))
  server.services.controls.expiredAt = server.clock.now()
  const old = await client.refusalOfLink(deltaLink)
  assert.deepEqual([old.status, old.code], [410, 'syncStateNotFound'])
}
