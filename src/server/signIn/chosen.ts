import { livePerson } from '../../auth/person.ts'
import { choices } from '../../auth/signIn/people.ts'
import { isGuid, type ObjectId, parseObjectId, type TenantId } from '../../core/id.ts'
import type { Services } from '../services.ts'
import type { Page } from './page.ts'
import { type Choosing, choosingPage } from './pages.ts'

/** What a person did on the page of choices. */
export type Chosen =
  | { readonly act: 'sign-in'; readonly user: ObjectId }
  | { readonly act: 'cancel' }
  | { readonly act: 'look'; readonly beginning: string; readonly wrong: string | null }

/** Reads it from the fields of the form. Nobody signs in as a user that is not there any more, or disabled. */
export async function readChosen(fields: URLSearchParams, tenant: TenantId, { store }: Services): Promise<Chosen> {
  const act = fields.get('act')
  const beginning = (fields.get('find') ?? '').trim()
  if (act === 'cancel') return { act }
  if (act !== 'sign-in') return { act: 'look', beginning, wrong: null }
  const id = fields.get('user') ?? ''
  const person = isGuid(id) ? await livePerson(store, tenant, parseObjectId(id)) : null
  if (person === null) return { act: 'look', beginning, wrong: 'Choose somebody from the list.' }
  return { act, user: person.user }
}

/** The page of choices, of those whose names begin with a text. */
export async function pageOfChoices(choosing: Omit<Choosing, 'people'>, { store }: Services): Promise<Page> {
  return choosingPage({ ...choosing, people: await choices(choosing.tenant.id, choosing.beginning, store) })
}
