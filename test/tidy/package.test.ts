import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { ROOT } from './sources.ts'

const read = (name: string) => JSON.parse(readFileSync(join(ROOT, name), 'utf8'))

interface Locked {
  readonly link?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

test('every locked package has its integrity and names no place to fetch it from', () => {
  const { packages } = read('package-lock.json') as { packages: Record<string, Locked> }
  const installed = Object.entries(packages).filter(([name, { link }]) => name.startsWith('node_modules/') && !link)
  assert.ok(installed.length > 40)
  for (const [name, { integrity, resolved, hasInstallScript }] of installed) {
    assert.match(integrity ?? '', /^sha512-/, `${name} has no integrity`)
    assert.equal(resolved, undefined, `${name} names its source`)
    assert.notEqual(hasInstallScript, true, `${name} runs a script when it is installed`)
  }
})

test('there are at most a dozen direct dependencies, each at one exact version', () => {
  const { dependencies, devDependencies } = read('package.json') as Record<string, Record<string, string>>
  assert.ok(Object.keys(dependencies ?? {}).length <= 12)
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+(-[a-z]+\.\d+)?$/, `${name} is not at an exact version`)
  }
})
