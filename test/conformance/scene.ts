import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { forEachAtMost } from '../replay/worker.ts'
import { type Ask, clientOf, type How, type Reply, shown } from './client.ts'
import { type Group, groupOf, LINKS_PER_REQUEST, type User, userOf, type Write } from './directory.ts'
import { type Named, type Page, pageOf, type Round, readRound, roundOf } from './round.ts'
import type { Target } from './target.ts'

/** Properties of a new object, and whom it links first. */
export interface NewGroup {
  readonly members?: readonly Named[]
  readonly owners?: readonly Named[]
  readonly [property: string]: unknown
}

type Collection = 'groups' | 'users' | 'devices' | 'servicePrincipals'

/** How Graph refuses something where Microsoft documents only that it does: another way is noted, and no failure. */
export interface Refusal {
  readonly status?: number
  readonly code?: string
  readonly message?: string
}

/** What a case plays with. All that it makes is removed when the case is over. */
export interface Scene {
  readonly target: Target
  /** Any request, and any answer to it. */
  readonly ask: Ask
  readonly get: (path: string, how?: How) => Promise<Reply>
  readonly post: (path: string, body: unknown, how?: How) => Promise<Reply>
  /** Another name every time, which nothing else in the tenant has; good for nicknames too. */
  readonly newName: () => string
  /** A security group with a name of its own. */
  readonly group: (more?: NewGroup) => Promise<Group>
  readonly groups: (count: number) => Promise<readonly Group[]>
  /** A Microsoft 365 group. */
  readonly team: (more?: NewGroup) => Promise<Group>
  readonly user: (more?: object) => Promise<User>
  readonly users: (count: number) => Promise<readonly User[]>
  readonly device: () => Promise<Named>
  readonly servicePrincipal: () => Promise<Named>
  /** A contact, which the control API alone can make. */
  readonly contact: () => Promise<Named>
  /** What was made by a request of the case's own is removed too. */
  readonly adopt: (collection: Collection, object: Named) => void
  /** A deltaLink from which only later changes are told. `query` is further options: `$select=id`. */
  readonly latest: (query?: string) => Promise<string>
  /** One page: the first, or that of a link. */
  readonly page: (link: string, how?: How) => Promise<Page>
  /** The pages from a first request (`/v1.0/groups/delta`) or a link to the deltaLink. */
  readonly round: (link: string, how?: How, onPage?: (page: Page) => Promise<void> | void) => Promise<Round>
  /** The round from a deltaLink; where the server may lag, and those after it until each of `awaited` is told. */
  readonly news: (link: string, awaited: readonly Named[], how?: How) => Promise<Round>
  /** Checks that a request was refused with an error of the one shape. */
  readonly refused: (reply: Reply, graph?: Refusal) => void
  /** Says something that does not make the case fail. */
  readonly note: (text: string) => void
}

/** A scene that has been played: what it noted, and how to clear it. */
export interface PlayedScene {
  readonly scene: Scene
  readonly notes: readonly string[]
  /** Deletes all that was made, for good where the writer may. */
  readonly clear: () => Promise<void>
}

/** How many requests are under way at once. */
const AT_ONCE = 16
/** Between two rounds that wait for a change, in milliseconds. */
const PAUSE_MS = 2_000

/** A scene on a target, empty but for what the tenant holds. */
export function newScene(target: Target): PlayedScene {
  const ask = clientOf(target)
  const made: (() => Promise<unknown>)[] = []
  const notes: string[] = []
  const run = randomBytes(4).toString('hex')
  let count = 0
  const newName = (): string => {
    count += 1
    return `conformance-${run}-${count}`
  }
  const write: Write = async (method, path, body) => {
    const reply = await ask(method, path, { body })
    assert.ok(reply.status < 300, `${method} ${path} was answered ${shown(reply)}`)
    return reply.body
  }
  const adopt: Scene['adopt'] = (collection, { id }) => {
    made.push(async () => {
      await ask('DELETE', `/v1.0/${collection}/${id}`)
      await ask('DELETE', `/v1.0/directory/deletedItems/${id}`)
    })
  }
  const create = async (kind: object, { members = [], owners = [], ...more }: NewGroup): Promise<Group> => {
    const name = newName()
    const first = members.slice(0, LINKS_PER_REQUEST - owners.length)
    const reference = ({ id }: Named): string => `${target.url}/v1.0/directoryObjects/${id}`
    const body = {
      ...kind,
      displayName: name,
      mailNickname: name,
      ...more,
      ...(first.length > 0 && { 'members@odata.bind': first.map(reference) }),
      ...(owners.length > 0 && { 'owners@odata.bind': owners.map(reference) }),
    }
    const group = groupOf({ ...body, ...(await write('POST', '/v1.0/groups', body)) }, target.url, write)
    adopt('groups', group)
    await group.add(...members.slice(first.length))
    return group
  }
  const group: Scene['group'] = (more = {}) => create({ mailEnabled: false, securityEnabled: true }, more)
  const user: Scene['user'] = async (more = {}) => {
    const name = newName()
    const body = {
      accountEnabled: true,
      displayName: name,
      mailNickname: name,
      userPrincipalName: `${name}@${target.domain}`,
      passwordProfile: { password: `Aa1-${randomBytes(12).toString('base64url')}` },
      ...more,
    }
    const created = userOf({ ...body, ...(await write('POST', '/v1.0/users', body)) }, write)
    adopt('users', created)
    return created
  }
  const one = async (collection: Collection, body: object): Promise<Named> => {
    const object: Named = await write('POST', `/v1.0/${collection}`, body)
    adopt(collection, object)
    return object
  }
  const device: Scene['device'] = () =>
    one('devices', {
      accountEnabled: true,
      alternativeSecurityIds: [{ type: 2, key: randomBytes(12).toString('base64') }],
      deviceId: randomUUID(),
      displayName: newName(),
      operatingSystem: 'Linux',
      operatingSystemVersion: '6',
    })
  const contact: Scene['contact'] = async () => {
    const { control, tenant } = target
    assert.ok(control !== null, 'a contact was made without the control API')
    const object = await control.createContact(tenant, newName())
    made.push(() => control.deleteContact(tenant, object.id))
    return object
  }
  const askPage = (link: string, how: How = {}): Promise<Reply> => {
    const token = target.tokens.reader !== undefined && link.includes('/groups/') ? 'reader' : 'writer'
    return ask('GET', link, { token, ...how })
  }
  const round: Scene['round'] = (link, how, onPage) => readRound(askPage, link, how, onPage)
  const scene: Scene = {
    target,
    ask,
    get: (path, how) => ask('GET', path, how),
    post: (path, body, how) => ask('POST', path, { ...how, body }),
    newName,
    group,
    groups: number => several(number, () => group()),
    team: (more = {}) => create({ mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] }, more),
    user,
    users: number => several(number, () => user()),
    device,
    servicePrincipal: () => one('servicePrincipals', { appId: randomUUID() }),
    contact,
    adopt,
    latest: async (query = '') =>
      (await round(`/v1.0/groups/delta?$deltatoken=latest${query === '' ? '' : `&${query}`}`)).deltaLink,
    page: async (link, how) => pageOf(await askPage(link, how)),
    round,
    news: async (link, awaited, how) => {
      const pages: Page[] = []
      const end = Date.now() + target.patienceMs
      for (let next = link; ; ) {
        const told = await round(next, how)
        pages.push(...told.pages)
        const whole = roundOf(pages)
        if (Date.now() >= end || awaited.every(object => whole.of(object).length > 0)) return whole
        next = whole.deltaLink
        await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
      }
    },
    refused: (reply, { status = reply.status, code, message } = {}) => {
      assert.ok(reply.status >= 400 && reply.status < 500, `a refusal was due, not ${shown(reply)}`)
      const { error } = reply.body ?? {}
      assert.equal(typeof error?.code, 'string', `an error has a code: ${shown(reply)}`)
      assert.equal(typeof error?.message, 'string', `an error has a message: ${shown(reply)}`)
      if (reply.status !== status) notes.push(`answers ${reply.status} where Graph answers ${status}`)
      if (code !== undefined && error.code !== code) notes.push(`says ${error.code} where Graph says ${code}`)
      if (message !== undefined && error.message !== message) {
        notes.push(`says '${error.message}' where Graph says '${message}'`)
      }
    },
    note: text => {
      notes.push(text)
    },
  }
  const clear = (): Promise<void> =>
    forEachAtMost(AT_ONCE, made, async remove => {
      await remove()
    })
  return { scene, notes, clear }
}

async function several<T>(count: number, make: () => Promise<T>): Promise<readonly T[]> {
  const made: T[] = []
  await forEachAtMost(AT_ONCE, Array.from({ length: count }), async () => {
    made.push(await make())
  })
  return made
}
