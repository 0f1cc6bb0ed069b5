import type { JsonValue } from './fact.ts'
import { isGuid } from './id.ts'
import type { PlainRules } from './plainType.ts'
import { invalidValue } from './problem.ts'

/** A service principal as it is made of an app's id (learn.microsoft.com, graph/api/serviceprincipal-post-serviceprincipals). */
export const SERVICE_PRINCIPAL: PlainRules = {
  required: ['appId'],
  kept: values => {
    for (const name of ['appId', 'tokenEncryptionKeyId']) {
      const value = values.get(name)
      if (typeof value === 'string' && !isGuid(value)) throw invalidValue(name, 'ServicePrincipal')
    }
    return values
  },
  initial: (_id, values) =>
    new Map<string, JsonValue>([
      ['accountEnabled', true],
      ['appRoleAssignmentRequired', false],
      ['servicePrincipalNames', [values.get('appId') ?? null]],
      ['servicePrincipalType', 'Application'],
    ]),
}
