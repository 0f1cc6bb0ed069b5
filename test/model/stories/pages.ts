import assert from 'node:assert/strict'
import type { Story } from '../stage.ts'

const CROWD = Array.from({ length: 20 }, (_, index) => `p${index}`)

/** Rounds cut into pages, and written to between them. */
export const PAGES: readonly Story[] = [
  {
    title: 'a commit that ends a membership and an ownership of one person can be cut between the two (DELTA-35)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('staff', { members: ['ann'], owners: ['ann'] })
      await stage.finish()
      await stage.erase('ann')
      await stage.ask({ edges: 1 })
      assert.equal(stage.isAtEnd(), false)
      await stage.finish({ edges: 1 })
      assert.deepEqual(stage.copied('owners', 'staff'), [])
    },
  },
  {
    title: 'twenty members added by one PATCH are told over several pages (DELTA-35)',
    tell: async stage => {
      await stage.people(...CROWD)
      await stage.group('staff')
      await stage.finish()
      await stage.set('staff', { description: 'A' }, { members: CROWD })
      await stage.finish({ edges: 3 })
      assert.equal(stage.copied('members', 'staff').length, 20)
    },
  },
  {
    title: 'a scan goes on inside the members and then the owners of a group that it has cut (DELTA-35)',
    tell: async stage => {
      const [first = '', second = '', third = ''] = stage.inKeyOrder('ann', 'bob', 'kim')
      await stage.people('ann', 'bob', 'kim')
      // Owners that come before the last member in the order of ids.
      await stage.group('staff', { members: [second, third], owners: [first, second] })
      await stage.finish({ edges: 1 })
      assert.equal(stage.copied('owners', 'staff').length, 2)
    },
  },
  {
    title: 'a page whose rows tell nothing has a nextLink, and the round goes on (DELTA-10)',
    readers: [{ properties: ['description'], relations: [] }],
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff')
      await stage.group('board')
      await stage.finish()
      await stage.set('crew', { displayName: 'Crew' })
      await stage.set('board', { displayName: 'Board' })
      await stage.set('staff', { description: 'A' })
      await stage.ask({ examined: 2 })
      assert.equal(stage.isAtEnd(), false)
      await stage.finish({ examined: 2 })
      assert.equal(stage.copyOf('staff')?.values['description'], 'A')
    },
  },
  {
    title: 'a round whose rows fill its page exactly ends with it, one row more does not (DELTA-45)',
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff')
      await stage.group('board')
      await stage.finish()
      await stage.set('crew', { description: 'A' })
      await stage.set('staff', { description: 'A' })
      await stage.ask({ examined: 2 })
      assert.equal(stage.isAtEnd(), true)
      await stage.set('crew', { description: 'B' })
      await stage.set('staff', { description: 'B' })
      await stage.set('board', { description: 'B' })
      await stage.ask({ examined: 2 })
      assert.equal(stage.isAtEnd(), false)
    },
  },
  {
    title: 'what is written behind the place of a scan is told before the round ends (DELTA-39, DELTA-40)',
    tell: async stage => {
      const [early = '', late = ''] = stage.inKeyOrder('staff', 'crew')
      await stage.people('ann')
      await stage.group(early)
      await stage.group(late)
      await stage.ask({ objects: 1 })
      await stage.set(early, { description: 'A' })
      await stage.add('ann', 'members', early)
      await stage.finish({ objects: 1 })
      assert.equal(stage.copyOf(early)?.values['description'], 'A')
      assert.deepEqual(stage.copied('members', early), ['ann'])
    },
  },
  {
    title: 'a group changed before the scan comes to it is shown with the members that it had (DELTA-39)',
    tell: async stage => {
      const [early = '', late = ''] = stage.inKeyOrder('staff', 'crew')
      await stage.people('ann')
      await stage.group(early)
      await stage.group(late, { members: ['ann'] })
      await stage.ask({ objects: 1 })
      await stage.set(late, { description: 'A' })
      await stage.finish({ objects: 1 })
      assert.deepEqual(stage.copied('members', late), ['ann'])
    },
  },
  {
    title: 'a group written again while its round is read is told all the same (DELTA-41)',
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff')
      await stage.finish()
      await stage.set('crew', { description: 'A' })
      await stage.set('staff', { description: 'A' })
      await stage.ask({ objects: 1 })
      await stage.set('staff', { description: 'B' })
      await stage.finish({ objects: 1 })
      assert.equal(stage.copyOf('staff')?.values['description'], 'B')
    },
  },
  {
    title: 'a round ends although more is written at each of its pages than a page holds (DELTA-46)',
    tell: async stage => {
      for (const name of CROWD) await stage.group(name)
      await stage.finish()
      for (const name of CROWD) await stage.set(name, { description: 'A' })
      const turns = 40
      for (let turn = 0; turn < turns && (turn === 0 || !stage.isAtEnd()); turn += 1) {
        await stage.ask({ objects: 1, examined: 5 })
        // Three groups a turn, each time others.
        for (let at = 0; at < 3; at += 1) {
          await stage.set(CROWD[(3 * turn + at) % CROWD.length] ?? '', { description: `${turn}` })
        }
      }
      assert.equal(stage.isAtEnd(), true)
    },
  },
  {
    title: 'a page asked for again, and gone on from, ends with the same copy (DELTA-43)',
    tell: async stage => {
      await stage.people('ann', 'bob', 'kim')
      await stage.group('staff', { members: ['ann', 'bob', 'kim'] })
      await stage.group('crew', { members: ['ann', 'bob'] })
      await stage.ask({ edges: 1 })
      await stage.ask({ edges: 1 })
      await stage.remove('ann', 'members', 'staff')
      await stage.goBack(1, { keepsCopy: true })
      await stage.finish({ edges: 2 })
      await stage.goBack(0)
      await stage.set('crew', { description: 'A' })
      await stage.finish()
      await stage.goBack(1, { keepsCopy: true })
      await stage.finish()
    },
  },
  {
    title: 'latest gives a link from which only later changes are told (DELTA-15)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('staff', { members: ['ann'] })
      await stage.latest()
      await stage.set('staff', { description: 'A' })
      await stage.finish({ minimal: true })
      assert.equal(stage.copyOf('staff')?.values['description'], 'A')
    },
  },
  {
    title: 'hidden members are told to those who may see them, in the scan and after it (DELTA-36)',
    readers: [{ seesHiddenMembers: true }, { seesHiddenMembers: false }, { seesHiddenMembers: false }],
    tell: async stage => {
      await stage.people('ann', 'bob', 'kim')
      await stage.group('staff', { members: ['ann', 'bob'], owners: ['kim'] }, {}, 'hidden')
      await stage.finish({ reader: 0, edges: 1 })
      await stage.finish({ reader: 1, edges: 1 })
      await stage.finish({ reader: 2 })
      await stage.add('kim', 'members', 'staff')
      await stage.finish({ reader: 0 })
      await stage.finish({ reader: 1 })
      assert.deepEqual(stage.copied('members', 'staff', 0), ['ann', 'bob', 'kim'])
      assert.deepEqual(stage.copied('members', 'staff', 1), [])
      assert.deepEqual(stage.copied('owners', 'staff', 1), ['kim'])
    },
  },
]
