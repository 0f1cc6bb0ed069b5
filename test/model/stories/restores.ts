import assert from 'node:assert/strict'
import type { Story } from '../stage.ts'

/** Groups that go to the recycle bin and come back. */
export const RESTORES: readonly Story[] = [
  {
    title:
      'a removed member whose entry was passed while its group was deleted is gone after a restore in the same round (DELTA-62)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.group('crew')
      await stage.finish()
      await stage.remove('ann', 'members', 'staff')
      await stage.set('crew', { description: 'A' })
      await stage.delete('staff')
      await stage.ask({ examined: 2 })
      assert.equal(stage.isAtEnd(), false)
      assert.deepEqual(stage.copied('members', 'staff'), ['ann', 'bob'])
      await stage.restore('staff')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['bob'])
    },
  },
  {
    title:
      'a member removed before its group was deleted and restored between two rounds is gone after the next one (DELTA-62)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.finish()
      await stage.remove('ann', 'members', 'staff')
      await stage.delete('staff')
      await stage.restore('staff')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['bob'])
    },
  },
  {
    title: 'a group deleted and restored between two rounds is told with all its members and owners (DELTA-61)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann'], owners: ['bob'] }, { theme: 'Teal' })
      await stage.finish()
      await stage.delete('staff')
      await stage.restore('staff')
      await stage.finish({ minimal: true })
      assert.equal(stage.copyOf('staff')?.values['theme'], 'Teal')
    },
  },
  {
    title: 'a group whose deletion was told comes back with its members and owners (DELTA-59, DELTA-61)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann'], owners: ['bob'] })
      await stage.finish()
      await stage.delete('staff')
      await stage.finish()
      assert.equal(stage.copyOf('staff'), undefined)
      await stage.restore('staff')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['ann'])
      assert.deepEqual(stage.copied('owners', 'staff'), ['bob'])
    },
  },
  {
    title: 'a restored group without members is told to a reader that follows members alone (DELTA-61)',
    readers: [{ properties: [], relations: ['members'] }],
    tell: async stage => {
      await stage.group('staff')
      await stage.finish()
      await stage.delete('staff')
      await stage.finish()
      await stage.restore('staff')
      await stage.finish()
      assert.notEqual(stage.copyOf('staff'), undefined)
    },
  },
  {
    title: 'a restored group that was changed again before it is told is told once, and whole (DELTA-61)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('staff', { members: ['ann'] }, { description: 'A' })
      await stage.finish()
      await stage.delete('staff')
      await stage.finish()
      await stage.restore('staff')
      await stage.set('staff', { theme: 'Teal' })
      await stage.finish({ minimal: true, edges: 1 })
      assert.equal(stage.copyOf('staff')?.values['description'], 'A')
    },
  },
  {
    title: 'restoring a nested group or a user tells nothing for the groups it belongs to (DELTA-63)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('crew')
      await stage.group('staff', { members: ['ann', 'crew'], owners: ['ann'] })
      await stage.delete('crew')
      await stage.delete('ann')
      await stage.finish()
      assert.equal(stage.copied('members', 'staff').length, 2)
      await stage.restore('ann')
      await stage.restore('crew')
      await stage.finish()
      assert.equal(stage.copied('members', 'staff').length, 2)
    },
  },
  {
    title:
      'a user purged while a group was in the recycle bin is no member of it after its restore (DELTA-62, DELTA-64)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'], owners: ['ann'] })
      await stage.finish()
      await stage.delete('staff')
      await stage.erase('ann')
      await stage.restore('staff')
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['bob'])
      assert.deepEqual(stage.copied('owners', 'staff'), [])
    },
  },
]
