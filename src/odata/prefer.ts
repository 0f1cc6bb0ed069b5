/** What a caller would rather have (RFC 7240): what is not named here is ignored. */
export interface Preferences {
  /** `return=minimal`: of each object only what changed. */
  readonly minimal: boolean
}

/** Reads the Prefer header, or all of them. Of a preference that is given twice the first counts; none is an error. */
export function readPrefer(header: string | readonly string[] | undefined): Preferences {
  const text = typeof header === 'string' ? header : (header ?? []).join(',')
  for (const preference of splitUnquoted(text, ',')) {
    // Parameters follow a semicolon; `return` has none.
    const [pair = ''] = splitUnquoted(preference, ';')
    const equals = pair.indexOf('=')
    const name = equals === -1 ? pair : pair.slice(0, equals)
    const value = equals === -1 ? '' : pair.slice(equals + 1)
    if (name.trim().toLowerCase() === 'return') return { minimal: wordOf(value).toLowerCase() === 'minimal' }
  }
  return { minimal: false }
}

/** The parts between separators, of which those inside a quoted string are none. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = []
  let start = 0
  let inQuotes = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (character === '"') inQuotes = !inQuotes
    else if (character === '\\' && inQuotes) at += 1
    else if (character === separator && !inQuotes) {
      parts.push(text.slice(start, at))
      start = at + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

/** A token as it is, a quoted string without quotes and escapes. */
function wordOf(text: string): string {
  const word = text.trim()
  const isQuoted = word.length > 1 && word.startsWith('"') && word.endsWith('"')
  return isQuoted ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word
}
