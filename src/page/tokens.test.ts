import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toTokensHtml } from './tokens.ts'

/** Tokens with these texts, of which those with a weight are trained. */
function toHtml(tokens: readonly { readonly text: string; readonly weight: number }[]): string {
  const ends: number[] = []
  for (const { text } of tokens) ends.push((ends.at(-1) ?? 0) + text.length)
  const encoded = {
    text: tokens.map(({ text }) => text).join(''),
    ids: Int32Array.from(tokens, (_, t) => t),
    starts: Int32Array.from([0, ...ends.slice(0, -1)].slice(0, tokens.length)),
    ends: Int32Array.from(ends),
  }
  return toTokensHtml({ encoded, weights: Float32Array.from(tokens, ({ weight }) => weight) })
}

/** What a browser would copy: no elements, and references as characters. */
function toCopied(html: string): string {
  return html.replace(/<[^>]*>/g, '').replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
}

/** Text with much of what is markup, white space or invisible. */
const text = fc
  .array(fc.oneof(fc.constantFrom(...'<>&"\' \n\t\r\0\u202e\u200d\u3000\ufeff\u{e0041}'), fc.string()), {
    minLength: 1,
    maxLength: 6,
  })
  .map(parts => parts.join(''))
const token = fc.record({ text, weight: fc.constantFrom(0, 0.5, 1) })

test('gives copied text as the row has it, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(token), tokens => {
      assert.equal(toCopied(toHtml(tokens)), tokens.map(token => token.text).join(''))
    }),
  )
})

test('opens no element and no attribute that the text asks for', () => {
  fc.assert(
    fc.property(fc.array(token), tokens => {
      const rest = toHtml(tokens).replace(
        /<\/?pre>|<\/?span>|<span class="y"|<span| title="[\d ]+">|<i class="(?:sp|nl|tab)">|<i class="c" data-c="U\+[\dA-F]+">|<\/i>/g,
        '',
      )
      assert.doesNotMatch(rest, /[<>"']/)
    }),
  )
})

test('marks the tokens that are trained, and those alone', () => {
  const html = toHtml([
    { text: 'a', weight: 0 },
    { text: 'b', weight: 1 },
    { text: 'c', weight: 0.25 },
  ])
  assert.equal(
    html,
    '<pre><span title="0">a</span><span class="y" title="1">b</span><span class="y" title="2">c</span></pre>',
  )
})

test('shows white space within a token, and names what is invisible', () => {
  const html = toHtml([{ text: ' a  \tb\r\u202e', weight: 0 }])
  assert.equal(html.match(/class="sp"/g)?.length, 3)
  assert.equal(html.match(/class="tab"/g)?.length, 1)
  assert.match(html, /data-c="U\+000D">&#13;</)
  assert.match(html, /data-c="U\+202E">&#8238;</)
})
