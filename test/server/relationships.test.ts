import assert from 'node:assert/strict'
import test from 'node:test'
import { aDirectory, type Named } from './aDirectory.ts'
import { aNeighbour } from './aNeighbour.ts'
import { aServer, BASE } from './aServer.ts'
import { assertRefused, badRequest, notFound } from './refusal.ts'
import { aNest, EVENTUAL, idsOf, related } from './related.ts'

const SOME_ID = '6f1c2b9e-3f2d-4a53-9d43-0f5bb9d3a1c7'

test('the transitive members of a group are all that it holds at any depth, each once (DELTA-121)', async t => {
  const server = await aServer(t)
  const { ada, bob, cyd, core, inner, staff } = await aNest(server)
  await inner.add(ada, cyd)
  assert.deepEqual(await related(server, 'groups', staff, 'members'), idsOf([ada, inner]))
  assert.deepEqual(await related(server, 'groups', staff, 'transitiveMembers'), idsOf([ada, bob, cyd, core, inner]))
  assert.deepEqual(await related(server, 'groups', core, 'transitiveMembers'), [cyd.id])
  const { body } = await server.call(`/v1.0/groups/${core.id}/transitiveMembers`)
  const { '@odata.context': _, ...user } = (await server.call(`/v1.0/users/${cyd.id}`)).body
  assert.deepEqual(body, {
    '@odata.context': `${BASE}/v1.0/$metadata#directoryObjects`,
    value: [{ '@odata.type': '#microsoft.graph.user', ...user }],
  })
})

test('a nested group in the recycle bin is a member whose own members are not, until its restore (DELTA-121)', async t => {
  const server = await aServer(t)
  const { ada, bob, cyd, core, inner, staff } = await aNest(server)
  const all = idsOf([ada, bob, cyd, core, inner])
  await bob.delete()
  assert.deepEqual(await related(server, 'groups', staff, 'transitiveMembers'), all)
  await inner.delete()
  assert.deepEqual(await related(server, 'groups', staff, 'transitiveMembers'), idsOf([ada, inner]))
  await inner.restore()
  assert.deepEqual(await related(server, 'groups', staff, 'transitiveMembers'), all)
  await inner.delete()
  await inner.purge()
  assert.deepEqual(await related(server, 'groups', staff, 'transitiveMembers'), [ada.id])
})

test('groups nested in a circle hold each other and never themselves (DELTA-122)', async t => {
  const server = await aServer(t)
  const { ada, bob, cyd, core, inner, staff } = await aNest(server)
  await core.add(staff)
  const everybody = [ada, bob, cyd, core, inner, staff]
  for (const group of [core, inner, staff]) {
    const others = idsOf(everybody.filter(({ id }) => id !== group.id))
    const groups = idsOf([core, inner, staff].filter(({ id }) => id !== group.id))
    assert.deepEqual(await related(server, 'groups', group, 'transitiveMembers'), others)
    assert.deepEqual(await related(server, 'groups', group, 'transitiveMembers', '?$top=1'), others)
    assert.deepEqual(await related(server, 'groups', group, 'transitiveMemberOf'), groups)
    const counted = async (end: string) =>
      (await server.call(`/v1.0/groups/${group.id}/transitiveMembers${end}/$count`, EVENTUAL)).body
    assert.equal(await counted(''), 5)
    assert.equal(await counted('/microsoft.graph.group'), 2)
    assert.equal(await counted('/microsoft.graph.user'), 3)
  }
  assert.deepEqual(await related(server, 'users', cyd, 'transitiveMemberOf'), idsOf([core, inner, staff]))
})

test('memberOf and ownedObjects are the live groups that have the object as a member or owner (DELTA-123)', async t => {
  const server = await aServer(t)
  const { directory, ada, bob, core, inner, staff } = await aNest(server)
  const club = await directory.team('Club', { members: [ada], owners: [ada] })
  await core.addOwner(ada)
  assert.deepEqual(await related(server, 'users', ada, 'memberOf'), idsOf([staff, club]))
  assert.deepEqual(await related(server, 'users', ada, 'ownedObjects'), idsOf([core, club]))
  assert.deepEqual(await related(server, 'users', bob, 'ownedObjects'), [])
  assert.deepEqual(await related(server, 'groups', inner, 'memberOf'), [staff.id])
  assert.deepEqual(await related(server, 'groups', staff, 'memberOf'), [])
  await club.delete()
  assert.deepEqual(await related(server, 'users', ada, 'memberOf'), [staff.id])
  assert.deepEqual(await related(server, 'users', ada, 'ownedObjects'), [core.id])
  await club.restore()
  assert.deepEqual(await related(server, 'users', ada, 'memberOf'), idsOf([staff, club]))
  await staff.remove(ada)
  assert.deepEqual(await related(server, 'users', ada, 'memberOf'), [club.id])
})

test('transitiveMemberOf leads over no group in the recycle bin (DELTA-124)', async t => {
  const server = await aServer(t)
  const { ada, cyd, core, inner, staff } = await aNest(server)
  assert.deepEqual(await related(server, 'users', cyd, 'transitiveMemberOf'), idsOf([core, inner, staff]))
  assert.deepEqual(await related(server, 'groups', core, 'transitiveMemberOf'), idsOf([inner, staff]))
  await inner.delete()
  assert.deepEqual(await related(server, 'users', cyd, 'transitiveMemberOf'), [core.id])
  await inner.restore()
  assert.deepEqual(await related(server, 'users', cyd, 'transitiveMemberOf'), idsOf([core, inner, staff]))
  assert.deepEqual(await related(server, 'users', ada, 'transitiveMemberOf'), [staff.id])
})

test('every list of related objects is in order of id, in pages that keep $top and $select (DELTA-125)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = await directory.users(7)
  const [ada] = people
  assert.ok(ada)
  const groups = await Promise.all(
    ['A', 'B', 'C', 'D', 'E'].map(name => directory.group(name, { members: people, owners: [ada] })),
  )
  const all = await directory.group('All', { members: groups })
  const lists = [
    ['groups', all, 'members', idsOf(groups)],
    ['groups', all, 'transitiveMembers', idsOf([...groups, ...people])],
    ['users', ada, 'memberOf', idsOf(groups)],
    ['users', ada, 'transitiveMemberOf', idsOf([...groups, all])],
    ['users', ada, 'ownedObjects', idsOf(groups)],
  ] as const
  for (const [collection, object, relationship, expected] of lists) {
    for (const top of [1, 2, 3, expected.length]) {
      const path = `/v1.0/${collection}/${object.id}/${relationship}`
      const read: string[] = []
      let next: string | undefined = `${path}?$top=${top}&$select=id`
      while (next !== undefined) {
        const { body } = await server.call(next)
        assert.equal(body['@odata.context'], `${BASE}/v1.0/$metadata#directoryObjects(id)`)
        for (const item of body.value) assert.deepEqual(Object.keys(item), ['@odata.type', 'id'])
        read.push(...body.value.map(({ id }: Named) => id))
        next = body['@odata.nextLink']
        if (next === undefined) continue
        assert.ok(next.startsWith(`${BASE}${path}?`))
        assert.equal(body.value.length, top)
        const query = new URL(next).searchParams
        assert.deepEqual([query.get('$top'), query.get('$select')], [String(top), 'id'])
      }
      assert.deepEqual(read, expected)
    }
  }
})

test('a page of transitive members goes on where it ended though groups and members come and go (DELTA-125)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const people = (await directory.users(30)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const [first, second] = [people.slice(0, 18), people.slice(12)]
  const inner = await directory.group('Inner', { members: second })
  const staff = await directory.group('Staff', { members: [...first, inner] })
  const read: string[] = []
  let next: string | undefined = `/v1.0/groups/${staff.id}/transitiveMembers/microsoft.graph.user?$top=7`
  for (let page = 0; next !== undefined; page += 1) {
    const { body } = await server.call(next)
    read.push(...body.value.map(({ id }: Named) => id))
    next = body['@odata.nextLink']
    // The person after the first page leaves both groups; the group of those who come late is another one by then.
    if (page === 0) for (const group of [staff]) await group.remove(people[8] ?? assert.fail())
    if (page === 1) {
      await directory.group('Late', { members: [inner] }).then(late => staff.add(late))
      await staff.remove(inner)
    }
  }
  assert.deepEqual(
    read,
    people.filter((_, index) => index !== 8).map(({ id }) => id),
  )
})

test('the $skiptoken of a list of related objects is good for that list alone, and not for its casts or another object (DELTA-145)', async t => {
  const server = await aServer(t)
  const { staff, inner } = await aNest(server)
  const members = `/v1.0/groups/${staff.id}/members`
  const { search } = new URL((await server.call(`${members}?$top=1`)).body['@odata.nextLink'])
  assert.equal((await server.call(`${members}${search}`)).status, 200)
  const refusal = badRequest(/\$skiptoken/)
  for (const path of [
    `${members}/microsoft.graph.user`,
    `/v1.0/groups/${inner.id}/members`,
    `/v1.0/groups/${staff.id}/transitiveMembers`,
    `/v1.0/groups/${staff.id}/owners`,
  ]) {
    await assertRefused(server, `${path}${search}`, {}, refusal)
  }
})

test('related objects whose type the caller may not read are shown by type and id, and none is left out (DELTA-129)', async t => {
  const server = await aServer(t)
  const { ada, inner, staff } = await aNest(server)
  const asked = async (path: string, role: string) => (await server.call(path, { roles: [role] })).body.value
  const members = await asked(
    `/v1.0/groups/${staff.id}/transitiveMembers?$select=displayName,jobTitle`,
    'GroupMember.Read.All',
  )
  assert.equal(members.length, 5)
  const user = { '@odata.type': '#microsoft.graph.user', displayName: null, jobTitle: null, id: ada.id }
  assert.deepEqual(
    members.find(({ id }: Named) => id === ada.id),
    user,
  )
  const cast = await asked(
    `/v1.0/groups/${staff.id}/members/microsoft.graph.user?$select=displayName`,
    'GroupMember.Read.All',
  )
  assert.deepEqual(cast, [{ displayName: null, id: ada.id }])
  const groups = await asked(`/v1.0/users/${ada.id}/memberOf`, 'User.Read.All')
  assert.deepEqual(groups, [{ '@odata.type': '#microsoft.graph.group', id: staff.id }])
  const readable = await asked(`/v1.0/groups/${inner.id}/memberOf?$select=displayName`, 'GroupMember.Read.All')
  assert.deepEqual(readable, [{ '@odata.type': '#microsoft.graph.group', displayName: 'Staff' }])
})

test('hidden membership is shown from neither end but to Member.Read.Hidden (DELTA-130)', async t => {
  const server = await aServer(t)
  const directory = aDirectory(server)
  const ada = await directory.user('Ada')
  const club = await directory.team('Club', { members: [ada], owners: [ada], visibility: 'HiddenMembership' })
  const staff = await directory.group('Staff', { members: [ada] })
  const denied = { status: 403, code: 'Authorization_RequestDenied' }
  for (const list of ['members', 'transitiveMembers', 'members/microsoft.graph.user']) {
    await assertRefused(server, `/v1.0/groups/${club.id}/${list}`, {}, denied)
    await assertRefused(server, `/v1.0/groups/${club.id}/${list}/$count`, EVENTUAL, denied)
  }
  const roles = ['Directory.Read.All']
  const seeing = [...roles, 'Member.Read.Hidden']
  for (const list of ['memberOf', 'transitiveMemberOf']) {
    assert.deepEqual(await related(server, 'users', ada, list, '', roles), [staff.id])
    assert.deepEqual(await related(server, 'users', ada, list, '', seeing), idsOf([staff, club]))
    const counted = async (by: string[]) =>
      (await server.call(`/v1.0/users/${ada.id}/${list}/$count`, { ...EVENTUAL, roles: by })).body
    assert.deepEqual([await counted(roles), await counted(seeing)], [1, 2])
  }
  assert.deepEqual(await related(server, 'users', ada, 'ownedObjects', '', roles), [club.id])
  assert.deepEqual(await related(server, 'groups', club, 'transitiveMembers', '', seeing), [ada.id])
  for (const told of ['Groups', 'Objects']) {
    const path = `/v1.0/users/${ada.id}`
    const name = told === 'Groups' ? 'groupIds' : 'ids'
    const check = async (by: string[]) => {
      const body = { [name]: [club.id] }
      return (await server.call(`${path}/checkMember${told}`, { method: 'POST', body, roles: by })).body.value
    }
    const get = async (by: string[]) =>
      (await server.call(`${path}/getMember${told}`, { method: 'POST', body: {}, roles: by })).body.value
    assert.deepEqual([await check(roles), await get(roles)], [[], [staff.id]])
    assert.deepEqual([await check(seeing), await get(seeing)], [[club.id], idsOf([staff, club])])
  }
})

test('related objects are asked of a user by name too, and of nobody who is not there (DELTA-123)', async t => {
  const server = await aServer(t)
  const { directory, ada, staff } = await aNest(server)
  const neighbour = await aNeighbour(server)
  assert.deepEqual(await related(server, 'users', { id: `ada@${server.domain}` }, 'memberOf'), [staff.id])
  const gone = await directory.user('Gone')
  await gone.delete()
  for (const id of [SOME_ID, gone.id, staff.id, neighbour.group.id]) {
    for (const list of ['memberOf', 'transitiveMemberOf', 'ownedObjects']) {
      await assertRefused(server, `/v1.0/users/${id}/${list}`, {}, notFound(id))
    }
  }
  for (const id of [SOME_ID, ada.id, neighbour.group.id]) {
    for (const list of ['members', 'owners', 'memberOf', 'transitiveMembers', 'transitiveMemberOf']) {
      await assertRefused(server, `/v1.0/groups/${id}/${list}`, {}, notFound(id))
    }
  }
  const ill = badRequest("Invalid object identifier 'x'.")
  await assertRefused(server, '/v1.0/groups/x/transitiveMembers', {}, ill)
  for (const list of [`groups/${staff.id}/transitiveMembers`, `users/${ada.id}/memberOf`]) {
    await assertRefused(server, `/v1.0/${list}?$top=1000`, {}, badRequest(/\$top/))
    await assertRefused(server, `/v1.0/${list}?$skiptoken=x`, {}, badRequest(/\$skiptoken/))
  }
})
