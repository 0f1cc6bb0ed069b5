import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import { bodyAt, idsAt, membersOf } from '../current.ts'
import { type Item, idsOf, type Named, only } from '../round.ts'
import type { NewGroup, Scene } from '../scene.ts'

/** What a GET of a group shows: learn.microsoft.com, graph/api/group-get. */
const DEFAULTS =
  `id deletedDateTime classification createdDateTime description displayName expirationDateTime groupTypes
  isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName
  onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier
  onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions
  resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme visibility
  onPremisesProvisioningErrors`.split(/\s+/)

const SECURITY = { mailEnabled: false, securityEnabled: true }
const TEAM = { mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] }
const DYNAMIC = { ...SECURITY, groupTypes: ['DynamicMembership'] }

export const WRITES: readonly Case[] = [
  must('C134 a new group is answered 201 with its id and the default properties (DELTA-72)', async scene => {
    const reply = await create(scene, SECURITY)
    assert.equal(reply.status, 201, shown(reply))
    assert.match(reply.body['@odata.context'], /\/v1\.0\/\$metadata#groups\/\$entity$/)
    for (const name of DEFAULTS) assert.ok(name in reply.body, `${name} is not shown`)
    const { '@odata.context': _, ...shownThen } = await bodyAt(scene, `/v1.0/groups/${reply.body.id}`)
    for (const [name, value] of Object.entries(shownThen)) assert.deepEqual(reply.body[name], value, name)
  }),
  must('C135 each of the four required properties is missed with 400 Request_BadRequest (DELTA-73)', async scene => {
    for (const name of ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']) {
      await assertNotCreated(scene, { ...SECURITY, [name]: undefined })
    }
  }),
  must('C136 a displayName has 1 to 256 characters and cannot be cleared (DELTA-74)', async scene => {
    const name = scene.newName().padEnd(256, 'x')
    assert.equal((await create(scene, { ...SECURITY, displayName: name })).status, 201)
    await assertNotCreated(scene, { ...SECURITY, displayName: `${name}x` })
    for (const displayName of [null, '', `${name}x`]) await assertNotChanged(scene, {}, { displayName })
  }),
  must('C137 a mailNickname has at most 64 characters, of ASCII, without some (DELTA-75)', async scene => {
    const nickname = scene.newName().padEnd(64, 'x')
    assert.equal((await create(scene, { ...SECURITY, mailNickname: nickname })).status, 201)
    await assertNotCreated(scene, { ...SECURITY, mailNickname: `${nickname}x` })
    for (const character of [...'@()\\[]";:<>, ', 'é']) {
      await assertNotCreated(scene, { ...SECURITY, mailNickname: `nick${character}name` })
    }
  }),
  must('C138 two Microsoft 365 groups cannot have one mailNickname (DELTA-76)', async scene => {
    const { name } = await scene.team()
    await assertNotCreated(scene, { ...TEAM, mailNickname: name })
  }),
  should('C139 a mail-enabled group must be a Microsoft 365 group (DELTA-77)', scene =>
    assertNotCreated(scene, { mailEnabled: true, securityEnabled: true, groupTypes: [] }),
  ),
  must('C140 a dynamic group has a membershipRule, and no members are added to it (DELTA-158)', async scene => {
    await assertNotCreated(scene, DYNAMIC)
    const rule = { membershipRule: 'user.department -eq "Sales"', membershipRuleProcessingState: 'On' }
    const staff = await scene.group({ ...DYNAMIC, ...rule })
    assert.equal((await bodyAt(scene, `/v1.0/groups/${staff.id}`)).membershipRule, rule.membershipRule)
    const before = await membersOf(scene, staff)
    const user = await scene.user()
    scene.refused(await addMember(scene, staff, user))
    assert.deepEqual(await membersOf(scene, staff), before)
  }),
  must('C141 isAssignableToRole is given at creation, to security groups (DELTA-159)', async scene => {
    await assertNotChanged(scene, {}, { isAssignableToRole: true })
    await assertNotCreated(scene, { ...TEAM, isAssignableToRole: true })
  }),
  must('C142 a new group takes 20 owners and members, and not 21 (DELTA-81)', async scene => {
    const users = await scene.users(20)
    const references = users.map(({ id }) => `${scene.target.url}/v1.0/users/${id}`)
    const [owner, ...others] = references
    const links = { 'owners@odata.bind': [owner], 'members@odata.bind': others }
    const reply = await create(scene, { ...SECURITY, ...links })
    assert.equal(reply.status, 201, shown(reply))
    assert.deepEqual(await membersOf(scene, reply.body), idsOf(users.slice(1)))
    assert.deepEqual(await idsAt(scene, `/v1.0/groups/${reply.body.id}/owners`), idsOf(users.slice(0, 1)))
    await assertNotCreated(scene, { ...SECURITY, ...links, 'members@odata.bind': references })
  }),
  must(
    'C143 a PATCH is 204, of what Exchange stores 200, and of both at once 400 (DELTA-78, DELTA-80)',
    async scene => {
      const staff = await scene.team()
      const patch = (body: object) => scene.ask('PATCH', `/v1.0/groups/${staff.id}`, { body })
      const plain = await patch({ description: 'All of us' })
      assert.deepEqual({ status: plain.status, text: plain.text }, { status: 204, text: '' })
      assert.equal((await patch({ hideFromAddressLists: true })).status, 200)
      await assertNotChanged(scene, TEAM, { hideFromOutlookClients: true, description: 'None of us' })
    },
  ),
  must('C144 a PATCH leaves alone what it does not name (DELTA-78)', async scene => {
    const staff = await scene.group({ description: 'All of us' })
    const before = await bodyAt(scene, `/v1.0/groups/${staff.id}`)
    const name = scene.newName()
    await staff.set({ displayName: name })
    assert.deepEqual(await bodyAt(scene, `/v1.0/groups/${staff.id}`), { ...before, displayName: name })
  }),
  must('C145 a PATCH by uniqueName makes the group once, where it is told to (DELTA-153)', async scene => {
    const name = scene.newName()
    const upsert = (prefer?: string): Promise<Reply> =>
      scene.ask('PATCH', `/v1.0/groups(uniqueName='${name}')`, {
        body: { ...SECURITY, displayName: name, mailNickname: name },
        ...(prefer !== undefined && { prefer }),
      })
    const missing = await upsert()
    assert.equal(missing.status, 404, shown(missing))
    scene.refused(missing, { code: 'Request_ResourceNotFound' })
    const created = await upsert('create-if-missing')
    assert.equal(created.status, 201, shown(created))
    scene.adopt('groups', created.body)
    assert.equal((await bodyAt(scene, `/v1.0/groups/${created.body.id}?$select=uniqueName`)).uniqueName, name)
    assert.equal((await upsert('create-if-missing')).status, 204)
  }),
  must('C146 a GET shows what was never set as null, and delta leaves it out (DELTA-14, DELTA-92)', async scene => {
    const staff = await scene.group()
    assert.equal((await bodyAt(scene, `/v1.0/groups/${staff.id}`)).description, null)
    const { items } = await scene.round(`/v1.0/groups/delta?${only(staff)}`)
    assert.deepEqual(
      items.map((item: Item) => 'description' in item),
      [false],
    )
  }),
  must('C147 deleting a group is 204 without a body (DELTA-58)', async ({ group, ask }) => {
    const { status, text } = await ask('DELETE', `/v1.0/groups/${(await group()).id}`)
    assert.deepEqual({ status, text }, { status: 204, text: '' })
  }),
]

/** POST /groups with a name of its own, save where `values` say otherwise; undefined ones are left out. */
async function create({ newName, post, adopt }: Scene, values: NewGroup): Promise<Reply> {
  const name = newName()
  const reply = await post('/v1.0/groups', { displayName: name, mailNickname: name, ...values })
  if (reply.status === 201) adopt('groups', reply.body)
  return reply
}

/** That a new group is refused with 400, and that there is none. */
async function assertNotCreated(scene: Scene, values: NewGroup): Promise<void> {
  const description = scene.newName()
  const link = await scene.latest()
  const reply = await create(scene, { ...values, description })
  assert.equal(reply.status, 400, `${JSON.stringify(values)}: ${shown(reply)}`)
  scene.refused(reply, { code: 'Request_BadRequest' })
  const { items } = await scene.news(link, [])
  assert.ok(items.every(item => item['description'] !== description))
}

/** That a change of a new group is refused with 400, and that it is as before. */
async function assertNotChanged(scene: Scene, kind: object, values: object): Promise<void> {
  const staff = await scene.group({ ...kind })
  const before = await bodyAt(scene, `/v1.0/groups/${staff.id}`)
  const reply = await scene.ask('PATCH', `/v1.0/groups/${staff.id}`, { body: values })
  assert.equal(reply.status, 400, `${JSON.stringify(values)}: ${shown(reply)}`)
  scene.refused(reply, { code: 'Request_BadRequest' })
  assert.deepEqual(await bodyAt(scene, `/v1.0/groups/${staff.id}`), before)
}

function addMember({ post, target }: Scene, group: Named, member: Named): Promise<Reply> {
  const body = { '@odata.id': `${target.url}/v1.0/directoryObjects/${member.id}` }
  return post(`/v1.0/groups/${group.id}/members/$ref`, body)
}
