/** What a history of requests must show, by the numbers of its sentences in docs/protocol.md. */
export const INVARIANTS = {
  I1: ['after a complete round the copy equals the tracked view at the version of its deltaLink', 'DELTA-39'],
  I2: ['a deltaLink is no older than the last request of its round', 'DELTA-40'],
  I4: ['every change after the base shows in the round', 'DELTA-41'],
  I5: ['what is told is the present state, and nothing removed comes back', 'DELTA-42'],
  I6: ['the version of a reader’s deltaLinks never falls', 'DELTA-44'],
  I8: ['a quiet round tells each thing once, an empty one nothing', 'DELTA-31, DELTA-47'],
  I9: ['every link moves on, and a round ends', 'DELTA-45, DELTA-46'],
  I10: ['a page has exactly one link, an error none', 'DELTA-6, DELTA-7'],
  I11: ['a token is good for what it was made for and for nothing else', 'DELTA-54, DELTA-55'],
  I13: [
    'a link is honoured as long as it is young and its base is not below the horizon, and then refused',
    'DELTA-49, DELTA-51',
  ],
  I14: ['a token that has seen a lost version is refused, and no other', 'DELTA-52'],
  I17: ['what entered the view is told whole', 'DELTA-29, DELTA-61'],
  I19: ['only tracked changes since the base are told', 'DELTA-21, DELTA-63'],
  minimal: ['return=minimal shows exactly what was set since the base', 'DELTA-26, DELTA-27'],
  whole: [
    'a changed object is shown with all its selected properties that were ever set',
    'DELTA-14, DELTA-25, DELTA-28',
  ],
  removal: ['an object that left is told with the reason of its present state', 'DELTA-59, DELTA-60'],
  shape: ['a page has the shape that is promised', 'DELTA-6, DELTA-8, DELTA-14, DELTA-32'],
  page: ['a page keeps to its bounds', 'DELTA-9, DELTA-46'],
  scope: ['only what the options select is told', 'DELTA-16, DELTA-36, DELTA-37'],
  restart: ['a refused link says where to begin again', 'DELTA-50, DELTA-53'],
  write: ['a write is done or refused as it should be, and makes one version', 'DELTA-30, DELTA-83'],
  lists: ['the lists show what the tracked view holds', 'DELTA-93, DELTA-94'],
} as const satisfies Record<string, readonly [words: string, promises: string]>

export type Invariant = keyof typeof INVARIANTS

/** Something that must not be: the server's answer breaks one of its promises. */
export class Violation extends Error {
  readonly invariant: Invariant

  constructor(invariant: Invariant, what: string) {
    const [words, promises] = INVARIANTS[invariant]
    super(`${invariant} is broken (${words}; ${promises}): ${what}`)
    this.invariant = invariant
  }
}
