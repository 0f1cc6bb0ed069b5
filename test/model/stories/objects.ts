import assert from 'node:assert/strict'
import type { Stage, Story } from '../stage.ts'
import type { Followed } from '../view.ts'

const USERS: Followed = { type: 'user', properties: ['displayName', 'jobTitle'], relations: [] }
const DEVICES: Followed = { type: 'device', properties: ['displayName', 'accountEnabled'], relations: [] }
const APPS: Followed = { type: 'servicePrincipal', properties: ['displayName'], relations: [] }
const ALL = [{ beside: [USERS, DEVICES, APPS] }]

const NAMES = ['staff', 'crew', 'ann', 'bob', 'laptop', 'phone', 'robot']

async function populate(stage: Stage): Promise<void> {
  await stage.people('ann', 'bob')
  await stage.other('device', 'laptop')
  await stage.other('device', 'phone')
  await stage.other('servicePrincipal', 'robot')
  await stage.group('crew', { members: ['laptop', 'ann'] })
  await stage.group('staff', { members: ['crew', 'robot', 'bob'], owners: ['ann', 'robot'] })
}

function held(stage: Stage, reader = 0): string[] {
  return NAMES.filter(name => stage.copyOf(name, reader) !== undefined)
}

/** Rounds of directory objects: several types in one. */
export const OBJECTS: readonly Story[] = [
  {
    title: 'a round of directory objects tells the objects of all its types, whatever the pages (DELTA-192)',
    readers: ALL,
    tell: async stage => {
      await populate(stage)
      await stage.finish({ objects: 1, edges: 1, examined: 2 })
      assert.deepEqual(held(stage), NAMES)
      assert.deepEqual(stage.copied('members', 'staff'), ['bob', 'crew', 'robot'])
      await stage.set('bob', { jobTitle: 'Chief' })
      await stage.set('laptop', { accountEnabled: false })
      await stage.delete('robot')
      await stage.delete('phone')
      await stage.delete('ann')
      await stage.finish({ objects: 1, examined: 2 })
      assert.deepEqual(held(stage), ['staff', 'crew', 'bob', 'laptop'])
      await stage.restore('robot')
      await stage.restore('ann')
      await stage.finish({ objects: 1 })
      assert.equal(stage.copyOf('bob')?.values['jobTitle'], 'Chief')
      assert.deepEqual(held(stage), ['staff', 'crew', 'ann', 'bob', 'laptop', 'robot'])
    },
  },
  {
    title: 'one commit on objects of several types is told whole, cut between any two of them (DELTA-35, DELTA-192)',
    readers: ALL,
    tell: async stage => {
      await populate(stage)
      await stage.finish()
      await stage.inOneCommit(commit => {
        for (const name of NAMES) commit.set(name, { displayName: 'New' })
        commit.add('phone', 'members', 'crew')
        commit.remove('bob', 'members', 'staff')
      })
      await stage.finish({ objects: 1, edges: 1, examined: 2 })
      for (const name of NAMES) assert.equal(stage.copyOf(name)?.values['displayName'], 'New', name)
    },
  },
  {
    title: 'what changes during a first round is told whether its type has been scanned or not (DELTA-39, DELTA-192)',
    readers: ALL,
    tell: async stage => {
      await populate(stage)
      for (const [step, name] of NAMES.entries()) {
        await stage.ask({ objects: 1 })
        await stage.set(name, { displayName: `Step ${step}` })
        await stage.other(step % 2 === 0 ? 'device' : 'servicePrincipal', `new ${step}`)
      }
      await stage.delete('phone')
      await stage.finish({ objects: 1 })
      for (const [step, name] of NAMES.entries()) {
        assert.notEqual(stage.copyOf(`new ${step}`), undefined, `new ${step}`)
        if (name !== 'phone') assert.equal(stage.copyOf(name)?.values['displayName'], `Step ${step}`)
      }
      assert.equal(stage.copyOf('phone'), undefined)
    },
  },
  {
    title: 'ids beside types choose those of them that are of these types (DELTA-193)',
    readers: [
      { beside: [DEVICES], names: ['staff', 'ann', 'laptop'] },
      { ...USERS, beside: [], names: ['staff', 'ann', 'laptop'] },
    ],
    tell: async stage => {
      await populate(stage)
      for (const reader of [0, 1]) await stage.finish({ reader, objects: 1 })
      assert.deepEqual(held(stage, 0), ['staff', 'laptop'])
      assert.deepEqual(held(stage, 1), ['ann'])
      for (const name of NAMES) await stage.set(name, { displayName: 'New' })
      for (const reader of [0, 1]) await stage.finish({ reader, objects: 1 })
      assert.deepEqual(held(stage, 0), ['staff', 'laptop'])
      assert.equal(stage.copyOf('laptop', 0)?.values['displayName'], 'New')
      assert.equal(stage.copyOf('ann', 1)?.values['displayName'], 'New')
    },
  },
  {
    title: 'of each type that is tracked which is selected of it, and no more (DELTA-21, DELTA-195)',
    readers: [{ properties: ['theme'], relations: [], beside: [DEVICES, { ...USERS, properties: [] }] }],
    tell: async stage => {
      await populate(stage)
      await stage.finish({ minimal: true })
      const { pages } = stage.world.inquiry.counts
      await stage.set('ann', { displayName: 'New' })
      await stage.set('staff', { displayName: 'New' })
      await stage.remove('bob', 'members', 'staff')
      await stage.finish({ minimal: true })
      assert.equal(stage.world.inquiry.counts.pages, pages + 1)
      assert.deepEqual(stage.copyOf('ann')?.values, {})
      await stage.set('laptop', { accountEnabled: false })
      await stage.set('staff', { theme: 'Teal' })
      await stage.delete('bob')
      await stage.finish({ minimal: true })
      assert.deepEqual(held(stage), ['staff', 'crew', 'ann', 'laptop', 'phone'])
      assert.equal(stage.copyOf('staff')?.values['theme'], 'Teal')
    },
  },
  {
    title: 'the Location of a refused link follows the same objects of the same types (DELTA-50, DELTA-192)',
    readers: [
      { beside: [DEVICES] },
      { ...APPS, beside: [{ ...USERS, properties: [] }], names: ['ann', 'robot', 'crew'] },
    ],
    tell: async stage => {
      await populate(stage)
      for (const reader of [0, 1]) await stage.finish({ reader })
      await stage.expireTokens()
      for (const reader of [0, 1]) {
        await stage.ask({ reader })
        assert.equal(stage.mustBeginAgain(reader), true)
        await stage.finish({ reader, objects: 1 })
      }
      assert.deepEqual(held(stage, 0), ['staff', 'crew', 'laptop', 'phone'])
      assert.deepEqual(held(stage, 1), ['ann', 'robot'])
    },
  },
]
