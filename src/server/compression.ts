import { promisify } from 'node:util'
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib'

/** Below this size, in bytes, a body is sent as it is: little is gained in a packet that is sent anyway. */
const BYTES_MIN = 1_024

type Coding = 'zstd' | 'br' | 'gzip'

const compressZstd = promisify(zstdCompress)
const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)

/** Each at its quickest: a page is made in less time than a higher level takes. The one liked best comes first. */
const COMPRESS: Readonly<Record<Coding, (bytes: Buffer) => Promise<Buffer>>> = {
  zstd: bytes => compressZstd(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
  br: bytes => compressBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  gzip: bytes => compressGzip(bytes, { level: 1 }),
}
const CODINGS = Object.keys(COMPRESS) as Coding[]

/** A body in the coding that its reader likes best; null where it is sent as it is. */
export async function compressed(
  bytes: Buffer,
  acceptEncoding: string | undefined,
): Promise<{ readonly coding: Coding; readonly bytes: Buffer } | null> {
  if (bytes.length < BYTES_MIN || acceptEncoding === undefined) return null
  const coding = chooseCoding(acceptEncoding)
  return coding === null ? null : { coding, bytes: await COMPRESS[coding](bytes) }
}

/**
 * The coding that an Accept-Encoding header asks for (RFC 9110 §12.5.3): of those with the greatest weight our first.
 * Null where it names none of ours, or would rather have none. What is not well formed in it is passed over.
 */
export function chooseCoding(acceptEncoding: string): Coding | null {
  const weights = new Map<string, number>()
  for (const part of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map(text => text.trim())
    const weight = readWeight(parameters)
    if (weight !== null) weights.set(name === 'x-gzip' ? 'gzip' : name, weight)
  }
  const weightOf = (coding: Coding): number => weights.get(coding) ?? weights.get('*') ?? 0
  const best = Math.max(...CODINGS.map(weightOf))
  if (best === 0 || best < (weights.get('identity') ?? 0)) return null
  return CODINGS.find(coding => weightOf(coding) === best) ?? null
}

/** From 0 to 1, with 1 where nothing is said; null for what is no weight. */
function readWeight(parameters: readonly string[]): number | null {
  const [parameter = 'q=1'] = parameters
  const text = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(parameter)?.[1]
  return text === undefined ? null : Number(text)
}
