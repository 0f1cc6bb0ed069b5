import type { FastifyReply, FastifyRequest } from 'fastify'
import { namedClient } from '../../auth/issuer/client.ts'
import { OAuthRefusal } from '../../auth/issuer/oauthRefusal.ts'
import { readScope } from '../../auth/issuer/scope.ts'
import { findDevice, settleDevice, type WaitingDevice } from '../../auth/signIn/device.ts'
import { sealForm } from '../../auth/signIn/sealedForm.ts'
import type { Tenant } from '../../store/store.ts'
import { baseOf } from '../publicBase.ts'
import { browserOf } from './browser.ts'
import { pageOfChoices, readChosen } from './chosen.ts'
import { queryOf, readSentForm, type SignInHandler, type SignInServices, staleForm } from './handler.ts'
import { type Page, sendPage } from './page.ts'
import { messagePage, userCodePage } from './pages.ts'

/** GET /devicelogin: asks for the code that a device shows. One in the address is only filled in (RFC 8628 §5.4). */
export const showDevice: SignInHandler = async (request, reply, services) => {
  const { publicBase, clock, signIns } = services
  const base = baseOf(request.raw, publicBase)
  const browser = browserOf(request, reply, base)
  const sealed = sealForm({ purpose: 'code', text: '' }, browser, signIns.formKey, clock.now())
  const typed = new URLSearchParams(queryOf(request)).get('user_code') ?? ''
  return sendPage(reply, userCodePage({ action: `${base}/devicelogin`, sealed }, typed, null, 200))
}

/** POST /devicelogin: a code was entered, or the person has chosen, looks for others, or does not want to. */
export const enterCode: SignInHandler = async (request, reply, services) => {
  const { publicBase, signIns, clock } = services
  const base = baseOf(request.raw, publicBase)
  const { fields, about } = readSentForm(request, base, services)
  const action = `${base}/devicelogin`
  const userCode = about('device')
  if (userCode !== null) {
    const device = signIns.devices.byUserCode.get(userCode, clock.now())
    if (device === null) throw gone()
    return sendPage(reply, await chooseFor(device, { fields, action }, services))
  }
  if (about('code') === null) throw staleForm()
  const typed = fields.get('user_code') ?? ''
  const found = findDevice(typed, signIns.devices, clock.now())
  if (found === 'too many') return sendPage(reply.header('retry-after', '60'), tooMany())
  if (found === null) {
    const form = { action, sealed: fields.get('form') ?? '' }
    return sendPage(reply, userCodePage(form, typed, 'No device waits with this code.', 400))
  }
  return showChoices(found, { request, reply, action, base }, services)
}

interface Shown {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly action: string
  readonly base: string
}

async function showChoices(device: WaitingDevice, shown: Shown, services: SignInServices): Promise<FastifyReply> {
  const { signIns, clock } = services
  const browser = browserOf(shown.request, shown.reply, shown.base)
  const sealed = sealForm({ purpose: 'device', text: device.userCode }, browser, signIns.formKey, clock.now())
  const look = { action: shown.action, sealed, beginning: '', wrong: null }
  return sendPage(shown.reply, await choicesFor(device, look, services))
}

async function chooseFor(
  device: WaitingDevice,
  { fields, action }: { readonly fields: URLSearchParams; readonly action: string },
  services: SignInServices,
): Promise<Page> {
  await tenantOf(device, services)
  const chosen = await readChosen(fields, device.tenant, services)
  const { devices } = services.signIns
  switch (chosen.act) {
    case 'look':
      return choicesFor(device, { action, sealed: fields.get('form') ?? '', ...chosen }, services)
    case 'cancel':
      if (!settleDevice(device, 'declined', devices)) throw gone()
      return messagePage(200, 'You have not signed in', 'The device is told so. You can close this page.')
    case 'sign-in':
      if (!settleDevice(device, chosen.user, devices)) throw gone()
      return messagePage(200, 'You have signed in', 'Go back to your device. You can close this page.')
  }
}

async function choicesFor(
  device: WaitingDevice,
  shown: { action: string; sealed: string; beginning: string; wrong: string | null },
  services: SignInServices,
): Promise<Page> {
  const tenant = await tenantOf(device, services)
  const { clientId, scope } = device
  const app = await namedClient(clientId, tenant, services.store)
  const { names } = readScope(scope, services.publicBase.all, app)
  return pageOfChoices({ app, tenant, scopes: names, redirectUri: null, ...shown }, services)
}

/** Throws an `OAuthRefusal` where it was deleted while the device waited. */
async function tenantOf({ tenant: id }: WaitingDevice, { store }: SignInServices): Promise<Tenant> {
  const tenant = await store.tenant(id)
  if (tenant === null) throw gone()
  return tenant
}

function gone(): OAuthRefusal {
  return new OAuthRefusal('expired_token', 70020, 'The device does not wait any more: begin again there.')
}

function tooMany(): Page {
  return messagePage(429, 'Too many wrong codes', 'Wait a minute, then enter the code again.')
}
