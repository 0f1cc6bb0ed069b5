import type { Client } from './client.ts'

/** How many users the nest holds, and how its groups lie: each holds three, down to the fifth level. */
export const NEST_MEMBERS = 10_000
const LEVELS = 5
const EACH = 3
const LINKS_PER_REQUEST = 20

/** Nests groups over five levels with users of the directory spread over all of them; gives the path of who is within. */
export async function addNest(client: Client): Promise<string> {
  const users = await userIds(client)
  const groups = (EACH ** LEVELS - 1) / (EACH - 1)
  const ids: string[] = []
  for (let index = 0; index < groups; index += 1) {
    const { status, start } = await client.send('POST', '/v1.0/groups', {
      displayName: `Nest ${index}`,
      mailEnabled: false,
      mailNickname: `nest-${index}`,
      securityEnabled: true,
    })
    const id = /"id":"([^"]+)"/.exec(start)?.[1]
    if (status !== 201 || id === undefined) throw new Error(`A group was answered ${status}: ${start}`)
    ids.push(id)
    // The nest is a heap: the group with the number n lies in the one with the number (n - 1) ÷ 3.
    const parent = ids[Math.floor((index - 1) / EACH)]
    if (index > 0) await add(client, parent, [id])
  }
  for (const [index, id] of ids.entries()) {
    await add(
      client,
      id,
      users.filter((_, user) => user % groups === index),
    )
  }
  // Groups within are members too: only the users are listed.
  return `/v1.0/groups/${ids[0]}/transitiveMembers/microsoft.graph.user`
}

async function userIds(client: Client): Promise<string[]> {
  const ids: string[] = []
  for (let at = '/v1.0/users?$top=999&$select=id'; ids.length < NEST_MEMBERS; ) {
    const text: string[] = []
    const { status, start } = await client.get(at, chunk => text.push(chunk.toString('latin1')))
    const next = /"@odata\.nextLink":"([^"]+)"/.exec(start)?.[1]
    for (const [, id = ''] of text.join('').matchAll(/"id":"([^"]+)"/g)) ids.push(id)
    if (status !== 200 || next === undefined) break
    const { pathname, search } = new URL(next)
    at = pathname + search
  }
  if (ids.length < NEST_MEMBERS) throw new Error(`The directory has only ${ids.length} users.`)
  return ids.slice(0, NEST_MEMBERS)
}

async function add(client: Client, group: string | undefined, members: readonly string[]): Promise<void> {
  for (let at = 0; at < members.length; at += LINKS_PER_REQUEST) {
    const references = members.slice(at, at + LINKS_PER_REQUEST)
    const { status, start } = await client.send('PATCH', `/v1.0/groups/${group}`, {
      'members@odata.bind': references.map(id => `https://graph.microsoft.com/v1.0/directoryObjects/${id}`),
    })
    if (status !== 204) throw new Error(`Members were answered ${status}: ${start}`)
  }
}
