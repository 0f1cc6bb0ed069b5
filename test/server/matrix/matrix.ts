import type { Case } from './cases.ts'
import { HEADERS } from './header.ts'
import { AUDIENCES, ISSUERS } from './issuers.ts'
import { OF_KEYS } from './keys.ts'
import { RIGHTS } from './rights.ts'
import { ALGORITHMS, SIGNATURES } from './signature.ts'
import { SUBJECTS } from './subjects.ts'
import { TIMES } from './times.ts'
import { TRANSPORT } from './transport.ts'

/** The sections of the matrix, in their order. */
export const SECTIONS: Readonly<Record<string, readonly Case[]>> = {
  Algorithms: ALGORITHMS,
  Headers: HEADERS,
  Signatures: SIGNATURES,
  'Issuers and tenants': ISSUERS,
  Audiences: AUDIENCES,
  Times: TIMES,
  'Apps and users': SUBJECTS,
  'Roles and scopes': RIGHTS,
  'How the token is sent': TRANSPORT,
  'Keys of the issuer': OF_KEYS,
}
