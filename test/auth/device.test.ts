import assert from 'node:assert/strict'
import test from 'node:test'
import { findDevice, newDevices, redeemDevice, settleDevice, startDevice } from '../../src/auth/signIn/device.ts'
import { parseObjectId, parseTenantId } from '../../src/core/id.ts'
import { aPlainApp } from './aPlainApp.ts'

const NOW = Date.UTC(2026, 0, 1)

test('of two who choose at the same moment the first has signed in', () => {
  const app = aPlainApp({ clientId: 'app', tenant: parseTenantId('11111111-1111-4111-8111-111111111111') })
  const devices = newDevices()
  const { deviceCode, userCode } = startDevice({ tenant: app.tenant, clientId: 'app', scope: 'openid' }, devices, NOW)
  const device = findDevice(userCode, devices, NOW)
  assert.ok(device !== null && device !== 'too many')
  const ada = parseObjectId('22222222-2222-4222-8222-222222222222')
  assert.equal(settleDevice(device, ada, devices), true)
  assert.equal(settleDevice(device, parseObjectId('33333333-3333-4333-8333-333333333333'), devices), false)
  assert.equal(settleDevice(device, 'declined', devices), false)
  const form = new URLSearchParams({ device_code: deviceCode })
  assert.equal(redeemDevice(form, { app, proof: 'none' }, devices, NOW).user, ada)
})
