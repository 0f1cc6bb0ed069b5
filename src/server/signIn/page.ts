import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { isLoopback } from '../publicBase.ts'
import { type Html, html } from './html.ts'

/** A page of ours as it is sent. */
export interface Page {
  readonly status: number
  readonly title: string
  readonly body: Html
  /** Where its form may lead besides to us: the redirect URI of an app. */
  readonly leadsTo?: string
}

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}
h1{font-size:1.5rem}fieldset{border:1px solid #767676;border-radius:.25rem;margin:1rem 0;padding:.5rem 1rem}
label{display:block;padding:.25rem 0}input[type=text]{font:inherit;padding:.25rem}
button{font:inherit;padding:.375rem 1rem;margin:.25rem .5rem .25rem 0}.role{color:#595959}.wrong{color:#a4262c}`

/** The style may stand in the page, by its hash; nothing else is run, loaded or framed. */
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

export function sendPage(reply: FastifyReply, { status, title, body, leadsTo }: Page): FastifyReply {
  const targets = ["'self'", ...(leadsTo === undefined ? [] : [sourceOf(leadsTo)])]
  return reply
    .code(status)
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        "default-src 'none'",
        `style-src 'sha256-${STYLE_HASH}'`,
        `form-action ${targets.join(' ')}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join('; '),
      // Elsewhere nobody learns of codes in our addresses; to ourselves the browser tells the Origin of a form.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    .send(whole(title, body).html)
}

/**
 * An app's place as a source of a content security policy: its origin where that can be one, which an IPv6 address
 * cannot, else the scheme. On the person's own machine every port of its host: there are browsers that hold all
 * redirects after a form to this (w3c/webappsec-csp#8), and what a program listens for often leads to a page of another.
 */
function sourceOf(redirectUri: string): string {
  const { protocol, origin, hostname } = new URL(redirectUri)
  if (!['http:', 'https:'].includes(protocol) || hostname.startsWith('[')) return protocol
  return isLoopback(hostname) ? `${protocol}//${hostname}:*` : origin
}

function whole(title: string, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – Tidemark</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
</body>
</html>
`
}
