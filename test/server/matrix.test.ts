import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { ROOT } from '../tidy/sources.ts'
import { BASE, type Reply } from './aServer.ts'
import type { Case } from './matrix/cases.ts'
import { aForge, aGround, ENTRA, type Ground, PROFILES, type Profile, STANDARD } from './matrix/ground.ts'
import { SECTIONS } from './matrix/matrix.ts'

/** A line of the tables in docs/security.md. */
interface Row {
  readonly number: number
  readonly section: string
  readonly name: string
  readonly profiles: readonly Profile[]
  readonly status: number
  readonly code: string | null
  readonly signIn: 'common' | 'own' | null
  readonly message: string | null
}

const NOTHING = '–'

function readMatrix(): { rows: Row[]; messages: Map<string, string> } {
  const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')
  const [, matrix = ''] = /^## Authentication matrix$(.*?)^## /ms.exec(text) ?? []
  const messages = new Map<string, string>()
  const rows: Row[] = []
  let section = ''
  for (const line of matrix.split('\n')) {
    if (line.startsWith('### ')) section = line.slice(4)
    const cells = line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim())
    if (section === '' && cells.length === 2) messages.set(cells[0] ?? '', cells[1] ?? '')
    if (section !== '' && cells.length === 7 && /^\d+$/.test(cells[0] ?? '')) rows.push(rowOf(section, cells))
  }
  return { rows, messages }
}

function rowOf(section: string, cells: readonly string[]): Row {
  const [number, name = '', profiles = '', status, code, signIn, message] = cells
  assert.ok(signIn === 'common' || signIn === 'own' || signIn === NOTHING, `row ${number}: '${signIn}'`)
  const named = profiles === 'every' ? PROFILES : PROFILES.filter(profile => profiles.split(', ').includes(profile))
  assert.equal(named.length, profiles === 'every' ? PROFILES.length : profiles.split(', ').length, `row ${number}`)
  return {
    number: Number(number),
    section,
    name,
    profiles: named,
    status: Number(status),
    code: code === NOTHING ? null : (code ?? '').replaceAll('`', ''),
    signIn: signIn === NOTHING ? null : signIn,
    message: message === NOTHING ? null : (message ?? ''),
  }
}

const { rows: ROWS, messages: MESSAGES } = readMatrix()

const ground = await aGround(null)

/** Where the answer to a refused token sends its holder. */
function signInOf(row: Row, profile: Profile, { server: { tenant } }: Ground): string {
  if (row.signIn === 'common') return `${BASE}/common/oauth2/authorize`
  if (profile === 'standard') return STANDARD
  return `${profile === 'local' ? BASE : ENTRA}/${tenant}/oauth2/authorize`
}

async function assertAnswered(row: Row, { proof }: Case, profile: Profile, context: TestContext): Promise<void> {
  const sent = await proof(aForge(profile, ground), context)
  const reply: Reply = typeof sent === 'string' ? await ground.ask(`Bearer ${sent}`) : sent
  const { status, headers, body } = reply
  const shown = `${profile}: ${JSON.stringify(body)}`
  assert.equal(status, row.status, shown)
  assert.equal(body.error?.code ?? null, row.code, shown)
  assert.equal(body.error?.message ?? null, row.message === null ? null : MESSAGES.get(row.message), shown)
  const challenge =
    row.signIn === null
      ? undefined
      : `Bearer realm="", authorization_uri="${signInOf(row, profile, ground)}", client_id="00000003-0000-0000-c000-000000000000"`
  assert.equal(headers['www-authenticate'], challenge, shown)
}

test('the rows of the matrix are numbered from 1 without a gap, and there are more than 110 (DELTA-230)', () => {
  assert.ok(ROWS.length > 110)
  assert.deepEqual(
    ROWS.map(({ number }) => number),
    ROWS.map((_, index) => index + 1),
  )
})

test('every message of the matrix is told in full, and used', () => {
  const used = new Set(ROWS.flatMap(({ message }) => message ?? []))
  assert.deepEqual([...used].sort(), [...MESSAGES.keys()].filter(name => name !== 'message' && name !== '---').sort())
})

test('every case that is tried has its rows, in its section, for each of its profiles once', () => {
  for (const [section, cases] of Object.entries(SECTIONS)) {
    for (const name of new Set(cases.map(each => each.name))) {
      const tried = cases.filter(each => each.name === name).flatMap(({ profiles }) => profiles)
      const told = ROWS.filter(row => row.section === section && row.name === name).flatMap(({ profiles }) => profiles)
      assert.deepEqual(told.toSorted(), tried.toSorted(), `${section}: ${name}`)
    }
  }
})

for (const row of ROWS) {
  test(`${row.number}. ${row.section}, ${row.profiles.join(' and ')}: ${row.name}: ${row.status}`, async t => {
    for (const profile of row.profiles) {
      const found = SECTIONS[row.section]?.find(({ name, profiles }) => name === row.name && profiles.includes(profile))
      assert.ok(found, `No case is tried for ${profile}.`)
      await assertAnswered(row, found, profile, t)
    }
  })
}
