/** Bytes that grow when something is written behind their end; what lies between is zero. */
export interface GrowingBytes {
  data: Buffer
  length: number
}

export function noBytes(): GrowingBytes {
  return { data: Buffer.alloc(0), length: 0 }
}

export function copyBytes({ data, length }: GrowingBytes): GrowingBytes {
  return { data: Buffer.from(data.subarray(0, length)), length }
}

export function writeBytes(bytes: GrowingBytes, offset: number, written: Uint8Array): void {
  const end = offset + written.length
  if (end > bytes.data.length) {
    const larger = Buffer.alloc(Math.max(end, 2 * bytes.data.length))
    bytes.data.copy(larger, 0, 0, bytes.length)
    bytes.data = larger
  }
  bytes.data.set(written, offset)
  bytes.length = Math.max(bytes.length, end)
}

export function truncateBytes(bytes: GrowingBytes, length: number): void {
  if (length > bytes.length) writeBytes(bytes, length - 1, Buffer.alloc(1))
  bytes.data.fill(0, length, bytes.length)
  bytes.length = length
}
