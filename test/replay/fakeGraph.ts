import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Access } from './server.ts'

/** A groups service in memory that can be told to misbehave. Nothing of the real server is in it. */
export interface FakeGraph {
  readonly access: Access
  close(): Promise<void>
}

export interface Faults {
  /** Says what delta tells of a group, where it is not the truth. */
  readonly distort?: (item: Record<string, unknown>) => Record<string, unknown>
  /** Answers in the service's place where it gives a status. */
  readonly refuse?: (method: string, target: string) => number | undefined
}

interface Group {
  readonly properties: Map<string, unknown>
  /** Every edge there ever was, and whether it still is. */
  readonly members: Map<string, boolean>
  readonly owners: Map<string, boolean>
  version: number
  live: boolean
}

const PAGE = 2

/** Starts the service on a free port of this machine. */
export async function startFakeGraph(faults: Faults = {}): Promise<FakeGraph> {
  const groups = new Map<string, Group>()
  const users = new Set<string>()
  let head = 0
  let base = ''

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = await request.toArray()
    const url = new URL(request.url ?? '', base)
    const refusal = faults.refuse?.(request.method ?? '', url.pathname + url.search)
    const [status, body] =
      refusal === undefined
        ? answer(request, url, Buffer.concat(chunks).toString())
        : [refusal, { error: { code: 'told', message: 'Told to refuse.' } }]
    url.searchParams.set('$deltatoken', '')
    const location = status === 410 ? { location: url.href } : {}
    response.writeHead(status, { 'content-type': 'application/json', ...location })
    response.end(body === undefined ? '' : JSON.stringify(body))
  })

  function answer(request: IncomingMessage, url: URL, body: string): [status: number, body?: object] {
    if (url.pathname === '/token') return [200, { access_token: 'opaque', expires_in: 3599 }]
    if (request.headers.authorization !== 'Bearer opaque') return [401]
    const [id = '', relation = '', object] = url.pathname.replace(/^\/v1\.0\/(groups|users)\/?/, '').split('/')
    const isUser = url.pathname.startsWith('/v1.0/users')
    if (request.method === 'GET') return [200, read(url, id, relation)]
    if (request.method === 'POST' && id === '') return [201, create(isUser, JSON.parse(body))]
    const group = groups.get(id)
    if (group === undefined || !group.live) return [404]
    if (!write(group, request.method ?? '', relation, object, body)) return [400]
    group.version = ++head
    return [204]
  }

  function create(isUser: boolean, body: Record<string, unknown>): object {
    const id = randomUUID()
    if (isUser) users.add(id)
    else {
      const { 'owners@odata.bind': owners, ...properties } = body
      const ownerIds = (owners as string[]).map(reference => reference.split('/').at(-1) ?? '')
      groups.set(id, {
        properties: new Map(Object.entries(properties)),
        members: new Map(),
        owners: new Map(ownerIds.map(owner => [owner, true])),
        version: ++head,
        live: true,
      })
    }
    return { id }
  }

  function write(group: Group, method: string, relation: string, object: string | undefined, body: string): boolean {
    if (relation === '') {
      if (method === 'DELETE') group.live = false
      else for (const [name, value] of Object.entries(JSON.parse(body))) group.properties.set(name, value)
      return true
    }
    const edges = relation === 'owners' ? group.owners : group.members
    const id = method === 'POST' ? JSON.parse(body)['@odata.id'].split('/').at(-1) : object
    if ((edges.get(id) === true) === (method === 'POST') || !(users.has(id) || groups.has(id))) return false
    edges.set(id, method === 'POST')
    return true
  }

  function read(url: URL, id: string, relation: string): object {
    if (id === 'delta') return delta(url)
    const group = groups.get(id)
    if (group !== undefined) {
      const edges = relation === 'owners' ? group.owners : group.members
      return { value: [...edges].filter(([, is]) => is).map(([object]) => ({ id: object })) }
    }
    const names = (url.searchParams.get('$select') ?? '').split(',')
    const live = [...groups].filter(([, { live }]) => live)
    const skip = Number(url.searchParams.get('$skiptoken') ?? 0)
    url.searchParams.set('$skiptoken', String(skip + PAGE))
    return {
      value: live.slice(skip, skip + PAGE).map(([key, { properties }]) => ({
        ...Object.fromEntries(names.map(name => [name, properties.get(name) ?? null])),
        id: key,
      })),
      ...(live.length > skip + PAGE ? { '@odata.nextLink': url.href } : {}),
    }
  }

  /** The groups changed since the version in the token, oldest change first. The query travels in clear. */
  function delta(url: URL): object {
    const since = Number(url.searchParams.get('$deltatoken') ?? url.searchParams.get('$skiptoken') ?? 0)
    const names = (url.searchParams.get('$select') ?? 'displayName,members').split(',')
    const changed = [...groups]
      .filter(([, { version }]) => version > since)
      .sort(([, a], [, b]) => a.version - b.version)
    const page = changed.slice(0, PAGE)
    const isLast = changed.length <= PAGE
    const link = new URL('/v1.0/groups/delta', base)
    link.searchParams.set('$select', names.join(','))
    link.searchParams.set(isLast ? '$deltatoken' : '$skiptoken', String(isLast ? head : page.at(-1)?.[1].version))
    return {
      value: page.map(([id, group]) => {
        const item = group.live ? itemOf(id, group, names) : { id, '@removed': { reason: 'changed' } }
        return faults.distort?.(item) ?? item
      }),
      [isLast ? '@odata.deltaLink' : '@odata.nextLink']: link.href,
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    access: {
      url: new URL(base),
      tokenUrl: new URL('/token', base),
      tenantId: randomUUID(),
      clientId: randomUUID(),
      clientSecret: 'none',
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function itemOf(id: string, group: Group, names: readonly string[]): Record<string, unknown> {
  const item: Record<string, unknown> = { id }
  for (const name of names) {
    if (name === 'members' || name === 'owners') {
      const edges = [...group[name]].map(([object, is]) => (is ? { id: object } : { id: object, '@removed': {} }))
      if (edges.length > 0) item[`${name}@delta`] = edges
    } else if (group.properties.has(name)) item[name] = group.properties.get(name)
  }
  return item
}
