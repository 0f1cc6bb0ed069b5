/** A version 4 GUID that follows from a seed and a name: the order of ids has nothing to do with that of names. */
export function idOf(seed: number, name: string): string {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  let hex = ''
  for (let word = 0; word < 4; word += 1) {
    for (const character of `${name}/${word}`) hash = mixed(hash ^ character.charCodeAt(0))
    hex += (hash >>> 0).toString(16).padStart(8, '0')
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

function mixed(value: number): number {
  const folded = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  const again = Math.imul(folded ^ (folded >>> 15), 0x735a2d97)
  return again ^ (again >>> 15)
}
