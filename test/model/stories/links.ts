import assert from 'node:assert/strict'
import { MISUSES } from '../misuse.ts'
import type { Stage, Story } from '../stage.ts'

/** Each step of a story takes a second: this wait and the request after it make seven days. */
const WEEK_HOURS = 7 * 24 - 2 / 3600
const SECOND_HOURS = 1 / 3600

/** How long links are good, and for what. */
export const LINKS: readonly Story[] = [
  {
    title: 'a link whose base is exactly at the horizon is honoured, one version lower is refused (DELTA-51)',
    readers: [{}, {}, {}],
    tell: async stage => {
      await stage.group('staff')
      await stage.finish({ reader: 0 })
      await stage.group('crew')
      await stage.finish({ reader: 1 })
      await stage.group('board')
      await stage.finish({ reader: 2 })
      await stage.set('staff', { description: 'A' })
      await stage.compact(2)
      for (const reader of [0, 1, 2]) await stage.ask({ reader })
      assert.deepEqual(
        [0, 1, 2].map(reader => stage.mustBeginAgain(reader)),
        [true, false, false],
      )
    },
  },
  {
    title: 'a removal of the version after the horizon is still told (DELTA-49, DELTA-51)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.finish()
      await stage.remove('ann', 'members', 'staff')
      await stage.compact(stage.head - 1)
      await stage.finish()
      assert.deepEqual(stage.copied('members', 'staff'), ['bob'])
    },
  },
  {
    title: 'a purge of the version after the horizon is still told (DELTA-49, DELTA-60)',
    tell: async stage => {
      await stage.group('staff')
      await stage.delete('staff')
      await stage.finish()
      await stage.purge('staff')
      await stage.compact(stage.head - 1)
      await stage.finish()
      assert.equal(stage.mustBeginAgain(), false)
    },
  },
  {
    title: 'the horizon never falls: what is gone below it stays refused (DELTA-51)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('crew')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.finish()
      await stage.set('crew', { description: 'A' })
      await stage.remove('ann', 'members', 'staff')
      await stage.ask({ examined: 1 })
      assert.equal(stage.isAtEnd(), false)
      await stage.compact(stage.head)
      await stage.compact(0)
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  {
    title: 'in mid-round it is the base that the horizon is held against, not the place that was reached (DELTA-51)',
    tell: async stage => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.group('crew')
      await stage.finish()
      await stage.remove('ann', 'members', 'staff')
      await stage.delete('staff')
      for (const description of ['A', 'B', 'C']) await stage.group(`crew${description}`)
      await stage.ask({ examined: 4 })
      assert.equal(stage.isAtEnd(), false)
      await stage.compact(4)
      await stage.restore('staff')
      await stage.ask({ examined: 4 })
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  {
    title: 'a scan whose watermark is below the horizon is refused (DELTA-51)',
    tell: async stage => {
      const [early = '', middle = '', late = ''] = stage.inKeyOrder('staff', 'crew', 'board')
      for (const name of [early, middle, late]) await stage.group(name)
      await stage.ask({ objects: 1 })
      await stage.erase(early)
      await stage.ask({ objects: 1 })
      assert.notEqual(stage.copyOf(early), undefined)
      await stage.compact(stage.head)
      await stage.ask({ objects: 1 })
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  {
    title: 'a link that saw a version which was lost is refused, though its number has come again (DELTA-52)',
    tell: async stage => {
      await stage.group('staff')
      await stage.save()
      await stage.set('staff', { description: 'A' })
      await stage.finish()
      await stage.lose()
      await stage.set('staff', { theme: 'Teal' })
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  {
    title: 'a link that saw only versions which were not lost stays good (DELTA-52)',
    tell: async stage => {
      await stage.group('staff')
      await stage.finish()
      await stage.save()
      await stage.set('staff', { description: 'A' })
      await stage.lose()
      await stage.set('staff', { theme: 'Teal' })
      await stage.finish()
      assert.deepEqual(stage.copyOf('staff')?.values, { displayName: 'staff', theme: 'Teal' })
    },
  },
  {
    title: 'a round whose later page saw a lost version is refused, though its base was not lost (DELTA-52)',
    tell: async stage => {
      await stage.group('crew')
      await stage.group('staff')
      await stage.finish()
      await stage.set('crew', { description: 'A' })
      await stage.set('staff', { description: 'A' })
      await stage.group('board')
      await stage.ask({ objects: 1 })
      await stage.save()
      await stage.set('crew', { description: 'B' })
      await stage.ask({ objects: 1 })
      assert.equal(stage.isAtEnd(), false)
      await stage.lose()
      await stage.set('staff', { theme: 'Teal' })
      await stage.ask({ objects: 1 })
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  {
    title: 'a link from the empty directory is good as long as nothing was compacted (DELTA-52)',
    tell: async stage => {
      await stage.finish()
      await stage.group('staff')
      await stage.finish()
      assert.equal(stage.mustBeginAgain(), false)
    },
  },
  {
    title: 'a link lives seven days from its own issue, and not a second more (DELTA-49, DELTA-50)',
    readers: [{ names: ['staff'] }],
    tell: async stage => {
      await stage.group('staff')
      await stage.finish()
      await stage.wait(WEEK_HOURS)
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), false)
      await stage.wait(WEEK_HOURS + SECOND_HOURS)
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  {
    title: 'after a reset every link made before begins again, with its own options (DELTA-50)',
    readers: [{ properties: ['theme'], relations: ['owners'], names: ['staff', 'crew'] }],
    tell: async stage => {
      await stage.group('staff', {}, { theme: 'Teal' })
      await stage.group('board')
      await stage.finish()
      await stage.expireTokens()
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), true)
      await stage.finish()
      assert.equal(stage.copyOf('board'), undefined)
      assert.deepEqual(stage.copyOf('staff')?.values, { theme: 'Teal' })
    },
  },
  {
    title: 'a link under an older key is good until that key is gone (DELTA-53)',
    tell: async stage => {
      await stage.group('staff')
      await stage.finish()
      await stage.replaceKey(true)
      await stage.set('staff', { description: 'A' })
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), false)
      await stage.replaceKey(false)
      await stage.ask()
      assert.equal(stage.mustBeginAgain(), true)
    },
  },
  ...MISUSES.map(how => ({
    title: `a link is refused when it is used ${how === 'altered' ? how : how.replace('other', 'with another')} (DELTA-17, DELTA-54, DELTA-55)`,
    tell: async (stage: Stage) => {
      await stage.people('ann', 'bob')
      await stage.group('staff', { members: ['ann', 'bob'] })
      await stage.ask({ edges: 1 })
      await stage.misuse(how)
      await stage.finish({ edges: 1 })
      await stage.misuse(how)
    },
  })),
]
