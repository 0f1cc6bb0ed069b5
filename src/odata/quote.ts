const QUOTE_LENGTH_MAX = 200

/** A caller's text for a message that names it: in quotes, cut where it is long, and sound as Unicode. */
export function quoted(text: string): string {
  const shown = text.length > QUOTE_LENGTH_MAX ? `${text.slice(0, QUOTE_LENGTH_MAX)}…` : text
  return `'${shown.toWellFormed()}'`
}
