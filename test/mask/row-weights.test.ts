import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRow } from '../../src/conversation/index.ts'
import type { Json } from '../../src/json/index.ts'
import { type Masked, type MaskOptions, maskExample } from '../../src/mask/index.ts'
import { ChatTemplate } from '../../src/template/index.ts'
import { makeTokenizer } from './tokenizer.ts'

const TEMPLATE =
  "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"

async function mask(messages: Json, options: MaskOptions = {}): Promise<Masked> {
  const tokenizer = await makeTokenizer(TEMPLATE)
  const context = {
    tokenizer,
    templates: [ChatTemplate.compile(TEMPLATE)],
    specialTokens: {},
    stopIds: new Set([tokenizer.tokenToId('<|im_end|>')!]),
  }
  const [masked] = maskExample(parseRow({ messages }).example, context, options)
  return masked!
}

/** Runs of equal weight that isn't 0, as [text, weight]. */
function weighted({ encoded, rendered, weights }: Masked): [string, number][] {
  const runs: [string, number][] = []
  for (let t = 0; t < weights.length; t++) {
    const text = rendered.text.slice(encoded.starts[t], encoded.ends[t])
    const run = runs.at(-1)
    if (run !== undefined && t > 0 && weights[t] === weights[t - 1]) run[0] += text
    else runs.push([text, weights[t]!])
  }
  return runs.filter(([, weight]) => weight !== 0)
}

const user = { role: 'user', content: 'Hi' }

test('gives every token of a message the weight that its row asks for', async () => {
  const rows: [Json, [string, number][]][] = [
    [{ weight: 0 }, []],
    [{ train: false }, []],
    [{ training: true }, [['Yes<|im_end|>', 1]]],
    [{ loss_weight: 0.5 }, [['Yes<|im_end|>', 0.5]]],
  ]
  for (const [said, expected] of rows) {
    const masked = await mask([user, { role: 'assistant', content: 'Yes', ...(said as object) }])
    assert.deepEqual(weighted(masked), expected, JSON.stringify(said))
    assert.doesNotMatch(masked.rendered.text, /weight|train/)
  }
})

test('trains a message of another role when its row asks for it', async () => {
  const masked = await mask([
    { ...user, train: true },
    { role: 'assistant', content: 'Yes', weight: 0 },
  ])
  assert.deepEqual(weighted(masked), [['Hi<|im_end|>', 1]])
})

test('trains the ranges of training_detail, whose ends are inclusive and count code points', async () => {
  const training_detail = [
    { begin_offset: 0, end_offset: 1, train: false },
    { begin_offset: 2, end_offset: 4, train: true },
  ]
  const masked = await mask([user, { role: 'assistant', content: '👋 Yes', training_detail }])
  assert.deepEqual(weighted(masked), [['Yes<|im_end|>', 1]])
})

test('leaves out content that no range of training_detail covers', async () => {
  const training_detail = [{ begin_offset: 4, end_offset: 6, train: true }]
  const masked = await mask([user, { role: 'assistant', content: 'Yes and no', training_detail }])
  assert.deepEqual(weighted(masked), [
    ['and', 1],
    ['<|im_end|>', 1],
  ])
})

test('says that nothing is trained', async () => {
  const masked = await mask([user, { role: 'assistant', content: 'Yes', weight: 0 }])
  assert.deepEqual(
    masked.findings.map(({ rule }) => rule),
    ['no-trained-token'],
  )
})
