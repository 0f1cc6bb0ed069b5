import { isLoopback } from '../server/publicBase.ts'
import { Refusal } from './refusal.ts'

const LENGTH_MAX = 256
/** Schemes whose addresses run or show what they hold. */
const OWN_CONTENT = ['about:', 'blob:', 'data:', 'file:', 'ftp:', 'javascript:', 'vbscript:', 'ws:', 'wss:']

/**
 * Where people may be sent back to after they have signed in: over https, over http to the machine itself (RFC 8252
 * §7.3), or to a program by a scheme of its own (§7.1). Throws a `Refusal` for any other, one with a fragment (RFC 6749
 * §3.1.2) or with a name and password.
 */
export function readRedirectUri(text: string): string {
  const refuse = (why: string): never => {
    throw new Refusal(`--redirect-uri names '${text}', ${why}.`)
  }
  if (!/^[\x21-\x7e]+$/.test(text)) return refuse('which is no absolute URI in ASCII')
  if (text.length > LENGTH_MAX) return refuse(`which is longer than ${LENGTH_MAX} characters`)
  const uri = URL.canParse(text) ? new URL(text) : refuse('which is no absolute URI, such as http://localhost')
  if (text.includes('#')) return refuse('which has a fragment: leave out what begins with #')
  if (text.includes('*')) return refuse('which has a *: each address is named by itself')
  if (uri.username !== '' || uri.password !== '') return refuse('which has a name or a password in it')
  if (OWN_CONTENT.includes(uri.protocol)) return refuse(`whose scheme ${uri.protocol.slice(0, -1)} leads nowhere`)
  if (uri.protocol === 'http:' && !isLoopback(uri.hostname.replace(/^\[|\]$/g, ''))) {
    return refuse('which is http beyond this machine: it must be https')
  }
  return text
}
