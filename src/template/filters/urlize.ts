import { toOptionalInteger, toOptionalText } from '../operations/arguments.ts'
import { truthOf } from '../operations/truth.ts'
import { escapeHtml } from '../python/index.ts'
import type { Runtime } from '../runtime.ts'
import { rewritten, type Str } from '../values/str.ts'
import type { Value } from '../values/value.ts'

const HTTP =
  /^(?:(?:https?:\/\/|www\.)(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|(?:https?:\/\/)(?:(?:[\d]{1,3})(?:\.[\d]{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::[\d]{1,5})?(?:[/?#]\S*)?$/iu
const EMAIL = /^\S+@\w[\w.-]*\.\w+$/u
const HEAD = /^(?:[(<]|&lt;)+/
const TAIL = /(?:[)>.,\n]|&gt;)+$/

/** Jinja2's `urlize`: addresses in text become links; the text is escaped. */
export function urlizeStr(runtime: Runtime, str: Str, args: readonly (Value | undefined)[]): Str {
  const limit = toOptionalInteger(args[0], 'trim_url_limit')
  const rel = new Set((toOptionalText(args[3], 'rel')?.text ?? '').split(/\s+/).filter(word => word !== ''))
  if (truthOf(args[1] ?? false)) rel.add('nofollow')
  rel.add('noopener')
  const target = toOptionalText(args[2], 'target')?.text
  runtime.chargeText(str.text.length * 8)
  const attributes =
    ` rel="${escapeHtml([...rel].sort().join(' '))}"` +
    (target === undefined || target === '' ? '' : ` target="${escapeHtml(target)}"`)
  const shorten = (text: string) =>
    limit !== undefined && text.length > limit ? `${text.slice(0, limit)}...` : text
  const words = escapeHtml(str.text)
    .split(/(\s+)/)
    .map(word => link(word, { attributes, shorten }))
  return rewritten(words.join(''), str)
}

interface LinkStyle {
  readonly attributes: string
  readonly shorten: (text: string) => string
}

function link(word: string, { attributes, shorten }: LinkStyle): string {
  const head = HEAD.exec(word)?.[0] ?? ''
  let middle = word.slice(head.length)
  let tail = TAIL.exec(middle)?.[0] ?? ''
  middle = middle.slice(0, middle.length - tail.length)
  // Closing marks that have an opening one inside the word belong to it.
  for (const [open, close] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const missing = middle.split(open).length - middle.split(close).length
    for (let i = 0; i < missing && tail.includes(close); i++) {
      const end = tail.indexOf(close) + close.length
      middle += tail.slice(0, end)
      tail = tail.slice(end)
    }
  }
  if (HTTP.test(middle)) {
    const address = /^https?:\/\//.test(middle) ? middle : `https://${middle}`
    middle = `<a href="${address}"${attributes}>${shorten(middle)}</a>`
  } else if (middle.startsWith('mailto:') && EMAIL.test(middle.slice(7))) {
    middle = `<a href="${middle}">${middle.slice(7)}</a>`
  } else if (
    middle.includes('@') &&
    !middle.startsWith('www.') &&
    !middle.includes(':') &&
    EMAIL.test(middle)
  ) {
    middle = `<a href="mailto:${middle}">${middle}</a>`
  }
  return head + middle + tail
}
