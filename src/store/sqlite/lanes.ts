/** What waits for its turn: first come, first served within a lane, and the lanes one after the other. */
export class Lanes<Lane, Item> {
  /** In the order in which they have their next turn; none is empty. */
  readonly #lanes = new Map<Lane, Item[]>()

  get isEmpty(): boolean {
    return this.#lanes.size === 0
  }

  /** How many wait in all. */
  get size(): number {
    let size = 0
    for (const items of this.#lanes.values()) size += items.length
    return size
  }

  push(lane: Lane, item: Item): void {
    const items = this.#lanes.get(lane)
    if (items === undefined) this.#lanes.set(lane, [item])
    else items.push(item)
  }

  /** Takes out what has its turn; undefined when nothing waits. */
  take(): Item | undefined {
    for (const [lane, items] of this.#lanes) {
      const item = items.shift()
      this.#lanes.delete(lane)
      if (items.length > 0) this.#lanes.set(lane, items)
      return item
    }
    return undefined
  }

  /** Takes out all that waits. */
  takeAll(): Item[] {
    const items = [...this.#lanes.values()].flat()
    this.#lanes.clear()
    return items
  }
}
