import { foldText } from './foldedText.ts'

const RUN = /\p{Nd}+|[\p{L}\p{M}]+/gu
const CASE_CHANGE = /(?<=\p{Ll})(?=\p{Lu})/u

/**
 * The words of a text, folded: broken at blanks, symbols, and where letters meet digits or a small letter meets a
 * capital (learn.microsoft.com, graph/search-query-parameter).
 */
export function wordsOf(text: string): string[] {
  const runs = text.match(RUN) ?? []
  return runs.flatMap(run => run.split(CASE_CHANGE)).map(foldText)
}

/** What stands between two blanks is a word as well, without its symbols: `hello-world` is found as `helloworld`. */
function joinedWords(text: string): string[] {
  return text.split(/\s+/u).map(part => foldText((part.match(RUN) ?? []).join('')))
}

/** Whether each of the words begins a word of the text, in whatever order. */
export function hasWords(text: string, words: readonly string[]): boolean {
  const present = [...wordsOf(text), ...joinedWords(text)]
  return words.every(word => present.some(known => known.startsWith(word)))
}
