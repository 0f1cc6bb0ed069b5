import assert from 'node:assert/strict'
import { type Case, must, should } from '../case.ts'
import { type Reply, shown } from '../client.ts'
import { bodyAt, idsAt, membersOf } from '../current.ts'
import type { NewGroup } from '../directory.ts'
import { assertLeft, assertNotMade, assertRefused, BAD_REQUEST } from '../refusal.ts'
import { type Item, idsOf, type Named, only } from '../round.ts'
import type { Scene } from '../scene.ts'

/** What a GET of a group shows: learn.microsoft.com, graph/api/group-get. */
const DEFAULTS =
  `id deletedDateTime classification createdDateTime description displayName expirationDateTime groupTypes
  isAssignableToRole mail mailEnabled mailNickname membershipRule membershipRuleProcessingState onPremisesDomainName
  onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesSamAccountName onPremisesSecurityIdentifier
  onPremisesSyncEnabled preferredDataLocation preferredLanguage proxyAddresses renewedDateTime resourceBehaviorOptions
  resourceProvisioningOptions securityEnabled securityIdentifier serviceProvisioningErrors theme visibility
  onPremisesProvisioningErrors`.split(/\s+/)

/** What it shows by name alone, some of it: the same page, and graph/api/resources/group. */
const ON_REQUEST = ['members', 'owners', 'assignedLabels', 'hideFromAddressLists', 'isSubscribedByMail', 'accessType']

const MISSING = { status: 404, code: 'Request_ResourceNotFound' }
const SECURITY = { mailEnabled: false, securityEnabled: true }
const TEAM = { mailEnabled: true, securityEnabled: false, groupTypes: ['Unified'] }
const DYNAMIC = { ...SECURITY, groupTypes: ['DynamicMembership'] }

export const WRITES: readonly Case[] = [
  must('C134 a new group is answered 201 with its id and the default properties alone (DELTA-72)', async scene => {
    const { target, latest, news } = scene
    const link = await latest()
    for (const [kind, visibility] of [
      [SECURITY, 'Private'],
      [TEAM, 'Public'],
    ] as const) {
      const reply = await create(scene, kind)
      assert.equal(reply.status, 201, shown(reply))
      const { '@odata.context': context, ...properties } = reply.body
      assert.equal(context, `${target.url}/v1.0/$metadata#groups/$entity`)
      for (const name of DEFAULTS) assert.ok(name in properties, `${name} is not shown`)
      for (const name of ON_REQUEST) assert.ok(!(name in properties), `${name} is shown`)
      for (const [name, value] of Object.entries({ ...kind, visibility }))
        assert.deepEqual(properties[name], value, name)
      const { '@odata.context': _, ...shownThen } = await bodyAt(scene, `/v1.0/groups/${properties.id}`)
      assert.deepEqual(shownThen, properties)
      assert.equal((await news(link, [reply.body])).of(reply.body).length, 1)
    }
  }),
  must('C135 each of the four required properties is missed with 400 Request_BadRequest (DELTA-73)', async scene => {
    for (const name of ['displayName', 'mailEnabled', 'mailNickname', 'securityEnabled']) {
      const message = `A value is required for property '${name}' of resource 'Group'.`
      await assertNotMade(scene, [{ ...SECURITY, [name]: undefined }], { ...BAD_REQUEST, message })
    }
  }),
  must('C136 a displayName has 1 to 256 characters and cannot be cleared (DELTA-74)', async scene => {
    const name = scene.newName().padEnd(256, 'x')
    const { status, body } = await create(scene, { ...SECURITY, displayName: name })
    assert.equal(status, 201)
    assert.equal((await bodyAt(scene, `/v1.0/groups/${body.id}`)).displayName, name)
    const wrong = [`${name}x`, null, '']
    await assertNotMade(
      scene,
      wrong.map(displayName => ({ ...SECURITY, displayName })),
      BAD_REQUEST,
    )
    const staff = await scene.group()
    for (const displayName of wrong) await assertNotChanged(scene, staff, { displayName })
    await staff.set({ displayName: name })
  }),
  must('C137 a mailNickname has at most 64 characters, of ASCII, without some (DELTA-75)', async scene => {
    const nickname = scene.newName().padEnd(64, 'x')
    assert.equal((await create(scene, { ...SECURITY, mailNickname: nickname })).status, 201)
    const name = scene.newName()
    const wrong = [...'@()\\[]";:<>, é'].map(character => name.replace('-', character))
    await assertNotMade(
      scene,
      [`${nickname}x`, ...wrong].map(mailNickname => ({ ...SECURITY, mailNickname })),
      { ...BAD_REQUEST, message: "Invalid value specified for property 'mailNickname' of resource 'Group'." },
    )
    const staff = await scene.group()
    for (const mailNickname of [`${nickname}x`, ...wrong]) await assertNotChanged(scene, staff, { mailNickname })
  }),
  must('C138 two Microsoft 365 groups cannot have one mailNickname (DELTA-76)', async scene => {
    const [{ name }, other] = [await scene.team(), await scene.team()]
    const message = 'Another object with the same value for property mailNickname already exists.'
    await assertNotMade(scene, [{ ...TEAM, mailNickname: name }], { ...BAD_REQUEST, message })
    await assertNotChanged(scene, other, { mailNickname: name })
  }),
  should('C139 a mail-enabled group must be a Microsoft 365 group (DELTA-77)', async scene => {
    const bodies = [true, false].map(securityEnabled => ({ mailEnabled: true, securityEnabled, groupTypes: [] }))
    await assertNotMade(scene, bodies, BAD_REQUEST)
  }),
  must('C140 a dynamic group has a membershipRule, and no members are added to it (DELTA-158)', async scene => {
    await assertNotMade(scene, [DYNAMIC], BAD_REQUEST)
    const rule = { membershipRule: 'user.department -eq "Sales"', membershipRuleProcessingState: 'On' }
    const staff = await scene.group({ ...DYNAMIC, ...rule })
    assert.equal((await bodyAt(scene, `/v1.0/groups/${staff.id}`)).membershipRule, rule.membershipRule)
    const reference = `${scene.target.url}/v1.0/directoryObjects/${(await scene.user()).id}`
    const path = `/v1.0/groups/${staff.id}`
    await assertLeft(scene, staff, () => scene.post(`${path}/members/$ref`, { '@odata.id': reference }))
    await assertLeft(scene, staff, () => scene.ask('PATCH', path, { body: { 'members@odata.bind': [reference] } }))
  }),
  must('C141 isAssignableToRole is given at creation, to security groups (DELTA-159)', async scene => {
    await assertNotChanged(scene, await scene.group(), { isAssignableToRole: true })
    await assertNotMade(scene, [{ ...TEAM, isAssignableToRole: true }], BAD_REQUEST)
  }),
  must('C142 a new group takes 20 owners and members, and not 21 (DELTA-81)', async scene => {
    const users = await scene.users(20)
    const references = users.map(({ id }) => `${scene.target.url}/v1.0/users/${id}`)
    const binding = (owners: number, members: number) => ({
      ...SECURITY,
      'owners@odata.bind': references.slice(0, owners),
      'members@odata.bind': references.slice(-members),
    })
    const reply = await create(scene, binding(8, 12))
    assert.equal(reply.status, 201, shown(reply))
    assert.deepEqual(await membersOf(scene, reply.body), idsOf(users.slice(8)))
    assert.deepEqual(await idsAt(scene, `/v1.0/groups/${reply.body.id}/owners`), idsOf(users.slice(0, 8)))
    await assertNotMade(scene, [binding(8, 13), binding(1, 20)], BAD_REQUEST)
  }),
  must(
    'C143 a PATCH is 204, of what Exchange stores 200, and of both at once 400 (DELTA-78, DELTA-80)',
    async scene => {
      const team = await scene.team()
      const path = `/v1.0/groups/${team.id}`
      const patch = (body: object) => scene.ask('PATCH', path, { body })
      const stored = async () => {
        const select = '$select=hideFromAddressLists,hideFromOutlookClients'
        const { hideFromAddressLists, hideFromOutlookClients } = await bodyAt(scene, `${path}?${select}`)
        return { hideFromAddressLists, hideFromOutlookClients }
      }
      const plain = await patch({ description: 'All of us' })
      assert.deepEqual({ status: plain.status, text: plain.text }, { status: 204, text: '' })
      assert.equal((await bodyAt(scene, path)).description, 'All of us')
      assert.equal((await patch({ hideFromAddressLists: true })).status, 200)
      assert.deepEqual(await stored(), { hideFromAddressLists: true, hideFromOutlookClients: false })
      await assertNotChanged(scene, team, { hideFromOutlookClients: true, description: 'None of us' })
      assert.deepEqual(await stored(), { hideFromAddressLists: true, hideFromOutlookClients: false })
    },
  ),
  must('C144 a PATCH leaves alone what it does not name (DELTA-78)', async scene => {
    const ann = await scene.user()
    const staff = await scene.team({ description: 'All of us', theme: 'Blue', members: [ann], owners: [ann] })
    const path = `/v1.0/groups/${staff.id}`
    const before = await bodyAt(scene, path)
    const name = scene.newName()
    await staff.set({ displayName: name })
    assert.deepEqual(await bodyAt(scene, path), { ...before, displayName: name })
    await staff.set({ description: null })
    assert.deepEqual(await bodyAt(scene, path), { ...before, displayName: name, description: null })
    assert.deepEqual(await membersOf(scene, staff), [ann.id])
    assert.deepEqual(await idsAt(scene, `${path}/owners`), [ann.id])
  }),
  must('C145 a PATCH by uniqueName makes the group once, where it is told to (DELTA-153)', async scene => {
    const name = scene.newName()
    const path = `/v1.0/groups(uniqueName='${name}')`
    const upsert = (description: string, prefer?: string): Promise<Reply> =>
      scene.ask('PATCH', path, {
        body: { ...SECURITY, displayName: name, mailNickname: name, description },
        ...(prefer !== undefined && { prefer }),
      })
    assertRefused(scene, await upsert('never'), MISSING)
    assertRefused(scene, await scene.get(path), MISSING)
    const link = await scene.latest()
    const created = await upsert('created', 'create-if-missing')
    assert.equal(created.status, 201, shown(created))
    scene.adopt('groups', created.body)
    const { id } = created.body
    assert.equal((await bodyAt(scene, `/v1.0/groups/${id}?$select=uniqueName`)).uniqueName, name)
    for (const prefer of ['create-if-missing', undefined]) {
      const description = `changed with ${prefer}`
      const changed = await upsert(description, prefer)
      assert.equal(changed.status, 204, shown(changed))
      assert.equal((await bodyAt(scene, `/v1.0/groups/${id}`)).description, description)
    }
    const { items } = await scene.news(link, [created.body])
    assert.deepEqual(idsOf(items.filter(({ displayName }) => displayName === name)), [id])
  }),
  must('C146 a GET shows what was never set as null, and delta leaves it out (DELTA-14, DELTA-92)', async scene => {
    const staff = await scene.group()
    await staff.set({ classification: 'low' })
    await staff.set({ classification: null })
    const body = await bodyAt(scene, `/v1.0/groups/${staff.id}`)
    const empty = ['classification', 'description', 'theme', 'preferredLanguage', 'membershipRule']
    for (const name of empty) assert.equal(body[name], null, name)
    for (const query of ['', `?${only(staff)}`, `?$select=${empty.join()}`]) {
      const { of } = await scene.round(`/v1.0/groups/delta${query}`)
      assert.deepEqual(
        of(staff).map((item: Item) => DEFAULTS.filter(name => body[name] === null && name in item)),
        [['classification']],
        query,
      )
    }
  }),
  must('C147 deleting a group is 204 without a body (DELTA-58)', async ({ group, user, ask, get }) => {
    const ann = await user()
    const [staff, other] = [await group({ members: [ann] }), await group({ members: [ann] })]
    const { status, text } = await ask('DELETE', `/v1.0/groups/${staff.id}`)
    assert.deepEqual({ status, text }, { status: 204, text: '' })
    const paths = [`/v1.0/groups/${staff.id}`, `/v1.0/groups/${other.id}`, `/v1.0/users/${ann.id}`]
    const statuses = await Promise.all(paths.map(async path => (await get(path)).status))
    assert.deepEqual(statuses, [404, 200, 200])
  }),
]

/** POST /groups with a name of its own, save where `values` say otherwise; undefined ones are left out. */
async function create({ newName, post, adopt }: Scene, values: NewGroup): Promise<Reply> {
  const name = newName()
  const reply = await post('/v1.0/groups', { displayName: name, mailNickname: name, ...values })
  if (reply.status === 201) adopt('groups', reply.body)
  return reply
}

/** That a change of a group is refused with 400, and that the group is as before. */
function assertNotChanged(scene: Scene, group: Named, values: object): Promise<void> {
  return assertLeft(scene, group, () => scene.ask('PATCH', `/v1.0/groups/${group.id}`, { body: values }), BAD_REQUEST)
}
