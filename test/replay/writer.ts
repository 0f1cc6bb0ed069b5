import { createHash, randomBytes } from 'node:crypto'
import { Fault } from './fault.ts'
import type { Graph } from './graph.ts'
import { type Entry, idOf } from './roster.ts'
import { predecessorsOf, type Step } from './step.ts'
import { forEachAtMost } from './worker.ts'

/** How many requests of a line may be under way at once. */
const CONCURRENCY = 16

/** What a writer needs of a service. */
type WriteTo = Pick<Graph, 'root' | 'call'>

/** Writes the steps of one line; `written` is called after each. */
export type WriteLine = (steps: readonly Step[], written: () => void) => Promise<void>

/** A writer of users at `domain`, which must be a verified domain of the tenant. */
export function newWriter(graph: WriteTo, domain: string): WriteLine {
  return async (steps, written) => {
    const predecessors = predecessorsOf(steps)
    const done: Promise<void>[] = []
    await forEachAtMost(CONCURRENCY, steps, (step, index) => {
      const before = (predecessors[index] ?? []).map(earlier => done[earlier])
      const turn = Promise.all(before)
        .then(() => send(graph, domain, step))
        .then(written)
      done[index] = turn
      return turn
    })
  }
}

/** The default domain of a tenant: the first 8 hexadecimal digits of its id, under the server's own domain. */
export function defaultDomain(tenantId: string): string {
  return `${tenantId.slice(0, 8).toLowerCase()}.tidemark.example`
}

async function send(graph: WriteTo, domain: string, step: Step): Promise<void> {
  switch (step.kind) {
    case 'createUser':
      await createUser(graph, step.user, step.name, domain)
      return
    case 'createGroup':
      await createUser(graph, step.steward, `steward.of.${step.group.key.replace(' ', '.')}`, domain)
      await create(graph, step.group, '/groups', {
        ...namesOf(step.name),
        ...(step.description === '' ? {} : { description: step.description }),
        mailEnabled: false,
        securityEnabled: true,
        'owners@odata.bind': [`${graph.root}/users/${idOf(step.steward)}`],
      })
      return
    case 'describeGroup':
      await patch(graph, step.group, { description: step.description === '' ? null : step.description })
      return
    case 'renameGroup':
      await patch(graph, step.group, namesOf(step.name))
      return
    case 'deleteGroup':
      await graph.call('DELETE', `/groups/${idOf(step.group)}`, 204)
      return
    case 'addEdge':
      await graph.call('POST', `/groups/${idOf(step.group)}/${step.relation}/$ref`, 204, {
        body: { '@odata.id': `${graph.root}/directoryObjects/${idOf(step.object)}` },
      })
      return
    case 'removeEdge':
      await graph.call('DELETE', `/groups/${idOf(step.group)}/${step.relation}/${idOf(step.object)}/$ref`, 204)
      return
  }
}

function createUser(graph: WriteTo, user: Entry, name: string, domain: string): Promise<void> {
  return create(graph, user, '/users', {
    ...namesOf(name),
    accountEnabled: true,
    userPrincipalName: `${name}@${domain}`,
    passwordProfile: { password: `Aa1-${randomBytes(12).toString('base64url')}` },
  })
}

async function create(graph: WriteTo, entry: Entry, path: string, body: object): Promise<void> {
  const created = await graph.call('POST', path, 201, { body })
  const id = (created as { readonly id?: unknown } | undefined)?.id
  if (typeof id !== 'string') throw new Fault(1, `POST ${path} was answered without the id of what it created.`)
  entry.id = id
}

async function patch(graph: WriteTo, group: Entry, body: object): Promise<void> {
  await graph.call('PATCH', `/groups/${idOf(group)}`, 204, { body })
}

/** A team's name may be longer than a mail nickname and hold what one cannot: the nickname is a hash of it. */
function namesOf(name: string): { readonly displayName: string; readonly mailNickname: string } {
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12)
  return { displayName: name, mailNickname: `n${hash}` }
}
