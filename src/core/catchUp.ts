import { behindAllOf, type ChangeCursor, cursorAt } from './cursor.ts'
import type { DirectoryObject, Edge, Fact, ObjectType } from './fact.ts'
import type { ObjectId } from './id.ts'
import { type Query, type Round, scopesOf, trackedOf } from './round.ts'
import { sizeOf } from './size.ts'
import type { PageLimit, Snapshot } from './snapshot.ts'

/** An object as a round tells it: gone, or there with these of its properties and these of its edges. */
export type Item =
  | {
      readonly kind: 'removed'
      readonly id: ObjectId
      readonly type: ObjectType
      readonly reason: 'changed' | 'deleted'
    }
  | {
      readonly kind: 'present'
      readonly object: DirectoryObject
      /** The names of the properties to show. */
      readonly properties: readonly string[]
      /** Live and removed ones. */
      readonly edges: readonly Edge[]
    }

/** What one page of a catch-up tells; `after` is null when no fact lies beyond it. */
export interface CaughtUp {
  readonly items: readonly Item[]
  readonly after: ChangeCursor | null
}

/**
 * Reads the facts beyond `start` until the page is full or none is left. Each object is one item: it gathers its edges,
 * also those of other versions, since all were read at one state. Where the scan has filled the page's beginning, an
 * object that it wrote can come again.
 */
export async function catchUp(
  snapshot: Snapshot,
  round: Round,
  start: ChangeCursor,
  limit: PageLimit,
  minimal: boolean,
): Promise<CaughtUp> {
  const teller = new Teller(snapshot, round, minimal)
  let after = start
  let examined = 0
  for await (const fact of snapshot.changes(scopesOf(round.query), start)) {
    if (examined >= limit.examined || !teller.hasRoomFor(fact, limit)) return { items: teller.items(), after }
    examined += 1
    after = cursorAt(fact)
    const isTold = await teller.tell(fact)
    // Whoever holds the link can read the cursor in it, and may not see the edge.
    if (fact.kind === 'edge' && !isTold) after = behindAllOf(fact.edge)
  }
  return { items: teller.items(), after: null }
}

interface OpenItem {
  readonly kind: 'present'
  readonly object: DirectoryObject
  readonly properties: readonly string[]
  readonly edges: Edge[]
}

/** Decides, fact by fact, what a round is told. The rules stand here once, for every store. */
class Teller {
  readonly #snapshot: Snapshot
  readonly #round: Round
  readonly #minimal: boolean
  readonly #objects = new Map<ObjectId, DirectoryObject | null>()
  readonly #items = new Map<ObjectId, OpenItem | Item>()
  #edges = 0
  #bytes = 0

  constructor(snapshot: Snapshot, round: Round, minimal: boolean) {
    this.#snapshot = snapshot
    this.#round = round
    this.#minimal = minimal
  }

  hasRoomFor(fact: Fact, limit: PageLimit): boolean {
    const id = fact.kind === 'object' ? fact.object.id : fact.edge.source
    if (fact.kind === 'edge' && this.#edges >= limit.edges) return false
    if (this.#bytes >= limit.bytes && !this.#objects.has(id)) return false
    return this.#items.size < limit.objects || this.#items.has(id)
  }

  /**
   * Takes a fact in; false where the page tells nothing of it. Whether it tells an edge is the same for all edges of the
   * edge's object and relation.
   */
  async tell(fact: Fact): Promise<boolean> {
    return fact.kind === 'object' ? this.#tellObject(fact.object) : this.#tellEdge(fact.edge)
  }

  items(): Item[] {
    return [...this.#items.values()]
  }

  #tellObject(object: DirectoryObject): boolean {
    this.#lookAt(object)
    if (object.state !== 'live') {
      const reason = object.state === 'deleted' ? 'changed' : 'deleted'
      this.#items.set(object.id, { kind: 'removed', id: object.id, type: object.type, reason })
    } else if (this.#isNews(object)) this.#open(object)
    return this.#items.has(object.id)
  }

  /** An edge of an object that is not live is not told: the object's own removal tells it. */
  async #tellEdge(edge: Edge): Promise<boolean> {
    if (!this.#round.query.types.some(({ relations }) => relations.includes(edge.relation))) return false
    const object = await this.#object(edge.source)
    if (object === null || object.state !== 'live') return false
    if (edge.relation === 'members' && object.membersHidden && !this.#round.query.seesHiddenMembers) return false
    this.#open(object).edges.push(edge)
    this.#edges += 1
    return true
  }

  async #object(id: ObjectId): Promise<DirectoryObject | null> {
    const known = this.#objects.get(id)
    if (known !== undefined) return known
    const object = await this.#snapshot.object(id)
    if (object === null) this.#objects.set(id, null)
    else this.#lookAt(object)
    return object
  }

  #lookAt(object: DirectoryObject): void {
    if (!this.#objects.has(object.id)) this.#bytes += sizeOf(object)
    this.#objects.set(object.id, object)
  }

  #open(object: DirectoryObject): OpenItem {
    const item = this.#items.get(object.id)
    if (item !== undefined && 'edges' in item) return item as OpenItem
    const opened: OpenItem = {
      kind: 'present',
      object,
      properties: shownProperties(object, this.#round, this.#minimal),
      edges: [],
    }
    this.#items.set(object.id, opened)
    return opened
  }

  #isNews(object: DirectoryObject): boolean {
    return (
      hasEntered(object, this.#round) ||
      trackedOf(this.#round.query, object.type).properties.some(name => isSince(object, name, this.#round))
    )
  }
}

/** Whether the object came into the view after the round's base. Its row's or its properties' versions cannot tell. */
function hasEntered(object: DirectoryObject, round: Round): boolean {
  return object.entered > round.base
}

function isSince(object: DirectoryObject, name: string, round: Round): boolean {
  return (object.stamps[name] ?? 0) > round.base
}

/**
 * An item's properties: one function of the object's row, the base and this request's Prefer, whatever brought the
 * item. Minimal changes nothing in a first round, nor for an object that has entered since the base.
 */
function shownProperties(object: DirectoryObject, round: Round, minimal: boolean): string[] {
  const set = namesSet(object, round.query)
  if (!minimal || round.first || hasEntered(object, round)) return set
  return set.filter(name => isSince(object, name, round))
}

/** What was never set is not shown; what was set to null is. */
function namesSet(object: DirectoryObject, query: Query): string[] {
  return trackedOf(query, object.type).properties.filter(name => object.properties[name] !== undefined)
}
