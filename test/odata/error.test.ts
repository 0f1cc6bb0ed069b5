import assert from 'node:assert/strict'
import test from 'node:test'
import { errorBody, STATUS } from '../../src/odata/error.ts'

const MARK = {
  date: new Date(Date.UTC(2025, 1, 13, 10, 21, 18, 999)),
  requestId: '9f1c1c2e-5b0f-4d43-9d0c-0d6f2b2b8f6a',
  clientRequestId: 'A client chose this',
}

test('an error is an envelope with its code, its message, and how to find it in a log (DELTA-102)', () => {
  assert.deepEqual(errorBody('Request_ResourceNotFound', 'It is not here.', MARK), {
    error: {
      code: 'Request_ResourceNotFound',
      message: 'It is not here.',
      innerError: {
        date: '2025-02-13T10:21:18',
        'request-id': MARK.requestId,
        'client-request-id': 'A client chose this',
      },
    },
  })
})

test('two refusals go by another code on the wire than their status tells', () => {
  assert.equal(STATUS.Request_MethodNotAllowed, 405)
  assert.equal(errorBody('Request_MethodNotAllowed', '', MARK).error.code, 'Request_BadRequest')
  assert.equal(STATUS.Request_EntityTooLarge, 413)
  assert.equal(errorBody('Request_EntityTooLarge', '', MARK).error.code, 'RequestEntityTooLarge')
})

test('every other code goes out as it is', () => {
  for (const code of [
    'BadRequest',
    'syncStateNotFound',
    'Authorization_RequestDenied',
    'InternalServerError',
  ] as const) {
    assert.equal(errorBody(code, '', MARK).error.code, code)
  }
})
