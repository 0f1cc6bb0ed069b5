import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { Problem } from '../../src/core/problem.ts'
import { openListToken } from '../../src/odata/listToken.ts'
import { openStateToken, type TokenBinding } from '../../src/odata/stateToken.ts'
import { aMint, anyToken, type Mint, NOW } from './anyToken.ts'

const CASES = Number(process.env['TOKEN_FUZZ'] ?? 20_000)
/** In milliseconds. One takes microseconds: beyond this it hangs, however busy the machine is. */
const CASE_MS_MAX = 1_000
const DAY_MS = 86_400_000

/** What comes of a text: what it opens, or the words in which it is refused. Any other error is a bug, and is thrown. */
function opened<T>(open: () => T): T | string {
  try {
    return open()
  } catch (error) {
    if (error instanceof Problem && error.code === 'Request_BadRequest') return error.message
    throw error
  }
}

const REFUSED = 'The state token is not valid for this request.'
const REFUSED_IN_LIST = "The value of '$skiptoken' is not from a nextLink of this list."

/** How a text is asked with: any binding that there is, and any list. */
function anyUse({ tenants, own }: Mint) {
  const lists = [...own.values()].flatMap(sealed => (sealed.form === 'list' ? [sealed.list] : []))
  return fc.record({
    kind: fc.constantFrom('next' as const, 'delta' as const),
    binding: fc.record<TokenBinding>({
      tenant: fc.constantFrom(...tenants),
      apiVersion: fc.constantFrom('v1.0', 'beta'),
      resource: fc.constantFrom('group', 'user', 'directoryObject'),
    }),
    list: fc.constantFrom(...lists),
  })
}

test('of whatever stands in the place of a token only what was sealed is opened, and for nothing else (DELTA-54, DELTA-55, DELTA-145)', async t => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2_147_483_647)
  const mint = await aMint()
  const terms = { now: NOW, lifeMs: 7 * DAY_MS, expiredAt: 0, keys: mint.keys }
  const seen = { opened: 0, 'opened in a list': 0, 'unknown key': 0, refused: 0 }
  let slowestMs = 0
  const reading = fc.property(anyToken(mint), anyUse(mint), (text, { kind, binding, list }) => {
    const sealed = mint.own.get(text)
    const begun = performance.now()
    const link = opened(() => openStateToken(text, kind, binding, terms))
    const place = opened(() => openListToken(text, list, mint.keys))
    slowestMs = Math.max(slowestMs, performance.now() - begun)
    const isOwn = sealed?.form === 'round' && sealed.link.kind === kind && isSame(sealed.binding, binding)
    const isOfList = sealed?.form === 'list' && sealed.list === list
    if (typeof link !== 'string' && link.expired) {
      seen['unknown key'] += 1
      assert.equal(link.link, null)
      assert.ok(mint.keys.every(({ id }) => Buffer.compare(id, Buffer.from(text, 'base64url').subarray(1, 5)) !== 0))
    } else if (isOwn) {
      seen.opened += 1
      assert.deepEqual(link, { expired: false, link: sealed.link })
    } else assert.equal(link, REFUSED)
    if (isOfList) {
      seen['opened in a list'] += 1
      assert.deepEqual(place, sealed.cursor)
    } else assert.equal(place, REFUSED_IN_LIST)
    if (typeof link === 'string' && typeof place === 'string') seen.refused += 1
  })
  fc.assert(reading, { numRuns: CASES, seed })
  t.diagnostic(`FUZZ_SEED=${seed}, ${CASES} texts: ${JSON.stringify(seen)}, the slowest ${slowestMs.toFixed(1)} ms`)
  assert.ok(slowestMs < CASE_MS_MAX)
  for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `none was ${what}`)
})

function isSame(one: TokenBinding, other: TokenBinding): boolean {
  return one.tenant === other.tenant && one.apiVersion === other.apiVersion && one.resource === other.resource
}
