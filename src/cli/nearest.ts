/** How alike two names must be to be taken for each other: of 1. */
const LIKENESS_MIN = 0.3

/** The names that are most like what was written, the best first, at most `max`; none where none is much like it. */
export function nearest(text: string, names: readonly string[], max = 3): string[] {
  return names
    .map(name => ({ name, likeness: likeness(text, name) }))
    .filter(({ likeness }) => likeness >= LIKENESS_MIN)
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, max)
    .map(({ name }) => name)
}

/** How many pairs of letters they share, of all that they have (Dice's coefficient): letters that are swapped, left out or too many do little. */
function likeness(a: string, b: string): number {
  const [ofA, ofB] = [pairsOf(a), pairsOf(b)]
  const shared = [...ofA].filter(pair => ofB.has(pair)).length
  return (2 * shared) / (ofA.size + ofB.size || 1)
}

function pairsOf(text: string): Set<string> {
  const letters = [...text.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')]
  return new Set(letters.slice(1).map((letter, index) => `${letters[index]}${letter}`))
}
