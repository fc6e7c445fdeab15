import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LosslineError } from '../../src/error.ts'
import { createBpeTokenizer } from '../../src/tokenizer/bpe-tokenizer.ts'
import { Tokenizer } from '../../src/tokenizer/index.ts'
import { Untranslatable } from '../../src/tokenizer/regex/index.ts'
import { parseTokenizerJson } from '../../src/tokenizer/tokenizer-json/index.ts'
import { findPython, runPython, whyNoPython } from '../interop/python.ts'
import { anyTokenizer } from './configurations.ts'
import { toTokens } from './oracle.ts'
import { tortureText } from './torture.ts'

interface Case {
  readonly json: object
  readonly texts: readonly string[]
  readonly ids: readonly number[]
}

/** Tokens are [id, start, end], in code points; null where the package panics. */
type Expected =
  | {
      readonly texts: readonly (readonly [number[][], number[][]] | null)[]
      readonly decoded: (string | null)[]
    }
  | { readonly refused: string }

/** More of them, and others, with LOSSLINE_FUZZ=runs:seed. */
const [runs = 1500, seed = 1] = (process.env['LOSSLINE_FUZZ'] ?? '').split(':').filter(Boolean).map(Number)

const anyCase: fc.Arbitrary<Case> = fc.record({
  json: anyTokenizer,
  texts: fc.array(
    // Python has no lone surrogates; Node gives U+FFFD for them to the native package.
    tortureText.map(text => text.replace(/[\ud800-\udfff]/gu, '\ufffd')),
    { minLength: 1, maxLength: 6 },
  ),
  ids: fc.array(fc.nat(140), { maxLength: 12 }),
})

test('gives what the Python package gives, for steps of every kind', async t => {
  const python = findPython('interop')
  if (python === undefined) return t.skip(whyNoPython('interop'))
  const cases = fc.sample(anyCase, { numRuns: runs, seed })
  const expected = runPython(python, 'test/tokenizer/tokenizers_oracle.py', cases) as Expected[]
  let compared = 0
  for (const [i, item] of cases.entries()) compared += await compare(item, expected[i]!)
  t.diagnostic(`${compared} texts compared`)
  assert.ok(compared > runs, 'most texts are compared')
})

/** @returns texts that were compared */
async function compare({ json, texts, ids }: Case, expected: Expected): Promise<number> {
  const tokenizers = await openBoth(json)
  if (tokenizers.length === 0 || 'refused' in expected) return 0
  const where = () => JSON.stringify({ ...json, model: { ...(json['model' as never] as object), vocab: {} } })
  let compared = 0
  for (const tokenizer of tokenizers) {
    texts.forEach((text, i) => {
      const answer = expected.texts[i]
      if (answer === null || answer === undefined) return
      compared++
      for (const [j, addSpecialTokens] of [false, true].entries()) {
        const found = toTokens(tokenizer.encode(text, { addSpecialTokens }))
        assert.deepEqual(found, inUnits(answer[j]!, text), `${JSON.stringify(text)}: ${where()}`)
      }
    })
    for (const [j, skipSpecialTokens] of [false, true].entries())
      if (expected.decoded[j] !== null)
        assert.equal(tokenizer.decode(ids, { skipSpecialTokens }), expected.decoded[j], `${ids}: ${where()}`)
  }
  return compared
}

/** With the fast encoder and without; none where only the native package would do. */
async function openBoth(json: object): Promise<Tokenizer[]> {
  const { model, ...steps } = parseTokenizerJson(json)
  assert.ok(model.kind === 'BPE')
  try {
    return [createBpeTokenizer(steps, model, undefined), await Tokenizer.fromJSON(json)]
  } catch (error) {
    if (error instanceof Untranslatable || error instanceof LosslineError) return []
    throw error
  }
}

function inUnits(tokens: readonly (readonly number[])[], text: string): number[][] {
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  return tokens.map(([id, start, end]) => [id!, units[start!]!, units[end!]!])
}
