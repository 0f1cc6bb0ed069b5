/** What a caller would rather have (RFC 7240): what is not named here is ignored. */
export interface Preferences {
  /** `return=minimal`: of each object only what changed. */
  readonly minimal: boolean
  /** `create-if-missing`: what is to be changed and is not there is made (learn.microsoft.com, graph/api/group-upsert). */
  readonly createIfMissing: boolean
}

/** Reads the Prefer header, or all of them. Of a preference that is given twice the first counts; none is an error. */
export function readPrefer(header: string | readonly string[] | undefined): Preferences {
  const text = typeof header === 'string' ? header : (header ?? []).join(',')
  const given = new Map<string, string>()
  for (const preference of splitUnquoted(text, ',')) {
    // Parameters follow a semicolon; none of these preferences has any.
    const [pair = ''] = splitUnquoted(preference, ';')
    const equals = pair.indexOf('=')
    const name = (equals === -1 ? pair : pair.slice(0, equals)).trim().toLowerCase()
    if (!given.has(name)) given.set(name, equals === -1 ? '' : wordOf(pair.slice(equals + 1)))
  }
  return {
    minimal: given.get('return')?.toLowerCase() === 'minimal',
    // An empty value says the same as none (RFC 7240 §2).
    createIfMissing: given.get('create-if-missing') === '',
  }
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
