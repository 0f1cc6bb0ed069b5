import { withAddresses } from './mailAddress.ts'
import type { PlainRules } from './plainType.ts'
import { checkMailNickname } from './value.ts'

/** An organization's contact, as it would come from Exchange (learn.microsoft.com, graph/api/resources/orgcontact). */
export const ORG_CONTACT: PlainRules = {
  required: ['displayName'],
  kept: values => {
    checkMailNickname('orgContact', values.get('mailNickname'))
    return withAddresses(values)
  },
  initial: () => new Map(),
}
