import assert from 'node:assert/strict'
import { aDirectory, type Named } from './aDirectory.ts'
import type { Call, TestServer } from './aServer.ts'

/** What counts ask for. */
export const EVENTUAL: Call = { headers: { consistencylevel: 'eventual' } }

/** In the order of every list. */
export function idsOf(objects: readonly Named[]): string[] {
  return objects.map(({ id }) => id).sort()
}

/** The ids that a list of related objects gives in all its pages, in its order. */
export async function related(
  server: TestServer,
  collection: 'groups' | 'users' | 'devices' | 'servicePrincipals' | 'contacts',
  { id }: Named,
  relationship: string,
  query = '',
  roles?: readonly string[],
): Promise<string[]> {
  const ids: string[] = []
  let next: string | undefined = `/v1.0/${collection}/${id}/${relationship}${query}`
  while (next !== undefined) {
    const { status, body } = await server.call(next, roles === undefined ? {} : { roles })
    assert.equal(status, 200, JSON.stringify(body))
    ids.push(...body.value.map((object: Named) => object.id))
    next = body['@odata.nextLink']
  }
  return ids
}

/** Staff holds Ada, Inner holds Bob and Core, Core holds Cyd: Staff › Inner › Core. */
export async function aNest(server: TestServer) {
  const directory = aDirectory(server)
  const [ada, bob, cyd] = [await directory.user('Ada'), await directory.user('Bob'), await directory.user('Cyd')]
  const core = await directory.group('Core', { members: [cyd] })
  const inner = await directory.group('Inner', { members: [bob, core] })
  const staff = await directory.group('Staff', { members: [ada, inner] })
  return { directory, ada, bob, cyd, core, inner, staff }
}
