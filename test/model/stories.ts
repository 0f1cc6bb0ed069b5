import type { Story } from './stage.ts'
import { FILTERS } from './stories/filters.ts'
import { LINKS } from './stories/links.ts'
import { MINIMAL } from './stories/minimal.ts'
import { OBJECTS } from './stories/objects.ts'
import { PAGES } from './stories/pages.ts'
import { REMOVALS } from './stories/removals.ts'
import { RESTORES } from './stories/restores.ts'

/** Every written story. Their titles are what the mutants name. */
export const STORIES: readonly Story[] = [
  ...RESTORES,
  ...REMOVALS,
  ...PAGES,
  ...MINIMAL,
  ...FILTERS,
  ...LINKS,
  ...OBJECTS,
]
