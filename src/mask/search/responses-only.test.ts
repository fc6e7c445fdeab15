// Oracle: Unsloth's own train_on_responses_only, on generated rows and tokenizers that merge over the edges of a marker.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { findPython, runPython, whyNoPython } from '../../../test/interop/python.ts'
import { makeTokenizerJson } from '../../../test/mask/tokenizer.ts'
import { Tokenizer } from '../../tokenizer/index.ts'
import { findResponsesOnlyMarkers, labelResponsesOnly } from './responses-only.ts'

const SEED = Number(process.env['LOSSLINE_SEED'] ?? 20)

/** Merges that take a marker's last character together with the next message's first, and its first with what stands before. */
const MERGES: readonly [string, string][] = [
  ['>', '\\'],
  ['>', 'Ċ'],
  ['Ċ', 'a'],
  ['a', 'b'],
  ['a', ':'],
  ['b', '<'],
  ['Ċ', 'Ċ'],
]

interface TokenizerJson {
  readonly added_tokens: readonly { readonly id: number }[]
  readonly model: { readonly vocab: Readonly<Record<string, number>> }
}

const json = makeTokenizerJson('<|im_start|> <|im_end|>', ['\n\n']) as TokenizerJson
const tokenizerJson = {
  ...json,
  // The crate wants the model's ids without a hole: merged tokens come behind the 256 bytes, added ones behind those.
  added_tokens: json.added_tokens.map(token => ({ ...token, id: token.id + MERGES.length })),
  model: {
    ...json.model,
    merges: MERGES,
    vocab: Object.fromEntries([
      ...Object.entries(json.model.vocab),
      ...MERGES.map(([left, right], m) => [left + right, 256 + m] as const),
    ]),
  },
}
const tokenizer = await Tokenizer.fromJSON(tokenizerJson)

/** Pairs of instruction and response part: ChatML, plain text, and some made to meet a rule of the search. */
const PARTS: readonly (readonly [string, string])[] = [
  ['<|im_start|>user\n', '<|im_start|>assistant\n'],
  ['<|im_start|>a\n', '<|im_start|>b\n'],
  ['<|im_start|>', '<|im_start|>a\n'],
  ['<|im_start|>a>', '<|im_start|>>'],
  ['a:', 'b:'],
  ['b', 'a'],
  ['\n<a>', '\n<b>'],
  ['b<|im_start|>a>', 'b<|im_start|>b>'],
  ['<s>a', '<s>b'],
  ['\n\na', '\n\nb'],
  ['\n', 'a'],
  ['', 'a'],
]
const STRETCHES = [
  'a',
  'b',
  '\n',
  '>',
  '\\',
  '<',
  ':',
  '<|im_start|>',
  '<|im_end|>',
  '<s>',
  '</s>',
  'ab',
  'tool\n',
]

const searched = fc
  .record({
    parts: fc.constantFrom(...PARTS),
    bos: fc.constantFrom('<s>', undefined),
    eos: fc.constantFrom('</s>', '<|im_end|>', undefined),
    lastResponseOnly: fc.boolean(),
  })
  .chain(options => {
    const stretch = fc.oneof(fc.constantFrom(...options.parts), fc.constantFrom(...STRETCHES))
    const texts = fc.array(fc.array(stretch, { maxLength: 9 }), { minLength: 1, maxLength: 4 })
    return texts.map(rows => ({ ...options, rows: rows.map(row => row.join('')) }))
  })

test('labels as Unsloth’s train_on_responses_only', t => {
  const python = findPython('trl-1.16')
  if (python === undefined) return t.skip(whyNoPython('trl-1.16'))
  const cases = fc.sample(searched, { seed: SEED, numRuns: 1000 }).map(item => ({
    ...item,
    ids: item.rows.map(row => Array.from(tokenizer.encode(row, { addSpecialTokens: false }).ids)),
  }))
  const idOf = (token: string | undefined) => (token === undefined ? undefined : tokenizer.tokenToId(token))
  const answers = runPython(
    python,
    'test/interop/unsloth_responses_only.py',
    cases.map(({ parts, bos, eos, lastResponseOnly, ids }) => ({
      tokenizer: JSON.stringify(tokenizerJson),
      instruction_part: parts[0],
      response_part: parts[1],
      bos_id: idOf(bos) ?? null,
      eos_id: idOf(eos) ?? null,
      last_response_only: lastResponseOnly,
      rows: ids,
    })),
  ) as (number[][] | { error: string })[]
  let trained = 0
  for (const [i, { parts, bos, eos, lastResponseOnly, ids }] of cases.entries()) {
    const markers = findResponsesOnlyMarkers(
      tokenizer,
      { instructionPart: parts[0], responsePart: parts[1] },
      { bosId: idOf(bos), eosId: idOf(eos) },
    )
    const answer = answers[i]!
    if ('error' in answer) {
      assert.ok(markers.instruction.core.length === 0 || markers.response.core.length === 0, answer.error)
      continue
    }
    const labels = ids.map(row => {
      const mask = labelResponsesOnly(row, markers, { lastResponseOnly })
      return row.map((id, at) => (mask[at] === 1 ? id : -100))
    })
    trained += labels.flat().filter(label => label !== -100).length
    assert.deepEqual(labels, answer, JSON.stringify(cases[i]))
  }
  assert.ok(trained > 1000, 'the cases train next to nothing')
})

test('keeps what a neighbour may merge with out of a marker’s core', () => {
  const markers = findResponsesOnlyMarkers(tokenizer, {
    instructionPart: '<|im_start|>a>',
    responsePart: '<|im_start|>b>',
  })
  const toTokens = (ids: readonly number[]) => ids.map(id => tokenizer.idToToken(id))
  assert.deepEqual(toTokens(markers.response.core), ['<|im_start|>', 'b'])
  assert.deepEqual(toTokens(markers.response.right), ['>'])
  assert.deepEqual(toTokens(markers.messageStart), ['<|im_start|>'])
})

test('trains nothing where a marker has no tokens', () => {
  const markers = findResponsesOnlyMarkers(tokenizer, { instructionPart: '', responsePart: 'a' })
  const { ids } = tokenizer.encode('abab', { addSpecialTokens: false })
  assert.deepEqual(
    Array.from(labelResponsesOnly(ids, markers)),
    Array.from(ids, () => 0),
  )
})
