import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from './fault.ts'
import { idOf, newRoster } from './roster.ts'

test('a renamed group is found under its new name only', () => {
  const roster = newRoster()
  const staff = roster.addGroup('staff')
  assert.equal(roster.renameGroup('staff', 'people'), staff)
  assert.equal(roster.group('people'), staff)
  assert.equal(roster.member('group:people'), staff)
  assert.throws(() => roster.group('staff'), isFault(/nobody is called 'group:staff'/))
})

test('the name of a deleted or renamed group is free for another one', () => {
  const roster = newRoster()
  const first = roster.addGroup('staff')
  roster.deleteGroup('staff')
  const second = roster.addGroup('staff')
  roster.renameGroup('staff', 'people')
  const third = roster.addGroup('staff')
  assert.equal(new Set([first.key, second.key, third.key]).size, 3)
  assert.equal(roster.group('staff'), third)
})

test('a group may be renamed to what a deleted one was called, and to what it is called', () => {
  const roster = newRoster()
  roster.addGroup('old')
  roster.deleteGroup('old')
  const staff = roster.addGroup('staff')
  assert.equal(roster.renameGroup('staff', 'old'), staff)
  assert.equal(roster.renameGroup('old', 'old'), staff)
})

test('a name that is taken is refused', () => {
  const roster = newRoster()
  roster.addUser('ann')
  roster.addGroup('staff')
  roster.addGroup('people')
  assert.throws(() => roster.addUser('ann'), isFault(/'user:ann' is there already/))
  assert.throws(() => roster.addGroup('staff'), isFault(/'group:staff' is there already/))
  assert.throws(() => roster.renameGroup('staff', 'people'), isFault(/'group:people' is there already/))
  assert.doesNotThrow(() => roster.addGroup('ann'))
})

test('a deleted group cannot become a member, but can cease to be one', () => {
  const roster = newRoster()
  const nested = roster.addGroup('nested')
  roster.deleteGroup('nested')
  assert.throws(() => roster.member('group:nested'), isFault(/nobody is called 'group:nested'/))
  assert.equal(roster.formerMember('group:nested'), nested)
  assert.throws(() => roster.formerMember('group:never'), isFault(/nobody is called 'group:never'/))
  assert.throws(() => roster.formerMember('user:nested'), isFault(/nobody is called 'user:nested'/))
})

test('a living group is meant before a deleted one of the same name', () => {
  const roster = newRoster()
  roster.addGroup('nested')
  roster.deleteGroup('nested')
  const second = roster.addGroup('nested')
  assert.equal(roster.formerMember('group:nested'), second)
})

test('a name may hold colons', () => {
  const roster = newRoster()
  const ann = roster.addUser('ann:b')
  assert.equal(roster.member('user:ann:b'), ann)
})

test('an id is there once the creation was answered', () => {
  const ann = newRoster().addUser('ann')
  assert.throws(() => idOf(ann), /before the server has answered/)
  ann.id = '7'
  assert.equal(idOf(ann), '7')
})

function isFault(message: RegExp): (error: unknown) => boolean {
  return error => error instanceof Fault && error.exitCode === 2 && message.test(error.message)
}
