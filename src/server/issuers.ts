import { localIssuer } from '../auth/localProfile.ts'
import type { TokenIssuer } from '../auth/tokenIssuer.ts'
import type { Services } from './services.ts'

/** Those whose access tokens the server believes. The first is the one that it tells to those who have none. */
export function believedIssuers({ trust, controls, publicBase }: Services): readonly [TokenIssuer, ...TokenIssuer[]] {
  if (!trust.local) return trust.external
  return [localIssuer({ ring: () => controls.ring, bases: () => publicBase.all }), ...trust.external]
}
