import type { TestContext } from 'node:test'
import type { Reply } from '../aServer.ts'
import { type Forge, PROFILES, type Profile } from './ground.ts'

/** Sends what the case says: gives the token to be sent as a bearer, or the answer to a request of another kind. */
export type Proof = (forge: Forge, context: TestContext) => string | Promise<string | Reply>

/** A case of the matrix in docs/security.md, by the name that it has there. */
export interface Case {
  readonly name: string
  readonly profiles: readonly Profile[]
  readonly proof: Proof
}

export function casesOf(profiles: readonly Profile[], proofs: Readonly<Record<string, Proof>>): readonly Case[] {
  return Object.entries(proofs).map(([name, proof]) => ({ name, profiles, proof }))
}

export function everyCase(proofs: Readonly<Record<string, Proof>>): readonly Case[] {
  return casesOf(PROFILES, proofs)
}
