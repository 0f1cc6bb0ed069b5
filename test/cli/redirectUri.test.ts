import assert from 'node:assert/strict'
import test from 'node:test'
import { readRedirectUri } from '../../src/cli/redirectUri.ts'
import { Refusal } from '../../src/cli/refusal.ts'

test('https anywhere, http on this machine and a scheme of a program’s own are redirect URIs, letter by letter', () => {
  for (const uri of [
    'https://app.example.org',
    'https://app.example.org/signed%20in?from=a&b=,',
    'https://app.example.org:8443/',
    'http://localhost',
    'http://localhost:3000/Callback',
    'http://127.0.0.1:5000/',
    'http://[::1]/',
    'msal0a1b://auth',
    'org.example.app:/signed-in',
    `https://a.example/${'x'.repeat(238)}`,
  ]) {
    assert.equal(readRedirectUri(uri), uri)
  }
})

test('any other address is refused with why', () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['', /is no absolute URI/],
    ['localhost', /is no absolute URI/],
    ['/signed-in', /is no absolute URI/],
    ['https://', /is no absolute URI/],
    ['https://app.example.org/a b', /in ASCII/],
    ['https://zoë.example', /in ASCII/],
    [`https://a.example/${'x'.repeat(239)}`, /longer than 256 characters/],
    ['http://app.example.org', /is http beyond this machine: it must be https/],
    ['http://localhost.example.org', /is http beyond this machine/],
    ['https://app.example.org/#', /has a fragment/],
    ['https://*.example.org', /has a \*/],
    ['https://ada@app.example.org', /has a name or a password/],
    ['javascript:alert(1)', /whose scheme javascript leads nowhere/],
    ['JavaScript://a.example/%0aalert(1)', /whose scheme javascript leads nowhere/],
    ['data:text/html,x', /whose scheme data leads nowhere/],
    ['file:///etc/passwd', /whose scheme file leads nowhere/],
  ]
  for (const [uri, why] of refused) {
    assert.throws(
      () => readRedirectUri(uri),
      (error: unknown) => {
        assert.ok(error instanceof Refusal, uri)
        assert.ok(error.message.startsWith(`--redirect-uri names '${uri}', wh`), error.message)
        assert.match(error.message, why)
        return true
      },
    )
  }
})
