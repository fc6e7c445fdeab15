import { createHash } from 'node:crypto'
import type { Given } from '../view/index.ts'

/** What a page is made of. */
export interface PageParts {
  readonly script: string
  /** Run in a thread of its own; a page that computes nothing has none. */
  readonly worker: string
  readonly style: string
}

/**
 * The page as one file. Its policy lets run what stands in it and nothing else, and lets it fetch nothing.
 *
 * Script and worker must not contain `</script`: esbuild writes it otherwise.
 */
export function toPageHtml({ script, worker, style }: PageParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${toHash(script)}' 'wasm-unsafe-eval'`,
    `style-src '${toHash(style)}'`,
    'worker-src blob:',
    CONNECT_NONE,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<title>Lossline</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"><p class="dim">Opening …</p></div>
<script type="application/json" id="given">${toScriptJson({ kind: 'dropped' })}</script>
<script type="text/plain" id="worker">${worker}</script>
<script type="module">${script}</script>
</body>
</html>
`
}

const CONNECT_NONE = "connect-src 'none'"

/** The page with other rows than those that a person drops on it. Of a server, it may ask that server. */
export function withGiven(page: string, given: Given): string {
  const isServed = given.kind === 'served'
  const withData = page.replace(
    /(<script type="application\/json" id="given">).*?(<\/script>)/,
    (_, open: string, close: string) => open + toScriptJson(given) + close,
  )
  if (isServed) return withData.replace(CONNECT_NONE, "connect-src 'self'")
  const noWorker = /(<script type="text\/plain" id="worker">)[\s\S]*?(<\/script>)/
  return given.kind === 'embedded' ? withData.replace(noWorker, '$1$2') : withData
}

/** JSON in which nothing ends a script or begins a comment of HTML. */
function toScriptJson(given: Given): string {
  return JSON.stringify(given, (_, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Uint32Array) : value,
  ).replace(/[<>\u2028\u2029]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function toHash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
