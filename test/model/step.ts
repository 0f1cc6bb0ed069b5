import type { Misuse } from './misuse.ts'
import { type Operation, operationText } from './operation.ts'
import type { ReaderQuery } from './view.ts'

export interface Limit {
  readonly objects: number
  readonly edges: number
  readonly examined: number
  readonly bytes: number
}

/** How a reader asks for a page. */
export interface Manner {
  readonly limit: Limit
  readonly minimal: boolean
}

/** One step of a history. Readers are named by their place. */
export type Step =
  | { readonly kind: 'write'; readonly operation: Operation }
  | { readonly kind: 'ask'; readonly reader: number; readonly manner: Manner; readonly latest?: boolean }
  /** Asks until the round ends. */
  | { readonly kind: 'finish'; readonly reader: number; readonly manner: Manner }
  | { readonly kind: 'goBack'; readonly reader: number; readonly links: number; readonly keepsCopy: boolean }
  | { readonly kind: 'startOver'; readonly reader: number }
  | { readonly kind: 'misuse'; readonly reader: number; readonly how: Misuse }
  /** The horizon moves to so many versions below the head. */
  | { readonly kind: 'compact'; readonly keep: number }
  | { readonly kind: 'wait'; readonly hours: number }
  /** The directory is saved; `lose` puts the saved one back. */
  | { readonly kind: 'restart' | 'save' | 'lose' | 'expireTokens' }
  | { readonly kind: 'replaceKey'; readonly keepOld: boolean }

/** What a history begins with. */
export interface Setting {
  /** From which the ids of its objects follow, and so their order. */
  readonly seed: number
  readonly recyclesSecurityGroups: boolean
  readonly queries: readonly SettingQuery[]
}

/** A query whose filter names objects by name. */
export type SettingQuery = Omit<ReaderQuery, 'ids'> & { readonly names: readonly string[] | null }

export interface History {
  readonly setting: Setting
  readonly steps: readonly Step[]
}

export function stepText(step: Step, nameOf: (id: string) => string): string {
  switch (step.kind) {
    case 'write':
      return operationText(step.operation, nameOf)
    case 'ask':
    case 'finish': {
      const { objects, edges, examined, bytes } = step.manner.limit
      const what = step.kind === 'finish' ? 'finishes its round' : step.latest ? 'asks for the latest' : 'asks'
      const size = `pages of ${objects} objects, ${edges} edges, ${examined} rows, ${bytes} bytes`
      return `reader ${step.reader} ${what}, ${size}${step.manner.minimal ? ', minimal' : ''}`
    }
    case 'goBack':
      return `reader ${step.reader} goes back ${step.links} links${step.keepsCopy ? ' and keeps its copy' : ''}`
    case 'startOver':
      return `reader ${step.reader} starts over`
    case 'misuse':
      return `reader ${step.reader} misuses its link: ${step.how}`
    case 'compact':
      return `the horizon moves to ${step.keep} below the head`
    case 'wait':
      return `${step.hours} hours go by`
    case 'replaceKey':
      return `a new key seals${step.keepOld ? '' : ', the older ones are gone'}`
    default:
      return step.kind
  }
}
