import type { Command } from 'commander'
import {
  LIMIT_NAMES,
  type LimitName,
  parseRate,
  RATE_FORM,
  RATED,
  type Rate,
  type Rates,
  ratesWith,
  rateText,
} from '../server/throttle/limits.ts'
import { type Given, givenFor, option, readChoice } from './option.ts'
import { Refusal } from './refusal.ts'

const SWITCH = 'throttling'

/** One switch, and an option for each limit. */
export function addThrottleOptions(command: Command): Command {
  const unless = 'on, unless the server listens on loopback and has no --public-url'
  command.addOption(option(`--${SWITCH} <on|off>`, `limit requests as Graph does (default: ${unless})`))
  for (const name of LIMIT_NAMES) {
    const { what, standard } = RATED[name]
    command.addOption(option(`--${optionOf(name)} <rate>`, `how many ${what} (default: "${rateText(standard)}")`))
  }
  return command
}

/** The limits that requests are held to; null for none. `isUsual` is what counts where the switch was not given. */
export function readThrottleRates(command: Command, isUsual: boolean): Rates | null {
  const given = givenFor(command, SWITCH)
  const isOn = given === null ? isUsual : readChoice(given, ['on', 'off']) === 'on'
  const rates: Partial<Record<LimitName, Rate>> = {}
  for (const name of LIMIT_NAMES) {
    const rate = givenFor(command, optionOf(name))
    if (rate === null) continue
    if (!isOn) throw new Refusal(`${rate.name} is for a server that limits requests: give --${SWITCH} on too.`)
    rates[name] = readRate(rate)
  }
  return isOn ? ratesWith(rates) : null
}

function optionOf(name: LimitName): string {
  return `throttle-${name}`
}

function readRate({ text, name }: Given): Rate {
  const rate = parseRate(text)
  if (rate !== null) return rate
  throw new Refusal(`${name} must be a rate ${RATE_FORM}, not '${text}'.`)
}
