import { randomBytes } from 'node:crypto'
import { type Codes, newCodes } from './code.ts'
import { type Devices, newDevices } from './device.ts'
import { newRefreshes, type Refreshes } from './refresh.ts'
import { type EndedSignIns, newEndedSignIns } from './signIn.ts'

/**
 * What a server keeps of sign-ins, in memory: after a restart people sign in again. All of it has a bound (the files of
 * its parts say which).
 */
export interface SignIns {
  readonly codes: Codes
  readonly devices: Devices
  readonly refreshes: Refreshes
  readonly ended: EndedSignIns
  /** Seals what a page hands back (`sealedForm.ts`). */
  readonly formKey: Uint8Array
}

export function newSignIns(): SignIns {
  return {
    codes: newCodes(),
    devices: newDevices(),
    refreshes: newRefreshes(),
    ended: newEndedSignIns(),
    formKey: randomBytes(32),
  }
}
