import { localIssuer } from '../auth/localProfile.ts'
import type { TokenIssuer } from '../auth/tokenIssuer.ts'
import type { Services } from './services.ts'

/** Those whose access tokens the server believes. */
export function believedIssuers({ controls, publicBase }: Services): readonly [TokenIssuer, ...TokenIssuer[]] {
  return [localIssuer({ ring: () => controls.ring, bases: () => publicBase.all })]
}
