import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Graph } from './graph.ts'
import type { Operation } from './history.ts'
import { newRoster } from './roster.ts'
import { stepsOf } from './step.ts'
import { defaultDomain, newWriter } from './writer.ts'

test('the default domain is made of the first eight digits of the tenant', () => {
  assert.equal(defaultDomain('5E5B2C4A-0000-4000-8000-000000000001'), '5e5b2c4a.tidemark.example')
})

test('a user is created with all that is required', async () => {
  const [created] = await sent([{ op: 'user.create', user: 'ann' }])
  const { passwordProfile, mailNickname, ...body } = bodyOf(created)
  assert.equal(created?.request, 'POST /users')
  assert.deepEqual(body, { displayName: 'ann', accountEnabled: true, userPrincipalName: 'ann@x.tidemark.example' })
  assert.match(String(mailNickname), /^[a-z0-9]{1,64}$/)
  assert.match((passwordProfile as { password: string }).password, /^.{16,}$/)
})

test('a group is created with a steward of its own, a short nickname, and no empty description', async () => {
  const name = `a/very long name, with blanks (and more) ${'x'.repeat(100)}`
  const [steward, group] = await sent([{ op: 'group.create', group: name, description: '' }])
  assert.equal(steward?.request, 'POST /users')
  assert.equal(group?.request, 'POST /groups')
  const { mailNickname, ...body } = bodyOf(group)
  assert.match(String(mailNickname), /^[a-z0-9]{1,64}$/)
  assert.deepEqual(body, {
    displayName: name,
    mailEnabled: false,
    securityEnabled: true,
    'owners@odata.bind': ['http://localhost/v1.0/users/id1'],
  })
})

test('a group is described, cleared, renamed and deleted', async () => {
  const requests = await sent([
    { op: 'group.create', group: 'staff', description: 'All' },
    { op: 'group.update', group: 'staff', description: 'All of us' },
    { op: 'group.update', group: 'staff', description: '' },
    { op: 'group.rename', group: 'staff', to: 'people' },
    { op: 'group.delete', group: 'people' },
  ])
  const [, created, described, cleared, renamed, deleted] = requests
  assert.equal(bodyOf(created)['description'], 'All')
  assert.deepEqual(described, { request: 'PATCH /groups/id2', body: { description: 'All of us' } })
  assert.deepEqual(cleared, { request: 'PATCH /groups/id2', body: { description: null } })
  assert.deepEqual(Object.keys(bodyOf(renamed)), ['displayName', 'mailNickname'])
  assert.deepEqual(deleted, { request: 'DELETE /groups/id2', body: undefined })
})

test('members and owners are added and removed by reference, nested groups like users', async () => {
  const requests = await sent([
    { op: 'group.create', group: 'staff', description: '' },
    { op: 'group.create', group: 'nested', description: '' },
    { op: 'user.create', user: 'ann' },
    { op: 'member.add', group: 'staff', member: 'group:nested' },
    { op: 'owner.add', group: 'staff', member: 'user:ann' },
    { op: 'member.remove', group: 'staff', member: 'group:nested' },
    { op: 'owner.remove', group: 'staff', member: 'user:ann' },
  ])
  const ids = new Map(requests.map(request => [bodyOf(request)['displayName'], request.id]))
  const [staff, nested, ann] = ['staff', 'nested', 'ann'].map(name => ids.get(name))
  const references = requests.filter(({ request }) => request.endsWith('$ref'))
  const object = (id: string | undefined) => ({ '@odata.id': `http://localhost/v1.0/directoryObjects/${id}` })
  assert.deepEqual(
    new Map(references.map(({ request, body }) => [request, body])),
    new Map<string, unknown>([
      [`POST /groups/${staff}/members/$ref`, object(nested)],
      [`POST /groups/${staff}/owners/$ref`, object(ann)],
      [`DELETE /groups/${staff}/members/${nested}/$ref`, undefined],
      [`DELETE /groups/${staff}/owners/${ann}/$ref`, undefined],
    ]),
  )
})

test('a creation that is answered without an id is a failure', async () => {
  const graph = { root: '', call: async () => ({}) }
  const steps = stepsOf({ number: 1, operations: [{ op: 'user.create', user: 'ann' }] }, newRoster())
  await assert.rejects(
    newWriter(graph, 'x')(steps, () => {}),
    /POST \/users was answered without the id/,
  )
})

interface Sent {
  readonly request: string
  readonly body: unknown
  readonly id?: string
}

function bodyOf(request: Sent | undefined): Record<string, unknown> {
  return { ...(request?.body ?? {}) }
}

/** What is sent for a line, in order; what is created is called id1, id2 and so on. */
async function sent(operations: readonly Operation[]): Promise<Sent[]> {
  const requests: Sent[] = []
  let count = 0
  const call: Graph['call'] = async (method, target, expected, options) => {
    const request = { request: `${method} ${target}`, body: options?.body }
    if (expected !== 201) {
      requests.push(request)
      return undefined
    }
    count += 1
    requests.push({ ...request, id: `id${count}` })
    return { id: `id${count}` }
  }
  const write = newWriter({ root: 'http://localhost/v1.0', call }, 'x.tidemark.example')
  let written = 0
  await write(stepsOf({ number: 1, operations }, newRoster()), () => {
    written += 1
  })
  assert.equal(written, operations.length)
  return requests
}
