import { casesOf, everyCase } from './cases.ts'
import { type Forge, granted, ofUser, rewritten } from './ground.ts'

const ADMINISTRATOR = '62e90394-69f5-4237-9190-012177145e10'

/** The claim in which the permissions of an app stand. */
function named({ profile }: Forge, value: unknown) {
  return profile === 'standard' ? { scope: value } : { roles: value }
}

/** The same of a user. */
function scoped(forge: Forge, value: unknown) {
  return { ...ofUser(forge), ...(forge.profile === 'standard' ? { scope: value } : { scp: value }) }
}

export const RIGHTS = [
  ...everyCase({
    'an app without permissions': forge => forge.token(named(forge, undefined)),
    'an app with a permission that is longer (`Group.Read.AllX`)': forge =>
      forge.token(granted(forge, 'Group.Read.AllX')),
    'an app with a permission that is shorter (`Group.Read`)': forge => forge.token(granted(forge, 'Group.Read')),
    'an app with a permission in another case': forge => forge.token(granted(forge, 'group.read.all')),
    'an app with several permissions, the right one among them': forge =>
      forge.token(granted(forge, 'User.Read.All', 'Group.Read.All')),
    "an app's permissions are an object": forge => forge.token(named(forge, { 'Group.Read.All': true })),
    "an app's permissions are a number": forge => forge.token(named(forge, 7)),
    'a user without scopes': forge => forge.token(scoped(forge, undefined)),
    'a user with empty scopes': forge => forge.token(scoped(forge, '')),
    'a user with a scope that is longer': forge => forge.token(scoped(forge, 'Group.Read.AllX')),
    'a user with a scope in another case': forge => forge.token(scoped(forge, 'group.read.all')),
    'two scopes with two blanks between': forge => forge.token(scoped(forge, 'User.Read  Group.Read.All')),
    'two scopes with a tab between': forge => forge.token(scoped(forge, 'User.Read\tGroup.Read.All')),
    'scopes as a list': forge => forge.token(scoped(forge, ['Group.Read.All'])),
    "a user's `roles` name the permission, the scopes do not": forge =>
      forge.token({ ...scoped(forge, 'User.Read'), roles: ['Group.Read.All'] }),
    'a user with a directory role (`wids`), without scopes': forge =>
      forge.token({ ...scoped(forge, undefined), wids: [ADMINISTRATOR] }),
    'a user with a directory role (`wids`) and another scope': forge =>
      forge.token({ ...scoped(forge, 'User.Read'), wids: [ADMINISTRATOR] }),
    'the permissions twice, the last one enough': forge =>
      rewritten(forge, json => json.replace('{', forge.profile === 'standard' ? '{"scope":"x",' : '{"roles":["x"],')),
    'the permissions twice, the first one enough': forge =>
      rewritten(forge, json => json.replace(/}$/, forge.profile === 'standard' ? ',"scope":"x"}' : ',"roles":["x"]}')),
  }),
  ...casesOf(['local', 'entra'], {
    'an app with an empty list of permissions': forge => forge.token(granted(forge)),
    "an app's permissions are one text": forge => forge.token(named(forge, 'Group.Read.All')),
    "an app's permissions are not all texts": forge => forge.token(named(forge, ['Group.Read.All', 7])),
    "`scp` in an app's token": ({ token }) => token({ scp: 'Group.Read.All' }),
    "`scp` and no `roles` in an app's token": ({ token }) => token({ scp: 'Group.Read.All', roles: undefined }),
    '`wids` are one text': forge => forge.token({ ...ofUser(forge), wids: ADMINISTRATOR }),
    '`wids` are not all texts': forge => forge.token({ ...ofUser(forge), wids: [ADMINISTRATOR, 7] }),
  }),
  ...casesOf(['entra'], {
    'an app that does not say so, without roles': ({ token }) => token({ idtyp: undefined, roles: undefined }),
  }),
  ...casesOf(['standard'], {
    'an app with an empty `scope`': ({ token }) => token({ scope: '' }),
    '`scp` in place of `scope`': ({ token }) => token({ scope: undefined, scp: 'Group.Read.All' }),
    "an app's permission in `roles`": ({ token }) => token({ scope: undefined, roles: ['Group.Read.All'] }),
    "a user's `roles` are one text": forge => forge.token({ ...ofUser(forge), roles: 'Global Administrator' }),
  }),
]
