/** What is looked at for one request, and how others have their turn meanwhile. */
export interface Work {
  /**
   * Notes that so many rows have been looked at. What it gives, if anything, is awaited before going on.
   *
   * Throws `serviceNotAvailable` when a request has asked for too much.
   */
  readonly spend: (rows: number) => Promise<void> | null
}

/** How many rows are looked at, at the most, before `spend` is told. */
export const SLICE = 500
