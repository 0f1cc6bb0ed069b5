/** Text as a POSIX shell takes it, character by character. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
