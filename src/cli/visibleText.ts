/** C0 and C1 controls, and what turns the direction of text or ends a line: a terminal would do as they say. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** A line for a terminal, whoever wrote what is in it: characters that command are shown as JSON escapes them. */
export function visibleText(line: string): string {
  return line.replaceAll(UNSEEN, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same of several lines. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n')
}
