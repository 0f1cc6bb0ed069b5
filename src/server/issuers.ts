import { localIssuer } from '../auth/bearer/localProfile.ts'
import type { TokenIssuer } from '../auth/bearer/tokenIssuer.ts'
import type { Services } from './services.ts'

/** Those whose access tokens the server believes. The first is the one that it tells to those who have none. */
export function believedIssuers(services: Services): readonly [TokenIssuer, ...TokenIssuer[]] {
  const { trust, controls, publicBase, signIns, clock } = services
  if (!trust.local) return trust.external
  const local = localIssuer({
    ring: () => controls.ring,
    bases: () => publicBase.all,
    hasEnded: signIn => signIns?.ended.get(signIn, clock.now()) === true,
  })
  return [local, ...trust.external]
}
