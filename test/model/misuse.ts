/** Ways to ask with a token for what it was not made. */
export const MISUSES = [
  'other kind',
  'other resource',
  'other version',
  'other tenant',
  'altered',
  'with an option',
] as const
export type Misuse = (typeof MISUSES)[number]

/** The link as it would be misused; `other tenant` is the same link in other hands. */
export function misused(url: string, how: Misuse): string {
  switch (how) {
    case 'other kind':
      return exchanged(url, '$skiptoken', '$deltatoken')
    case 'other resource':
      return url.includes('/groups/') ? url.replace('/groups/', '/users/') : url.replace(/[^/]+\/delta/, 'groups/delta')
    case 'other version':
      return url.replace('/v1.0/', '/beta/')
    case 'altered': {
      const at = url.length - 9
      return `${url.slice(0, at)}${url[at] === 'A' ? 'B' : 'A'}${url.slice(at + 1)}`
    }
    case 'with an option':
      return `${url}&$select=id`
    case 'other tenant':
      return url
  }
}

function exchanged(url: string, one: string, other: string): string {
  return url.includes(one) ? url.replace(one, other) : url.replace(other, one)
}
