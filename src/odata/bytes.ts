import { guidOf } from '../core/id.ts'

/** Writes the canonical bytes of a state token. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = []

  byte(value: number): void {
    this.#parts.push(Uint8Array.of(value))
  }

  /** An unsigned LEB128 varint of up to 53 bits. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${value} does not fit a state token.`)
    const out: number[] = []
    let rest = value
    while (rest >= 0x80) {
      out.push((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    out.push(rest)
    this.#parts.push(Uint8Array.from(out))
  }

  /** A GUID, as 16 bytes in the order of its text. */
  id(guid: string): void {
    this.#parts.push(Buffer.from(guid.replaceAll('-', ''), 'hex'))
  }

  /** Bytes of a known number. */
  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes)
  }

  /** Up to 255 bytes with their number before them. */
  bytes(bytes: Uint8Array): void {
    this.byte(bytes.length)
    this.#parts.push(bytes)
  }

  done(): Uint8Array {
    return Buffer.concat(this.#parts)
  }
}

/** Reads what a ByteWriter wrote; throws an Error where the bytes end too soon or too late. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw new Error('The bytes of a state token end too soon.')
    this.#at += 1
    return value
  }

  number(): number {
    let value = 0
    for (let place = 1; ; place *= 0x80) {
      const byte = this.byte()
      value += (byte & 0x7f) * place
      if (!Number.isSafeInteger(value)) throw new Error('A number in a state token is too large.')
      if (byte < 0x80) return value
    }
  }

  id(): string {
    return guidOf(Buffer.from(this.raw(16)).toString('hex'))
  }

  raw(length: number): Uint8Array {
    const bytes = this.#bytes.subarray(this.#at, this.#at + length)
    if (bytes.length < length) throw new Error('The bytes of a state token end too soon.')
    this.#at += length
    return bytes
  }

  bytes(): Uint8Array {
    return this.raw(this.byte())
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.raw(this.#bytes.length - this.#at)
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new Error('The bytes of a state token go on too long.')
  }
}
