/** Text as lists compare it: without regard to case, wherever in a word a letter stands (a final sigma is a sigma). */
export function foldText(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ')
}

/** By code point, which is the order of UTF-8: databases compare so, JavaScript's `<` does not. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at += 1) {
    const difference = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all that one code unit can name. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** The least text after `text` itself. */
export function justAfter(text: string): string {
  return `${text}\0`
}

/** The least text after all that begin with `prefix`; null where there is none. */
export function afterPrefix(prefix: string): string | null {
  const points = [...prefix]
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const next = nextPoint(last.codePointAt(0) ?? 0)
    if (next !== null) return points.join('') + next
  }
  return null
}

function nextPoint(point: number): string | null {
  if (point === 0x10ffff) return null
  return String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1)
}
