import type { CommandContext } from './change.ts'
import type { ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import type { Values } from './value.ts'

/** The types whose objects hold no others: what is kept of one is its values alone. */
export type PlainType = Exclude<ObjectType, 'group'>

/** What sets one of these types apart where its objects are made and changed. */
export interface PlainRules {
  /** What a caller must say of a new object. */
  readonly required: readonly string[]
  /** The values as they are kept, those that follow from others too. Throws `Request_BadRequest` for what cannot be. */
  readonly kept: (values: Values, context: CommandContext) => Values
  /** What a new object has where the caller does not say otherwise; `values` are those that it says. */
  readonly initial: (id: ObjectId, values: Values, context: CommandContext) => Values
}
