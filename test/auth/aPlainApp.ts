import type { App } from '../../src/store/store.ts'

/** An app of a tenant that may do nothing and can prove itself by nothing, but for what is given. */
export function aPlainApp(given: Pick<App, 'clientId' | 'tenant'> & Partial<App>): App {
  return {
    displayName: 'Test',
    roles: [],
    scopes: [],
    secretHashes: [],
    certificates: [],
    redirectUris: [],
    publicClient: false,
    demo: false,
    ...given,
  }
}
