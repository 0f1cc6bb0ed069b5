import fc from 'fast-check'
import { afterVersion } from '../../src/core/cursor.ts'
import {
  type DirectoryObject,
  type JsonValue,
  type ObjectState,
  type ObjectType,
  RELATIONS,
  type Relation,
} from '../../src/core/fact.ts'
import type { Filter } from '../../src/core/filter.ts'
import type { ObjectId, TenantId } from '../../src/core/id.ts'
import { type ListedPage, type ListOrder, planList } from '../../src/core/list.ts'
import { isStandard } from '../../src/core/resource.ts'
import type {
  AlternateKey,
  EdgeView,
  PageLimit,
  Projection,
  Scope,
  Snapshot,
  Transaction,
} from '../../src/core/snapshot.ts'
import type { Oracle } from './oracle.ts'
import { anObject, deviceId, groupId, numbers, personId, typeOf } from './tenant.ts'
import { changesAll, SHORT, scanAll, textOf } from './walk.ts'

const GROUP_IDS = numbers(5).map(groupId)
const PERSON_IDS = numbers(4).map(personId)
const DEVICE_IDS = numbers(2).map(deviceId)
const ALL_IDS: readonly ObjectId[] = [...GROUP_IDS, ...PERSON_IDS, ...DEVICE_IDS]
const SCOPED_TYPES: readonly ObjectType[] = ['group', 'user', 'device']
const KEYS: readonly AlternateKey[] = ['mailNickname', 'uniqueName', 'userPrincipalName']
const VALUES = ['a', 'A', 'b']
const NAMES = ['displayName', 'description', 'groupTypes', 'mail', 'uniqueName', 'assignedLabels']

type Command =
  | {
      readonly kind: 'put'
      readonly id: ObjectId
      readonly state: ObjectState
      readonly membersHidden: boolean
      readonly properties: Readonly<Record<string, JsonValue>>
      readonly keys: Readonly<Partial<Record<AlternateKey, string>>>
    }
  | {
      readonly kind: 'link' | 'unlink'
      readonly source: ObjectId
      readonly relation: Relation
      readonly target: ObjectId
    }
  | { readonly kind: 'stamp'; readonly id: ObjectId }
  | { readonly kind: 'drop'; readonly id: ObjectId }
  | { readonly kind: 'removeTo'; readonly id: ObjectId }

/** A commit that may fail at its end, or a compaction to so many versions below the head. */
export type Step =
  | { readonly kind: 'commit'; readonly commands: readonly Command[]; readonly fails: boolean; readonly at: number }
  | { readonly kind: 'compact'; readonly keep: number }

/** How a history is asked what it holds. */
export interface Question {
  readonly scope: Scope
  /** Of other types, whose changes are read with those of the scope. */
  readonly beside: readonly Scope[]
  readonly projection: Projection
  readonly limit: PageLimit
  readonly since: number
  readonly facts: number
}

const properties = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom<JsonValue>(null, true, '', '"\\/\u2028', [], ['Unified', 'ä']),
    fc.integer().map((n): JsonValue => [{ n, half: n / 2, none: null }]),
  ),
)

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      id: fc.constantFrom(...ALL_IDS),
      state: fc.constantFrom<ObjectState>('live', 'live', 'live', 'live', 'deleted', 'purged'),
      membersHidden: fc.integer({ min: 0, max: 4 }).map(number => number === 0),
      properties,
      keys: fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), { maxKeys: 1 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('link' as const, 'link' as const, 'unlink' as const),
      source: fc.constantFrom(...GROUP_IDS),
      relation: fc.constantFrom(...RELATIONS),
      target: fc.constantFrom(...ALL_IDS),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('stamp' as const, 'drop' as const, 'removeTo' as const),
      id: fc.constantFrom(...ALL_IDS),
    }),
  },
)

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      commands: fc.array(command, { maxLength: 8 }),
      fails: fc.integer({ min: 0, max: 6 }).map(number => number === 0),
      at: fc.integer({ min: 0, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), keep: fc.integer({ min: -1, max: 6 }) }) },
)

function readFor(names: Projection['properties'], type: ObjectType): Scope['properties'] {
  return names === 'standard' || names.every(name => isStandard(type, name)) ? 'standard' : 'all'
}

export const question: fc.Arbitrary<Question> = fc
  .record({
    types: fc.shuffledSubarray<ObjectType>(['group', 'group', ...SCOPED_TYPES], { minLength: 1 }),
    relations: fc.subarray([...RELATIONS]),
    ids: fc.option(fc.subarray([...ALL_IDS])),
    properties: fc.oneof(fc.constant('standard' as const), fc.shuffledSubarray(NAMES)),
    showHiddenMembers: fc.boolean(),
    limit: fc.record({
      objects: fc.integer({ min: 1, max: 6 }),
      edges: fc.integer({ min: 1, max: 8 }),
      examined: fc.integer({ min: 2, max: 12 }),
      bytes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant(1_000_000)),
    }),
    since: fc.integer({ min: 0, max: 20 }),
    facts: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ types, relations: some, ids, properties, showHiddenMembers, ...bounds }) => {
    const scopeOf = (type: ObjectType): Scope => {
      return { type, relations: type === 'group' ? some : [], properties: readFor(properties, type), ids }
    }
    const [scope = scopeOf('group'), ...beside] = [...new Set(types)].map(scopeOf)
    const { relations } = scope
    return {
      scope,
      beside,
      projection: {
        ...SHORT,
        properties,
        relations: SHORT.relations.filter(({ relation }) => relations.includes(relation)),
        showHiddenMembers,
      },
      ...bounds,
    }
  })

/** Plays one step; the answer tells what came of it. */
export async function play(store: Oracle, tenant: TenantId, step: Step): Promise<unknown> {
  if (step.kind === 'compact') {
    const head = await store.read(tenant, async ({ head }) => head)
    return store.compact(tenant, head - step.keep)
  }
  const by = { at: step.at, app: null, user: null, requestId: null }
  const work = async (transaction: Transaction) => {
    for (const command of step.commands) await run(transaction, command)
    if (step.fails) throw new Error('refused')
  }
  return store.write(tenant, by, work).then(
    () => 'done',
    () => 'thrown',
  )
}

async function run(transaction: Transaction, command: Command): Promise<void> {
  if (command.kind === 'put') return put(transaction, command)
  if (command.kind === 'stamp') return transaction.stampEdgesFrom(command.id)
  if (command.kind === 'drop') return transaction.dropEdgesFrom(command.id)
  if (command.kind === 'removeTo') return transaction.removeEdgesTo(command.id)
  const { source, relation, target } = command
  const from = await transaction.object(source)
  if (from === null || from.state === 'purged') return
  const { version } = transaction
  await transaction.putEdge({
    source,
    relation,
    target,
    targetType: typeOf(target),
    live: command.kind === 'link',
    version,
  })
}

/** Only live objects have keys; the edges from a purged one go with it. */
async function put(transaction: Transaction, command: Command & { readonly kind: 'put' }): Promise<void> {
  const { id, state, membersHidden, properties, keys } = command
  const details = { type: typeOf(id), membersHidden, properties: state === 'purged' ? {} : properties } as const
  const object: DirectoryObject = {
    ...anObject(transaction, id, details),
    state,
    deletedAt: state === 'deleted' ? '2026-03-01T00:00:00Z' : null,
  }
  await transaction.putObject(object, state === 'live' ? keys : {})
  if (state === 'purged') await transaction.dropEdgesFrom(id)
}

/** Everything that a snapshot of a history can be asked: each fact and key, and what the questions read. */
export async function holdings(snapshot: Snapshot, questions: readonly Question[]) {
  const triples = GROUP_IDS.flatMap(source =>
    RELATIONS.flatMap(relation => ALL_IDS.map(target => [source, relation, target] as const)),
  )
  return {
    head: snapshot.head,
    horizon: snapshot.horizon,
    nonces: await each(numbers(snapshot.head + 2), number => snapshot.nonceOf(number - 1)),
    objects: await each(ALL_IDS, id => snapshot.object(id)),
    edges: await each(triples, triple => snapshot.edge(...triple)),
    keys: await each(KEYS, key => each(VALUES, value => snapshot.idByKey(key, value))),
    answers: await each(questions, question => ask(snapshot, question)),
  }
}

async function ask(snapshot: Snapshot, asked: Question) {
  const { scope, beside, projection, limit, since, facts } = asked
  const pages = await scanAll(snapshot, { scope, projection, limit })
  const listed = (state: ObjectState) => snapshot.objects(scope.type, state, ALL_IDS[since % 9] ?? null, facts)
  return {
    pages: pages.map(page => ({ ...page, json: textOf(page) })),
    changes: await changesAll(snapshot, [scope, ...beside], afterVersion(since), facts),
    lists: await each(['live', 'deleted', 'purged'] as const, listed),
    found: await each(FINDS, ([filter, order]) => found(snapshot, asked, filter, order)),
    counts: await each(['live', 'deleted', 'purged'] as const, state => snapshot.countObjects(scope.type, state)),
    memberships: await each(RELATIONS, relation =>
      memberships(snapshot, { relation, showHiddenMembers: projection.showHiddenMembers }, since, facts),
    ),
    edges: await each(GROUP_IDS, id => snapshot.edges(id, 'members', ALL_IDS[since % 11] ?? null, facts)),
  }
}

const NAMED: Filter = { kind: 'property', property: 'displayName', test: { kind: 'ge', value: 'a' } }
const FINDS: readonly (readonly [Filter | null, ListOrder | null])[] = [
  [null, { key: 'displayName', descending: true }],
  [NAMED, null],
  [
    { kind: 'or', terms: [NAMED, { kind: 'property', property: 'mail', test: { kind: 'startsWith', text: '' } }] },
    null,
  ],
]

/** All pages of a list of each state, of few objects. */
async function found(snapshot: Snapshot, { scope, limit }: Question, filter: Filter | null, order: ListOrder | null) {
  const { type } = scope
  const { bytes } = limit
  return each(['live', 'deleted'] as const, async state => {
    const query = planList(type, state, filter, order)
    const pages: ListedPage[] = []
    for (let page: ListedPage | null = null; page === null || page.after !== null; pages.push(page)) {
      page = await snapshot.list(query, page?.after ?? null, { objects: 2, examined: 3, bytes })
    }
    return pages
  })
}

async function memberships(snapshot: Snapshot, view: EdgeView, since: number, limit: number) {
  const after = ALL_IDS[since % 12] ?? null
  const sources = GROUP_IDS.slice(since % 5)
  const type = ([null, 'group', 'user', 'device'] as const)[since % 4] ?? null
  return {
    targets: await snapshot.targets(sources, view, type, after, limit),
    each: [...snapshot.eachTarget(sources, view, type, after)].sort(),
    one: await each(GROUP_IDS, id => snapshot.countTargets(id, view, type)),
    sources: await each(ALL_IDS, id => snapshot.sources(id, view, after, limit)),
    held: await each(ALL_IDS, id => snapshot.countSources(id, view)),
    within: GROUP_IDS.map(id => [...snapshot.groupsWithin(id, view.showHiddenMembers)].sort()),
    around: ALL_IDS.map(id => [...snapshot.groupsAround(id, view.showHiddenMembers)].sort()),
  }
}

async function each<T, R>(items: readonly T[], answer: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = []
  for (const item of items) answers.push(await answer(item))
  return answers
}
