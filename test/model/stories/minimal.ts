import assert from 'node:assert/strict'
import type { Story } from '../stage.ts'

/** `Prefer: return=minimal`, and what counts as a change. */
export const MINIMAL: readonly Story[] = [
  {
    title: 'minimal items are judged against the base of the round, on its later pages too (DELTA-26, DELTA-27)',
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff')
      await stage.finish()
      await stage.set('crew', { theme: 'Teal' })
      await stage.set('staff', { description: 'A' })
      await stage.set('crew', { description: 'B' })
      await stage.ask({ objects: 1, minimal: true })
      assert.equal(stage.isAtEnd(), false)
      await stage.finish({ objects: 1, minimal: true })
      assert.equal(stage.copyOf('crew')?.values['theme'], 'Teal')
    },
  },
  {
    title: 'a selected change under a later one that is not selected is told (DELTA-21, DELTA-41)',
    readers: [{ properties: ['theme'], relations: [] }],
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff')
      await stage.finish()
      await stage.set('crew', { theme: 'Teal' })
      await stage.set('staff', { theme: 'Pink' })
      await stage.set('crew', { description: 'B' })
      await stage.finish({ objects: 1 })
      assert.equal(stage.copyOf('crew')?.values['theme'], 'Teal')
    },
  },
  {
    title:
      'under minimal a group that a member brings on a later page shows what was set since the base (DELTA-26, DELTA-33)',
    tell: async stage => {
      await stage.people('ann')
      await stage.group('crew')
      await stage.group('staff')
      await stage.finish()
      await stage.set('crew', { description: 'A' })
      await stage.set('staff', { description: 'A' })
      await stage.add('ann', 'members', 'crew')
      await stage.finish({ objects: 1, minimal: true })
      assert.deepEqual(stage.copied('members', 'crew'), ['ann'])
    },
  },
  {
    title: 'minimal leaves out what was set by the very commit of the base (DELTA-26)',
    tell: async stage => {
      await stage.group('staff')
      await stage.set('staff', { description: 'A' })
      await stage.finish()
      await stage.set('staff', { theme: 'Teal' })
      await stage.finish({ minimal: true })
      assert.deepEqual(stage.copyOf('staff')?.values, { displayName: 'staff', description: 'A', theme: 'Teal' })
    },
  },
  {
    title: 'minimal shows a property that was set to null as null, and not one that was never set (DELTA-14, DELTA-26)',
    tell: async stage => {
      await stage.group('staff', {}, { description: 'A' })
      await stage.finish()
      await stage.set('staff', { description: null })
      await stage.finish({ minimal: true })
      assert.deepEqual(stage.copyOf('staff')?.values, { displayName: 'staff', description: null })
    },
  },
  {
    title: 'minimal changes nothing in a first round, its catch-up included (DELTA-28)',
    tell: async stage => {
      const [early = '', late = ''] = stage.inKeyOrder('staff', 'crew')
      await stage.group(early, {}, { description: 'A' })
      await stage.group(late)
      await stage.ask({ objects: 1, minimal: true })
      await stage.set(early, { theme: 'Teal' })
      await stage.finish({ objects: 1, minimal: true })
      assert.deepEqual(stage.copyOf(early)?.values, { displayName: early, description: 'A', theme: 'Teal' })
    },
  },
  {
    title: 'null on a property that was never set is a change, the same value again is none (DELTA-30)',
    tell: async stage => {
      await stage.group('staff')
      await stage.finish()
      const { head } = stage
      await stage.set('staff', { displayName: 'staff' })
      assert.equal(stage.head, head)
      await stage.set('staff', { description: null, displayName: 'staff' })
      assert.equal(stage.head, head + 1)
      await stage.finish({ minimal: true })
      assert.equal(stage.copyOf('staff')?.values['description'], null)
    },
  },
  {
    title: 'a property changed and changed back by two commits is told (DELTA-30)',
    tell: async stage => {
      await stage.group('staff', {}, { description: 'A' })
      await stage.finish()
      await stage.set('staff', { description: 'B' })
      await stage.set('staff', { description: 'A' })
      await stage.finish({ minimal: true })
    },
  },
  {
    title: 'of a PATCH that names one good and one deleted member nothing is done and nothing told (DELTA-83)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff')
      await stage.delete('bob')
      await stage.finish()
      await stage.set('staff', { description: 'A' }, { members: ['ann', 'bob'] })
      await stage.set('staff', { theme: 'Teal' })
      await stage.finish()
      assert.deepEqual(stage.copyOf('staff')?.values, { displayName: 'staff', theme: 'Teal' })
      assert.deepEqual(stage.copied('members', 'staff'), [])
    },
  },
  {
    title: 'a change outside the selected properties and relations tells nothing (DELTA-21)',
    readers: [{ properties: ['description'], relations: ['members'] }],
    tell: async stage => {
      await stage.people('ann')
      await stage.group('staff')
      await stage.finish()
      await stage.set('staff', { theme: 'Teal' })
      await stage.add('ann', 'owners', 'staff')
      await stage.set('staff', { hideFromAddressLists: true })
      await stage.finish()
      assert.deepEqual(stage.copyOf('staff')?.values, {})
    },
  },
]
