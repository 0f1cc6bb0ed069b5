import assert from 'node:assert/strict'
import type { Story } from '../stage.ts'

const BOTH = [{ names: ['staff', 'crew'] }]

/** Rounds with a `$filter` on ids. */
export const FILTERS: readonly Story[] = [
  {
    title: 'a filtered round over several groups and pages tells each change once (DELTA-31, DELTA-37)',
    readers: BOTH,
    tell: async stage => {
      await stage.people('ann', 'bob', 'kim')
      await stage.group('staff')
      await stage.group('crew')
      await stage.group('board')
      await stage.finish()
      await stage.set('staff', { description: 'A' }, { members: ['ann', 'bob', 'kim'] })
      await stage.set('crew', { description: 'A' }, { members: ['ann', 'bob', 'kim'] })
      await stage.add('ann', 'owners', 'staff')
      await stage.add('ann', 'owners', 'crew')
      await stage.finish({ edges: 1, examined: 2 })
      assert.equal(stage.copied('members', 'crew').length, 3)
      assert.equal(stage.copyOf('board'), undefined)
    },
  },
  {
    title:
      'a filtered round that is cut inside one commit on all its groups loses and repeats nothing (DELTA-31, DELTA-35)',
    readers: BOTH,
    tell: async stage => {
      const [early = '', late = ''] = stage.inKeyOrder('staff', 'crew')
      await stage.people('ann', 'bob')
      await stage.group(early)
      await stage.group(late)
      await stage.finish()
      await stage.inOneCommit(() => {
        for (const name of ['ann', 'bob']) {
          stage.add(name, 'members', early)
          stage.add(name, 'members', late)
          stage.add(name, 'owners', early)
        }
      })
      await stage.finish({ edges: 1 })
      assert.deepEqual(stage.copied('members', late), ['ann', 'bob'])
      assert.deepEqual(stage.copied('owners', early), ['ann', 'bob'])
    },
  },
  {
    title: 'a filtered link stands for the head of the tenant, also when nothing of its groups changed (DELTA-47)',
    readers: BOTH,
    tell: async stage => {
      await stage.group('staff')
      await stage.group('board')
      await stage.finish()
      await stage.set('board', { description: 'A' })
      await stage.finish()
      await stage.compact(stage.head)
      await stage.finish()
      assert.equal(stage.mustBeginAgain(), false)
    },
  },
  {
    title: 'a filtered round tells its groups as they are deleted, restored, purged and created (DELTA-37)',
    readers: BOTH,
    tell: async stage => {
      await stage.people('ann')
      await stage.group('staff', { members: ['ann'] })
      await stage.finish()
      await stage.group('crew', { members: ['ann'] })
      await stage.delete('staff')
      await stage.finish({ edges: 1 })
      await stage.restore('staff')
      await stage.erase('crew')
      await stage.finish({ examined: 2 })
      assert.deepEqual(stage.copied('members', 'staff'), ['ann'])
      assert.equal(stage.copyOf('crew'), undefined)
    },
  },
]
