import { aListener } from '../aListener.ts'
import { casesOf, everyCase } from './cases.ts'

export const TRANSPORT = [
  ...everyCase({
    '`bearer` in lower case': ({ token, ground }) => ground.ask(`bearer ${token()}`),
    '`BEARER` in capitals': ({ token, ground }) => ground.ask(`BEARER ${token()}`),
    'two blanks before the token': ({ token, ground }) => ground.ask(`Bearer  ${token()}`),
    'a tab before the token': ({ token, ground }) => ground.ask(`Bearer\t${token()}`),
    'a blank after the token': ({ token, ground }) => ground.ask(`Bearer ${token()} `),
    'a comma after the token': ({ token, ground }) => ground.ask(`Bearer ${token()},`),
    'two tokens in one header': ({ token, ground }) => ground.ask(`Bearer ${token()}, Bearer ${token()}`),
    'the token in quotes': ({ token, ground }) => ground.ask(`Bearer "${token()}"`),
    'the token without a scheme': ({ token, ground }) => ground.ask(token()),
    'the scheme `Basic` before the token': ({ token, ground }) => ground.ask(`Basic ${token()}`),
    'the scheme `DPoP` before the token': ({ token, ground }) => ground.ask(`DPoP ${token()}`),
    'the token in the query alone': ({ token, ground }) =>
      ground.ask(undefined, `/v1.0/groups?$top=1&access_token=${token()}`),
    'a token of 9 KB': ({ token }) => token({ filler: 'x'.repeat(6_500) }),
    'a token of 8,192 characters': forge => {
      // Three bytes of the claims are four characters of the token.
      const room = 8192 - forge.token({ filler: '' }).length
      return forge.token({ filler: 'x'.repeat(Math.floor((room * 3) / 4)) })
    },
  }),
  ...casesOf(['local'], {
    'no header': ({ ground }) => ground.ask(undefined),
    'an empty header': ({ ground }) => ground.ask(''),
    '`Bearer` and nothing': ({ ground }) => ground.ask('Bearer'),
    '`Bearer` and a blank': ({ ground }) => ground.ask('Bearer '),
    'Basic credentials': ({ ground }) => ground.ask('Basic YTpi'),
    'a token that is no JWT': () => 'hello',
    'a token of two parts': ({ token }) => token().split('.').slice(0, 2).join('.'),
    'a token of four parts': ({ token }) => `${token()}.AAAA`,
    'a token of empty parts': () => '..',
    'two `Authorization` headers': async (_forge, context) => {
      const { host, authorization, exchange } = await aListener(context)
      const [reply] = await exchange(`GET /v1.0/groups HTTP/1.1\r\n${host}${authorization}${authorization}\r\n`)
      if (reply === undefined) throw new Error('There is no answer.')
      return reply
    },
    'a good header, and another token in the query': ({ token, ground }) =>
      ground.ask(`Bearer ${token()}`, '/v1.0/groups?$top=1&access_token=x.y.z'),
    'no header, for a path that is not there': ({ ground }) => ground.ask(undefined, '/v1.0/nothing'),
    'no header, for the description of the service': ({ ground }) => ground.ask(undefined, '/v1.0/'),
  }),
]
