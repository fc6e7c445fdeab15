import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Piece, Rendered } from '../../template/index.ts'
import type { Encoded } from '../../tokenizer/index.ts'
import { checkMarkers, findSequence, type Marker } from './markers.ts'

const place = { startChar: 0, endChar: 0, line: 1, column: 1 }

/** A rendered text; what stands between [ and ] is the content of the next message. */
function toRendered(marked: string): Rendered {
  const pieces: Piece[] = []
  let text = ''
  for (const [n, part] of marked.split(/[[\]]/).entries()) {
    if (part === '') continue
    const source =
      n % 2 === 0
        ? ({ kind: 'literal', place } as const)
        : ({ kind: 'message', message: (n - 1) / 2, field: 'content', path: 'content' } as const)
    pieces.push({
      startChar: text.length,
      endChar: text.length + part.length,
      source,
      sourceChar: 0,
      writer: place,
    })
    text += part
  }
  return { text, pieces, turns: [], marks: [], usesClock: false }
}

/** A token for each word with the space before it: alone, a word is another token than in a text. */
function toEncoded(text: string): Encoded {
  const words = [...text.matchAll(/ ?[^ ]+/g)]
  return {
    text,
    ids: Int32Array.from(words, ([word]) => idOf(word)),
    starts: Int32Array.from(words, word => word.index),
    ends: Int32Array.from(words, word => word.index + word[0].length),
  }
}
const idOf = (word: string) => [...word].reduce((id, letter) => (id * 31 + letter.codePointAt(0)!) % 65521, 7)

function rulesOf(marked: string, marker: Omit<Marker, 'option'>, padId?: number) {
  const rendered = toRendered(marked)
  const example = { rendered, encoded: toEncoded(rendered.text), padId }
  return checkMarkers([{ option: 'response_template', ...marker }], example).map(finding => finding.rule)
}

test('finds a sequence wherever it stands, overlaps included', () => {
  assert.deepEqual(findSequence([1, 1, 1, 2, 1, 1], [1, 1]), [0, 1, 4])
  assert.deepEqual(findSequence([1, 2], []), [])
  assert.deepEqual(findSequence([1], [1, 2]), [])
})

test('has nothing to say about a marker that the template writes', () => {
  assert.deepEqual(rulesOf('USER [hi] BOT [yes]', { text: ' BOT', ids: [idOf(' BOT')] }), [])
})

test('tells a marker that isn’t there from one whose ids alone aren’t there', () => {
  assert.deepEqual(rulesOf('USER [hi]', { text: ' BOT', ids: [idOf(' BOT')] }), ['marker-not-in-text'])
  assert.deepEqual(rulesOf('USER [hi] BOT [yes]', { text: 'BOT', ids: [idOf('BOT')] }), [
    'marker-tokenises-differently',
  ])
  assert.deepEqual(rulesOf('USER [hi] BOT [yes]', { text: undefined, ids: [idOf('BOT')] }), [
    'marker-not-in-text',
  ])
})

test('shows where such a marker stands and what its ids are there', () => {
  const rendered = toRendered('USER [hi] BOT [yes]')
  const [finding] = checkMarkers([{ option: 'response_template', text: 'BOT', ids: [idOf('BOT')] }], {
    rendered,
    encoded: toEncoded(rendered.text),
    padId: undefined,
  })
  assert.equal(rendered.text.slice(finding!.startChar, finding!.endChar), 'BOT')
  assert.match(finding!.text, new RegExp(`there it is ${idOf(' BOT')}\\.$`))
})

test('warns of a marker inside a message, given as text or as ids', () => {
  const marked = 'USER [the BOT says] BOT [yes]'
  assert.deepEqual(rulesOf(marked, { text: ' BOT', ids: [idOf(' BOT')] }), ['marker-in-content'])
  assert.deepEqual(rulesOf(marked, { text: undefined, ids: [idOf(' BOT')] }), ['marker-in-content'])
})

test('takes a marker for the template’s where only its edge is a message’s', () => {
  assert.deepEqual(rulesOf('USER[ hi BO]T [yes]', { text: ' BOT', ids: [idOf(' BOT')] }), [])
})

test('warns of a marker that masking the pad id destroys', () => {
  const pad = idOf(' BOT')
  assert.deepEqual(rulesOf('USER [hi] BOT [yes]', { text: ' BOT', ids: [pad] }, pad), ['marker-holds-pad'])
})
