import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { makeHardConversation, makeMasked, type TokenSketch } from '../../test/cli/make-masked.ts'
import { makePaint } from './paint.ts'
import { toTokenView } from './terminal.ts'

const sketches = fc.array(
  fc.record({
    text: fc.oneof(
      fc.string({
        unit: fc.constantFrom('a', ' ', '\n', '\t', '草', '😀', '\x1b', '\u0301', 'x'),
        minLength: 1,
      }),
      fc.constant('long '.repeat(40)),
    ),
    message: fc.constantFrom(-1, 0, 1, 2),
    reason: fc.constantFrom('answer' as const, 'prompt' as const, 'added-by-tokenizer' as const),
    weight: fc.constantFrom(0, 1, 0.5),
  }) satisfies fc.Arbitrary<TokenSketch>,
  { minLength: 1, maxLength: 40 },
)
const roles = ['system', 'user', 'assistant']

test('has every trained token behind a mark, and no other, without any colour', () => {
  fc.assert(
    fc.property(sketches, fc.integer({ min: 20, max: 100 }), (tokens, width) => {
      const masked = makeMasked(tokens, { roles })
      const view = toTokenView(masked, 'row 0', { width, colors: 0 })
      assert.doesNotMatch(view, /\x1b/)
      assert.equal(countTokens(view, width, true), tokens.filter(({ weight }) => weight > 0).length)
      assert.equal(countTokens(view, width, false), tokens.filter(({ weight }) => weight === 0).length)
    }),
  )
})

/** Reads a view back: tokens on lines of one kind. */
function countTokens(view: string, width: number, isTrained: boolean): number {
  const isMargin = /^. (answer|prompt|added-by-tokenizer)( ×0\.5)?$/
  let tokens = 0
  for (const line of view.split('\n').slice(1)) {
    if (isMargin.test(line) || !/^[▌ ] {2,}|^[▌ ] (answer|prompt|added)/.test(line)) continue
    if (line.startsWith('▌') !== isTrained) continue
    const drawn = line.slice(1).replace(/^ (answer|prompt|added-by-tokenizer)?( ×0\.5)? */, '')
    tokens += drawn.split('│').length - (drawn.startsWith('↪') ? 1 : 0)
  }
  assert.ok(width > 0)
  return tokens
}

test('keeps within the width, narrow and wide, whatever the text', () => {
  fc.assert(
    fc.property(sketches, fc.integer({ min: 30, max: 100 }), (tokens, width) => {
      const view = toTokenView(makeMasked(tokens, { roles }), 'row 0', { width, colors: 0 })
      for (const line of view.split('\n'))
        assert.ok(stringWidth(line) <= width, `${stringWidth(line)} columns: ${line}`)
    }),
  )
})

test('draws the same with colours as without, but for the colours', () => {
  const masked = makeHardConversation()
  const plain = toTokenView(masked, 'row 0', { width: 80, colors: 0 })
  for (const colors of [16, 256] as const) {
    const coloured = toTokenView(masked, 'row 0', { width: 80, colors })
    assert.notEqual(coloured, plain)
    assert.equal(coloured.replace(/\x1b\[[\d;]*m/g, ''), plain)
  }
})

test('draws a larger weight deeper', () => {
  const { trained } = makePaint(256)
  const shades = [0.1, 0.5, 1].map(weight => trained('a', weight, false))
  assert.equal(new Set(shades).size, 3)
  assert.equal(trained('a', 2, false), shades[2])
})

test('draws bytes of one character once, dropped characters between signs, and an added token by its name', () => {
  const masked = makeMasked([
    { text: undefined, reason: 'added-by-tokenizer' },
    { text: '😀', reason: 'plain-text', weight: 1 },
    { text: '', shared: 2, reason: 'plain-text', weight: 1 },
    { text: 'b', dropped: '  ', reason: 'plain-text', weight: 1 },
  ])
  const names = { idToToken: () => '<s>', isSpecial: () => false }
  assert.equal(
    toTokenView(masked, 'row 7', { width: 60, colors: 0, names }),
    [
      'row 7                            4 tokens, 3 trained (75.0%)',
      '  added-by-tokenizer  <s>',
      '▌ plain-text          😀│⋯│‹··›│b',
    ].join('\n'),
  )
})

test('says that a message goes on after another stood between', () => {
  const reason = 'prompt'
  const masked = makeMasked(
    [0, 1, 0].map(message => ({ text: 'a', message, reason })),
    { roles },
  )
  assert.match(toTokenView(masked, 'row 0', { width: 80, colors: 0 }), /^0 system, continued ─/m)
})

test('leaves what a turn quotes of another message in that turn, and what another message says under its own name', () => {
  const reason = 'prompt'
  const masked = makeMasked(
    [
      { text: 'call', message: 2, reason, source: 'tool_calls' },
      { text: 'head', message: 1, reason },
      { text: 'call', message: 2, reason, source: 'tool_calls' },
      { text: 'said', message: 0, reason, source: 'content' },
    ],
    { roles },
  )
  const turns = [
    { message: 2, startChar: 0, endChar: 4 },
    { message: 1, startChar: 4, endChar: 16 },
  ]
  const view = toTokenView({ ...masked, rendered: { ...masked.rendered, turns } }, 'row 0', {
    width: 80,
    colors: 0,
  })
  assert.deepEqual(view.match(/^\d \w+/gm), ['2 assistant', '1 user', '0 system'])
})
