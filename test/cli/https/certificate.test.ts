import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import test from 'node:test'
import { pino } from 'pino'
import { certificateOf, startRenewal } from '../../../src/cli/https/certificate.ts'
import type { Certificate } from '../../../src/server/connection/listener.ts'
import { aFolder } from '../aProgram.ts'

const HOUR_MS = 3_600_000

test('the certificate proves the names of this machine, the host that is listened on and that of the public URL (DELTA-175)', async t => {
  const database = join(aFolder(t), 'd.db')
  const namesFor = async (host: string, publicUrl: string | null): Promise<string[]> => {
    const open = certificateOf('own authority', database, { host, port: 0, publicUrl })
    const { subjectAltName = '' } = new X509Certificate((await open(Date.now())).cert)
    return subjectAltName.split(', ').map(name => name.replace(/^(DNS|IP Address):/, ''))
  }
  const own = ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1']
  assert.deepEqual(await namesFor('127.0.0.1', null), own)
  assert.deepEqual(await namesFor('0.0.0.0', 'https://directory.example.org:8443/graph'), [
    ...own,
    'directory.example.org',
  ])
  assert.deepEqual(await namesFor('192.0.2.7', 'https://[2001:db8::7]'), [...own, '192.0.2.7', '2001:DB8:0:0:0:0:0:7'])
})

test('every hour a certificate that has changed is shown, and one that cannot be used is logged (DELTA-175, DELTA-176)', async t => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  const log = new PassThrough().setEncoding('utf8')
  const first: Certificate = { cert: 'first', key: 'first' }
  let found: Certificate | Error = first
  const shown: Certificate[] = []
  const looked = { count: 0 }
  const open = async (): Promise<Certificate> => {
    looked.count += 1
    if (found instanceof Error) throw found
    return found
  }
  const stop = startRenewal(open, first, { useCertificate: one => shown.push(one) }, pino({ level: 'info' }, log))
  const anHour = async (): Promise<string> => {
    const told = once(log, 'data')
    t.mock.timers.tick(HOUR_MS)
    return JSON.parse(String((await told)[0])).msg
  }
  t.mock.timers.tick(HOUR_MS)
  assert.equal(looked.count, 1)
  found = { cert: 'second', key: 'second' }
  assert.equal(await anHour(), 'a new certificate is shown')
  found = new Error('gone')
  assert.equal(await anHour(), 'the certificate stays as it was')
  found = { cert: 'third', key: 'third' }
  assert.equal(await anHour(), 'a new certificate is shown')
  assert.deepEqual(
    shown.map(({ cert }) => cert),
    ['second', 'third'],
  )
  stop()
  t.mock.timers.tick(HOUR_MS)
  assert.equal(looked.count, 4)
})
