import { randomUUID } from 'node:crypto'
import { createGroup } from '../src/core/group.ts'
import type { ObjectId, TenantId } from '../src/core/id.ts'
import { createObject } from '../src/core/plainObject.ts'
import { openSqliteStore } from '../src/store/sqlite/store.ts'
import type { Bench } from './bench.ts'
import { type Client, newClient } from './client.ts'
import type { Directory } from './directory.ts'
import type { Figure } from './figure.ts'
import { groupsOfTen, groupValues } from './population.ts'
import { startServer } from './server.ts'
import { spreadOf } from './spread.ts'

const DOMAIN = 'neighbour.tidemark.example'
/** Each is asked for once in a block, so that none is met warm. */
const PAIRS_A_BLOCK = 1_000

/** What names an object, and where the other tenant has one. */
const ROUTES: readonly (readonly [name: string, of: 'groups' | 'users', path: (id: string) => string])[] = [
  ['GET /groups/{id}', 'groups', id => `/v1.0/groups/${id}`],
  ['GET /users/{id}', 'users', id => `/v1.0/users/${id}`],
  ['GET /groups/{id}/members', 'groups', id => `/v1.0/groups/${id}/members`],
  ['GET /directory/deletedItems/{id}', 'groups', id => `/v1.0/directory/deletedItems/${id}`],
]

/** Whether the time of an answer tells that another tenant has the id: foreign and unknown ids in turns, one by one. */
export async function measureForeignIds({ sizes, pairs, open, tell }: Bench): Promise<Figure[]> {
  const directory = await open(groupsOfTen(sizes[0] ?? 0))
  tell('foreign ids: another tenant')
  const foreign = await addNeighbour(directory)
  const server = await startServer(directory)
  const client = newClient(server.url, await server.token())
  try {
    const figures: Figure[] = []
    for (const [name, of, pathOf] of ROUTES) {
      tell(`foreign ids: ${name}`)
      await runBlock(client, foreign[of].map(pathOf), unknownPaths(pathOf))
      const apart: number[] = []
      const times: number[] = []
      for (let block = 0; block < pairs; block += 1) {
        const [found, missed] = await runBlock(client, foreign[of].map(pathOf), unknownPaths(pathOf))
        apart.push(Math.max(found / missed, missed / found))
        times.push(missed)
      }
      const target = { kind: 'at most', value: 1.05 } as const
      figures.push(
        {
          name: `${name}, foreign and unknown: the larger ÷ the smaller`,
          unit: 'ratio',
          measured: spreadOf(apart),
          target,
        },
        { name: `${name}, unknown`, unit: 'ms', measured: spreadOf(times), target: null },
      )
    }
    return figures
  } finally {
    client.close()
    await server.stop()
  }
}

/** A second tenant in the same file, with as many groups and users as a block asks for; gives their ids. */
async function addNeighbour({ path }: Directory): Promise<Record<'groups' | 'users', string[]>> {
  const store = openSqliteStore({ path })
  const tenant = randomUUID() as TenantId
  const now = Date.now()
  const context = {
    now,
    newId: () => randomUUID() as ObjectId,
    domains: [DOMAIN],
    recycleSecurityGroups: true,
  } as const
  const [groups, users]: [string[], string[]] = [[], []]
  try {
    await store.putTenant({
      ...{ id: tenant, kind: 'workforce', displayName: 'Neighbour' },
      ...{ defaultDomain: DOMAIN, domains: [DOMAIN] },
    })
    await store.write(tenant, { at: now, app: null, user: null, requestId: null }, async transaction => {
      for (let index = 0; index < PAIRS_A_BLOCK; index += 1) {
        const input = { values: groupValues(index), members: [], owners: [] }
        groups.push((await createGroup(transaction, input, context)).id)
        users.push((await createObject(transaction, 'user', userValues(index), context)).id)
      }
    })
  } finally {
    await store.close()
  }
  return { groups, users }
}

function userValues(index: number) {
  return new Map<string, string | boolean | { readonly password: string }>([
    ['accountEnabled', true],
    ['displayName', `Neighbour ${index}`],
    ['mailNickname', `neighbour.${index}`],
    ['passwordProfile', { password: 'not kept' }],
    ['userPrincipalName', `neighbour.${index}@${DOMAIN}`],
  ])
}

function unknownPaths(pathOf: (id: string) => string): string[] {
  return Array.from({ length: PAIRS_A_BLOCK }, () => pathOf(randomUUID()))
}

/** The median times of both in milliseconds. Which of a pair comes first changes from pair to pair. */
async function runBlock(
  client: Client,
  foreign: readonly string[],
  unknown: readonly string[],
): Promise<readonly [foreign: number, unknown: number]> {
  const times: [number[], number[]] = [[], []]
  for (const [index, found] of foreign.entries()) {
    const missed = unknown[index] ?? ''
    const turns = [
      [found, times[0]],
      [missed, times[1]],
    ] as const
    for (const [path, kept] of index % 2 === 0 ? turns : turns.toReversed()) {
      const startedAt = performance.now()
      const { status } = await client.get(path)
      kept.push(performance.now() - startedAt)
      if (status !== 404) throw new Error(`${path} was answered ${status}.`)
    }
  }
  return [spreadOf(times[0]).median, spreadOf(times[1]).median]
}
