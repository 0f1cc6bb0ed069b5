import type { DirectoryObject } from './fact.ts'

/** The bytes of an object's properties, as one JSON text: those that it was read with. */
export function sizeOf({ properties }: Pick<DirectoryObject, 'properties'>): number {
  return Buffer.byteLength(JSON.stringify(properties))
}
