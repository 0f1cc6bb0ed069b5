import { randomInt } from 'node:crypto'
import type { ObjectId, TenantId } from '../../core/id.ts'
import type { Client } from '../issuer/client.ts'
import { OAuthRefusal, required } from '../issuer/oauthRefusal.ts'
import { newPending, type Pending } from '../issuer/pending.ts'
import { invalidGrant, newSignIn, newTicket, noRoom, type SignIn, ticketKey } from './signIn.ts'

/** A device that waits for somebody to sign in elsewhere (RFC 8628). */
export interface WaitingDevice {
  readonly tenant: TenantId
  readonly clientId: string
  readonly scope: string
  readonly userCode: string
  /** In milliseconds since 1970 UTC. */
  readonly since: number
  /** How far its questions must be apart, in seconds. */
  intervalS: number
  askedAt: number | null
  /** Who has signed in, or that nobody will; null for as long as it waits. */
  outcome: ObjectId | 'declined' | null
}

export interface Devices {
  readonly byDeviceCode: Pending<WaitingDevice>
  readonly byUserCode: Pending<WaitingDevice>
  /** When codes were entered that nobody was given, in milliseconds since 1970 UTC; the newest last. */
  readonly missed: number[]
}

/** What the device is told. */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
}

/** As Entra's, in seconds. */
export const DEVICE_LIFE_S = 900
export const DEVICE_INTERVAL_S = 5
/** By how much the interval grows for one who asks too often (RFC 8628 §3.5). */
const SLOWER_S = 5
/** Timers and networks are not exact. */
const EARLY_MS = 1_000
const DEVICES_MAX = 1_000
/** Without vowels and digits, which make words and are mistaken (RFC 8628 §6.1): nine of them are 38 bits. */
const USER_CODE_LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'
const USER_CODE_LENGTH = 9
/** So many wrong codes in so long, by whomever: to find one of a thousand by chance then takes luck of one in 3,400,000. */
const MISSES_MAX = 10
const MISSES_WITHIN_MS = 60_000

export function newDevices(): Devices {
  // Kept for longer than they are good, so that a device is told that its code is too old.
  const byDeviceCode = newPending<WaitingDevice>(DEVICES_MAX, 2 * DEVICE_LIFE_S * 1000)
  return { byDeviceCode, byUserCode: newPending(DEVICES_MAX, DEVICE_LIFE_S * 1000), missed: [] }
}

/** Throws an `OAuthRefusal` where too many devices wait. */
export function startDevice(
  asked: Pick<WaitingDevice, 'tenant' | 'clientId' | 'scope'>,
  { byDeviceCode, byUserCode }: Devices,
  now: number,
): DeviceCode {
  const codes = { deviceCode: newTicket(), userCode: newUserCode() }
  const device: WaitingDevice = {
    ...{ ...asked, userCode: codes.userCode, since: now, intervalS: DEVICE_INTERVAL_S },
    askedAt: null,
    outcome: null,
  }
  const key = ticketKey(codes.deviceCode)
  const isNew = byUserCode.get(codes.userCode, now) === null
  if (!isNew || !byDeviceCode.add(key, device, now)) throw noRoom()
  if (byUserCode.add(codes.userCode, device, now)) return codes
  byDeviceCode.remove(key)
  throw noRoom()
}

/**
 * The device that shows a code, which people may write in small letters and with anything between. Null where none does;
 * 'too many' where so many codes were wrong that no other is looked at for a minute.
 */
export function findDevice(typed: string, devices: Devices, now: number): WaitingDevice | 'too many' | null {
  const { byUserCode, missed } = devices
  const recent = missed.filter(at => now - at < MISSES_WITHIN_MS)
  missed.splice(0, missed.length, ...recent)
  if (missed.length >= MISSES_MAX) return 'too many'
  const device = byUserCode.get(typed.toUpperCase().replace(/[^A-Z]/g, ''), now)
  if (device === null) missed.push(now)
  return device
}

/**
 * Somebody has signed in at the device's code, or has declined: the code is good for nobody else. False where somebody was
 * faster.
 */
export function settleDevice(device: WaitingDevice, outcome: ObjectId | 'declined', { byUserCode }: Devices): boolean {
  if (device.outcome !== null) return false
  device.outcome = outcome
  byUserCode.remove(device.userCode)
  return true
}

/** The sign-in of the device code in a token request (RFC 8628 §3.4 and §3.5). Throws an `OAuthRefusal`. */
export function redeemDevice(form: URLSearchParams, { app }: Client, { byDeviceCode }: Devices, now: number): SignIn {
  const key = ticketKey(required(form, 'device_code'))
  const device = byDeviceCode.get(key, now)
  if (device === null) throw invalidGrant(700008, 'The device code is not known, or was used.')
  const { tenant, clientId, scope, outcome } = device
  if (clientId !== app.clientId || tenant !== app.tenant) {
    throw invalidGrant(700005, 'The device code was made for another app.')
  }
  if (now >= device.since + DEVICE_LIFE_S * 1000) {
    throw new OAuthRefusal('expired_token', 70020, 'The device code is too old: nobody has signed in.')
  }
  refuseHaste(device, now)
  if (outcome === null) throw new OAuthRefusal('authorization_pending', 70016, 'Nobody has signed in yet: ask again.')
  byDeviceCode.remove(key)
  if (outcome === 'declined') throw new OAuthRefusal('access_denied', 70018, 'The person did not want to sign in.')
  return newSignIn({ tenant, clientId, user: outcome, scope, nonce: null, at: now })
}

function refuseHaste(device: WaitingDevice, now: number): void {
  const { askedAt, intervalS } = device
  device.askedAt = now
  if (askedAt === null || now - askedAt >= intervalS * 1000 - EARLY_MS) return
  device.intervalS += SLOWER_S
  throw new OAuthRefusal('slow_down', 70016, `Ask every ${device.intervalS} seconds.`)
}

function newUserCode(): string {
  return Array.from({ length: USER_CODE_LENGTH }, () => USER_CODE_LETTERS[randomInt(USER_CODE_LETTERS.length)]).join('')
}
