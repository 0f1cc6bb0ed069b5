/** Text that is HTML already. Made by `html` alone, so that all that comes from outside is escaped. */
export interface Html {
  readonly html: string
}

type Part = string | Html | readonly Html[]

/** A template of HTML: what is put into it stands there as text, in quoted attributes too. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: texts.map((text, index) => text + textOf(parts[index] ?? '')).join('') }
}

function textOf(part: Part): string {
  if (typeof part === 'string') return part.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`)
  return 'html' in part ? part.html : part.map(({ html }) => html).join('')
}
