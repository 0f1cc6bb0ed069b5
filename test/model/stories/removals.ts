import assert from 'node:assert/strict'
import type { Story } from '../stage.ts'

/** Objects and members that go: to the recycle bin, for good, and while pages are fetched. */
export const REMOVALS: readonly Story[] = [
  {
    title: 'a first round lists the groups and members that are there, and none that is gone (DELTA-13)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'], owners: ['ann', 'bob'] })
      await stage.group('crew', { members: ['ann'] })
      await stage.remove('ann', 'members', 'staff')
      await stage.remove('bob', 'owners', 'staff')
      await stage.delete('crew')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['bob'])
      assert.equal(stage.copyOf('crew'), undefined)
    },
  },
  {
    title: 'a group that a first round has shown, and that is deleted before its end, is told as removed (DELTA-42)',
    tell: async stage => {
      const [early = '', late = ''] = stage.inKeyOrder('staff', 'crew')
      await stage.group(early)
      await stage.group(late)
      await stage.ask({ objects: 1 })
      await stage.delete(early)
      await stage.finish({ objects: 1 })
      assert.equal(stage.copyOf(early), undefined)
    },
  },
  {
    title: 'a group deleted while its members are being paged is gone at the end of the round (DELTA-42)',
    tell: async stage => {
      await stage.people('ann', 'bob', 'kim')
      await stage.group('staff', { members: ['ann', 'bob', 'kim'] })
      await stage.ask({ edges: 1 })
      assert.notEqual(stage.copyOf('staff'), undefined)
      await stage.delete('staff')
      await stage.finish({ edges: 1 })
      assert.equal(stage.copyOf('staff'), undefined)
    },
  },
  {
    title: 'a member removed after the scan has shown it is gone at the end of the round (DELTA-42)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.ask({ edges: 1 })
      const [shown = ''] = stage.copied('members', 'staff')
      await stage.remove(shown, 'members', 'staff')
      await stage.finish({ edges: 1 })
      assert.equal(stage.copied('members', 'staff').includes(shown), false)
    },
  },
  {
    title:
      'a purged user leaves the members and owners of every group in one commit, cut over pages (DELTA-48, DELTA-64)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann'], owners: ['ann', 'bob'] })
      await stage.group('crew', { members: ['ann', 'bob'], owners: ['ann'] })
      await stage.finish()
      await stage.erase('ann')
      await stage.finish({ edges: 1, objects: 1 })
      assert.deepEqual(stage.copied('members', 'crew'), ['bob'])
      assert.deepEqual(stage.copied('owners', 'staff'), ['bob'])
    },
  },
  {
    title: 'a purged group leaves the members of the groups that it was nested in (DELTA-64)',
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff', { members: ['crew'] })
      await stage.finish()
      await stage.erase('crew')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), [])
    },
  },
  {
    title: 'deleting a user or a nested group tells nothing for the groups it belongs to (DELTA-63)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('crew')
      await stage.group('staff', { members: ['ann', 'crew'], owners: ['ann'] })
      await stage.finish()
      await stage.delete('ann')
      await stage.finish()
      await stage.delete('crew')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['ann', 'crew'])
    },
  },
  {
    title: 'a group whose deletion was told is told again when it is purged (DELTA-60)',
    tell: async stage => {
      await stage.group('staff')
      await stage.finish()
      await stage.delete('staff')
      await stage.finish()
      await stage.purge('staff')
      await stage.finish()
      assert.equal(stage.copyOf('staff'), undefined)
    },
  },
  {
    title: 'a group that came and went since the base is told as removed (DELTA-59, DELTA-60)',
    tell: async stage => {
      await stage.finish()
      await stage.group('staff')
      await stage.group('crew')
      await stage.delete('staff')
      await stage.erase('crew')
      await stage.finish()
      assert.equal(stage.copyOf('staff'), undefined)
    },
  },
  {
    title: 'an edge of a deleted group is not told, its removal tells it (DELTA-59)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('staff')
      await stage.finish()
      await stage.add('ann', 'members', 'staff')
      await stage.delete('staff')
      await stage.finish({ examined: 1 })
      assert.equal(stage.copyOf('staff'), undefined)
    },
  },
  {
    title: 'a member removed and added again has one entry, its latest state (DELTA-34)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann'] })
      await stage.finish()
      await stage.remove('ann', 'members', 'staff')
      await stage.add('ann', 'members', 'staff')
      await stage.add('bob', 'members', 'staff')
      await stage.remove('bob', 'members', 'staff')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['ann'])
    },
  },
  {
    title: 'users are told as changed, deleted for good and whole again, and memberships tell nothing there (DELTA-65)',
    readers: [{ type: 'user', properties: ['displayName', 'jobTitle'], relations: [] }],
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff')
      await stage.finish()
      await stage.add('ann', 'members', 'staff')
      await stage.set('ann', { jobTitle: 'Clerk' })
      await stage.delete('bob')
      await stage.finish({ objects: 1, minimal: true })
      assert.equal(stage.copyOf('bob'), undefined)
      await stage.restore('bob')
      await stage.erase('ann')
      await stage.finish({ objects: 1, minimal: true })
      assert.equal(stage.copyOf('bob')?.values['displayName'], 'bob')
      assert.equal(stage.copyOf('ann'), undefined)
    },
  },
]
