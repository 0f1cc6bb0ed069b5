import type { Choice } from '../../auth/signIn/people.ts'
import type { ReturnAddress } from '../../auth/signIn/redirect.ts'
import type { App, Tenant } from '../../store/store.ts'
import { type Html, html } from './html.ts'
import type { Page } from './page.ts'

/** What a form of ours carries. */
export interface FormParts {
  /** Where it is sent. */
  readonly action: string
  /** Of `sealedForm.ts`: what it is about. */
  readonly sealed: string
}

export interface Choosing extends FormParts {
  readonly app: App
  readonly tenant: Tenant
  /** What the app may then do for the person. */
  readonly scopes: readonly string[]
  readonly people: readonly Choice[]
  /** What the names were to begin with. */
  readonly beginning: string
  readonly wrong: string | null
  /** Null where a device waits for the answer. */
  readonly redirectUri: string | null
}

/** Who would you like to be? Two forms, since the key Enter presses the first button of the one in which one is. */
export function choosingPage(choosing: Choosing): Page {
  const { app, tenant, scopes, people, beginning, wrong, redirectUri, action, sealed } = choosing
  const asks =
    redirectUri === null
      ? html`<p>A device or program that shows your code asks for it. Go on only if you have started that yourself.</p>`
      : html`<p>You will be sent back to <code>${redirectUri}</code>.</p>`
  return {
    status: wrong === null ? 200 : 400,
    title: `Sign in to ${app.displayName}`,
    ...(redirectUri !== null && { leadsTo: redirectUri }),
    body: html`<p><strong>${app.displayName}</strong> asks to act for a person of the demonstration <strong>${tenant.displayName}</strong>.</p>
${asks}
<p>${scopes.length === 0 ? 'It then knows who that is.' : `It may then, as far as the person may: ${scopes.join(', ')}.`}</p>
${wrongLine(wrong)}
<form method="post" action="${action}" role="search">
<input type="hidden" name="form" value="${sealed}">
<p><label for="find">Names that begin with</label>
<input type="text" id="find" name="find" value="${beginning}" autocomplete="off">
<button name="act" value="find">Find</button></p>
</form>
<form method="post" action="${action}">
<input type="hidden" name="form" value="${sealed}">
<input type="hidden" name="find" value="${beginning}">
<fieldset>
<legend>Who are you?</legend>
${people.length === 0 ? html`<p>Nobody has such a name.</p>` : people.map(personLine)}
</fieldset>
<p><button name="act" value="sign-in">Sign in</button>
<button name="act" value="cancel">Cancel</button></p>
</form>`,
  }
}

function personLine({ user, displayName, userPrincipalName, roles }: Choice, index: number): Html {
  const told = roles.length === 0 ? '' : html` <span class="role">(${roles.join(', ')})</span>`
  const checked = index === 0 ? { html: ' checked' } : ''
  return html`<label><input type="radio" name="user" value="${user}"${checked}> ${displayName}, ${userPrincipalName}${told}</label>
`
}

function wrongLine(wrong: string | null): Html {
  return wrong === null ? html`` : html`<p class="wrong" role="alert">${wrong}</p>`
}

/** Which code does your device show? */
export function userCodePage({ action, sealed }: FormParts, typed: string, wrong: string | null, status: number): Page {
  return {
    status,
    title: 'Enter the code of your device',
    body: html`${wrongLine(wrong)}
<form method="post" action="${action}">
<input type="hidden" name="form" value="${sealed}">
<p><label for="user_code">The code that your device or program shows</label>
<input type="text" id="user_code" name="user_code" value="${typed}" autocomplete="off" autocapitalize="characters" required></p>
<p><button name="act" value="next">Next</button></p>
</form>`,
  }
}

/** Brings an answer to an app that wants it as a form. Without a script somebody has to press the button. */
export function formPostPage({ redirectUri }: ReturnAddress, answer: URLSearchParams): Page {
  const fields = [...answer].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  )
  return {
    status: 200,
    title: 'Back to the program',
    leadsTo: redirectUri,
    body: html`<form method="post" action="${redirectUri}">
${fields}<p><button autofocus>Continue</button></p>
</form>`,
  }
}

export function messagePage(status: number, title: string, message: string): Page {
  return { status, title, body: html`<p>${message}</p>` }
}
