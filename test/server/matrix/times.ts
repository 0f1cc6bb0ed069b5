import { everyCase } from './cases.ts'
import { rewritten } from './ground.ts'

/** More than a number holds: JSON.stringify would write null. */
const EXP = /"exp":\d+/

export const TIMES = everyCase({
  'no `exp`': ({ token }) => token({ exp: undefined }),
  '`exp` is text': ({ token, nowS }) => token({ exp: String(nowS + 3599) }),
  '`exp` is null': ({ token }) => token({ exp: null }),
  '`exp` is no whole number': ({ token, nowS }) => token({ exp: nowS + 3599.5 }),
  '`exp` is 1e300': forge => rewritten(forge, json => json.replace(EXP, '"exp":1e300')),
  '`exp` is 1e999': forge => rewritten(forge, json => json.replace(EXP, '"exp":1e999')),
  '`exp` is −1': ({ token }) => token({ exp: -1 }),
  '`exp` is 0': ({ token }) => token({ exp: 0 }),
  '`exp` is now': ({ token, nowS }) => token({ iat: nowS - 3600, nbf: nowS - 3600, exp: nowS }),
  '`exp` was 59 s ago': ({ token, nowS }) => token({ iat: nowS - 3600, nbf: nowS - 3600, exp: nowS - 59 }),
  '`exp` was 60 s ago': ({ token, nowS }) => token({ iat: nowS - 3600, nbf: nowS - 3600, exp: nowS - 60 }),
  '`exp` was 61 s ago': ({ token, nowS }) => token({ iat: nowS - 3600, nbf: nowS - 3600, exp: nowS - 61 }),
  'no `nbf`': ({ token }) => token({ nbf: undefined }),
  '`nbf` is text': ({ token, nowS }) => token({ nbf: String(nowS) }),
  '`nbf` is in 60 s': ({ token, nowS }) => token({ nbf: nowS + 60 }),
  '`nbf` is in 61 s': ({ token, nowS }) => token({ nbf: nowS + 61 }),
  'no `iat`': ({ token }) => token({ iat: undefined }),
  '`iat` is text': ({ token, nowS }) => token({ iat: String(nowS) }),
  '`iat` is in 60 s': ({ token, nowS }) => token({ iat: nowS + 60 }),
  '`iat` is in 61 s': ({ token, nowS }) => token({ iat: nowS + 61 }),
  'a life of a day': ({ token, nowS }) => token({ exp: nowS + 86_400 }),
  'a life of a day and a second': ({ token, nowS }) => token({ exp: nowS + 86_401 }),
  'a life of ten years': ({ token, nowS }) => token({ exp: nowS + 10 * 365 * 86_400 }),
  'it ends before it begins': ({ token, nowS }) => token({ iat: nowS + 20, exp: nowS + 10 }),
  '`exp` twice, the past and then the future': forge => rewritten(forge, json => json.replace('{', '{"exp":0,')),
  '`exp` twice, the future and then the past': forge => rewritten(forge, json => json.replace(/}$/, ',"exp":0}')),
})
