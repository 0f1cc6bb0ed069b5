import type { ObjectId } from './id.ts'

/** The SID of a cloud object: `S-1-12-1-` and the GUID's 16 bytes as four little-endian numbers. */
export function securityIdentifier(id: ObjectId): string {
  const hex = id.replaceAll('-', '')
  const byte = (index: number): number => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16)
  // A GUID's first three parts are stored little-endian, so its first 8 digits are the first number as they stand.
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map(byte)
  const numbers = [0, 4, 8, 12].map(at => {
    const [a = 0, b = 0, c = 0, d = 0] = order.slice(at, at + 4)
    return a + b * 2 ** 8 + c * 2 ** 16 + d * 2 ** 24
  })
  return `S-1-12-1-${numbers.join('-')}`
}
