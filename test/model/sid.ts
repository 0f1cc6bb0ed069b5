/** A cloud object's SID: the 16 bytes of its GUID as Windows lays them out, as four little-endian numbers. */
export function sidOf(id: string): string {
  const [a = '', b = '', c = '', ...rest] = id.split('-')
  const bytes = new DataView(new ArrayBuffer(16))
  bytes.setUint32(0, Number.parseInt(a, 16), true)
  bytes.setUint16(4, Number.parseInt(b, 16), true)
  bytes.setUint16(6, Number.parseInt(c, 16), true)
  bytes.setBigUint64(8, BigInt(`0x${rest.join('')}`))
  return `S-1-12-1-${[0, 4, 8, 12].map(at => bytes.getUint32(at, true)).join('-')}`
}
