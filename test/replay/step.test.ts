import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Operation } from './history.ts'
import { newRoster } from './roster.ts'
import { predecessorsOf, stepsOf } from './step.ts'

test('the users of a line wait for nobody, who joins waits for group and user', () => {
  assert.deepEqual(
    waits([
      { op: 'user.create', user: 'ann' },
      { op: 'user.create', user: 'bob' },
      { op: 'group.create', group: 'staff', description: '' },
      { op: 'member.add', group: 'staff', member: 'user:ann' },
      { op: 'member.add', group: 'staff', member: 'user:bob' },
    ]),
    [[], [], [], [0, 2], [1, 2]],
  )
})

test('what was added is removed after that, and added again after that', () => {
  assert.deepEqual(
    waits([
      { op: 'user.create', user: 'ann' },
      { op: 'group.create', group: 'staff', description: '' },
      { op: 'member.add', group: 'staff', member: 'user:ann' },
      { op: 'member.remove', group: 'staff', member: 'user:ann' },
      { op: 'member.add', group: 'staff', member: 'user:ann' },
      { op: 'owner.add', group: 'staff', member: 'user:ann' },
    ]),
    [[], [], [0, 1], [0, 1, 2], [0, 1, 3], [0, 1]],
  )
})

test('a group is described, renamed and deleted in order, and after whoever joined it or it joined', () => {
  assert.deepEqual(
    waits([
      { op: 'group.create', group: 'staff', description: '' },
      { op: 'group.create', group: 'nested', description: '' },
      { op: 'member.add', group: 'staff', member: 'group:nested' },
      { op: 'group.update', group: 'nested', description: 'in staff' },
      { op: 'group.rename', group: 'nested', to: 'inner' },
      { op: 'group.delete', group: 'inner' },
    ]),
    [[], [], [0, 1], [1, 2], [3], [4]],
  )
})

test('a group that takes the name of a deleted one waits for nobody', () => {
  assert.deepEqual(
    waits([
      { op: 'group.create', group: 'staff', description: '' },
      { op: 'group.delete', group: 'staff' },
      { op: 'group.create', group: 'staff', description: 'anew' },
    ]),
    [[], [0], []],
  )
})

test('steps that touch the same object stand in one chain of waiting, but joins and leaves of different members', () => {
  const edge = fc.record({
    op: fc.constantFrom('member.add', 'member.remove', 'owner.add', 'owner.remove'),
    group: fc.constantFrom('a', 'b'),
    member: fc.constantFrom('user:u', 'group:a', 'group:b'),
  })
  const update = fc.record({
    op: fc.constant('group.update' as const),
    group: fc.constantFrom('a', 'b'),
    description: fc.constant('d'),
  })
  const begin: Operation[] = [
    { op: 'user.create', user: 'u' },
    { op: 'group.create', group: 'a', description: '' },
    { op: 'group.create', group: 'b', description: '' },
  ]
  fc.assert(
    fc.property(fc.array(fc.oneof(edge, update), { maxLength: 12 }), more => {
      const operations = [...begin, ...(more as Operation[])]
      const reach = reachable(waits(operations))
      for (const [later, mine] of operations.entries()) {
        for (const [earlier, other] of operations.slice(0, later).entries()) {
          if (conflict(other, mine)) assert.ok(reach[later]?.has(earlier), `${later} does not wait for ${earlier}`)
        }
      }
    }),
  )
})

test('a name that nobody bears is refused with the number of the line', () => {
  assert.throws(
    () => stepsOf({ number: 12, operations: [{ op: 'group.delete', group: 'staff' }] }, newRoster()),
    /^Error: Line 12 cannot be played: nobody is called 'group:staff' there\.$/,
  )
})

function waits(operations: readonly Operation[]): number[][] {
  return predecessorsOf(stepsOf({ number: 1, operations }, newRoster())).map(before => before.toSorted((a, b) => a - b))
}

/** For each step all that it waits for, at first and at second hand. */
function reachable(before: readonly number[][]): Set<number>[] {
  const reach: Set<number>[] = []
  for (const direct of before) reach.push(new Set(direct.flatMap(earlier => [earlier, ...(reach[earlier] ?? [])])))
  return reach
}

function conflict(a: Operation, b: Operation): boolean {
  if ('member' in a && 'member' in b) {
    const isSameRelation = a.op.split('.')[0] === b.op.split('.')[0]
    return isSameRelation && a.group === b.group && a.member === b.member
  }
  const objectsOf = (operation: Operation) => {
    if ('user' in operation) return [`user:${operation.user}`]
    return [`group:${operation.group}`, ...('member' in operation ? [operation.member] : [])]
  }
  const mine = objectsOf(a)
  return objectsOf(b).some(object => mine.includes(object))
}
