/** What ends when nobody waits for it any more, or its answer is taken. */
interface Leaving {
  readonly once: (event: 'close', left: () => void) => unknown
}

/** Those of one line who wait, and how many are under way. */
interface Line {
  readonly waiting: Set<() => void>
  underWay: number
}

/**
 * Gives what resolves once one of a line has its turn, which is when fewer than `max` of its line are under way, that is
 * have not left: to true, and to false where it left while it waited.
 */
export function turnsInLines<Name>(max: number): (name: Name, one: Leaving) => Promise<boolean> {
  const lines = new Map<Name, Line>()
  return async (name, one) => {
    const line = lines.get(name) ?? { waiting: new Set(), underWay: 0 }
    lines.set(name, line)
    const begin = (): void => {
      line.underWay += 1
      one.once('close', () => {
        line.underWay -= 1
        const [next] = line.waiting
        if (next !== undefined) next()
        else if (line.underWay === 0) lines.delete(name)
      })
    }
    if (line.underWay < max) {
      begin()
      return true
    }
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const mine = (): void => {
      line.waiting.delete(mine)
      begin()
      resolve(true)
    }
    line.waiting.add(mine)
    one.once('close', () => {
      line.waiting.delete(mine)
      resolve(false)
    })
    return promise
  }
}
