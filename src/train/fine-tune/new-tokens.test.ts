import assert from 'node:assert/strict'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeModelFolder } from '../../../test/cli/model-folder.ts'
import { findShared } from '../../../test/interop/python.ts'
import { random } from '../../../test/random.ts'
import { makeModel } from '../../../test/train/make-model.ts'
import { describeError, LosslineError } from '../../error.ts'
import { openModel } from '../../open-model.ts'
import { prepare } from '../../prepare/index.ts'
import { layAdapter, toLoraConfig } from '../adapter/index.ts'
import { readTensorFile, writeSafetensors } from '../weights/index.ts'
import { fineTune } from './fine-tune.ts'
import { findFrozenNewTokens, findNewRows } from './new-tokens.ts'
import type { TrainedPart } from './options.ts'

const folder = mkdtempSync(join(tmpdir(), 'lossline-new-tokens-'))
after(() => rmSync(folder, { recursive: true }))

test('tells rows that say nothing from rows that were trained', async () => {
  const [count, width] = [600, 24]
  const draw = random(7)
  const normal = (): number =>
    Array.from({ length: 12 }, () => draw(2 ** 16) / 2 ** 16).reduce((a, b) => a + b, -6)
  // As trained rows are: round a mean that is not zero, some rare ones nearer to it.
  const centre = Array.from({ length: width }, normal)
  const values = Float32Array.from({ length: count * width }, (_, i) => {
    const spread = Math.floor(i / width) % 10 === 0 ? 0.4 : 1
    return centre[i % width]! + spread * normal()
  })
  const row = (id: number): Float32Array => values.subarray(id * width, (id + 1) * width)
  const mean = centre.map(
    (_, i) => values.reduce((sum, v, at) => (at % width === i ? sum + v : sum), 0) / count,
  )
  row(590).fill(0)
  row(591).fill(1e-20)
  row(592).set(mean)
  // `resize_token_embeddings` draws from a normal distribution that is hardly wider than a point.
  row(593).set(mean.map(value => value + 1e-4 * normal()))
  row(594).set(row(12))
  row(595).set(row(594))
  const file = join(folder, 'rows.safetensors')
  for (const dtype of ['F32', 'BF16'] as const) {
    await writeSafetensors(file, [{ name: 'head', shape: [count, width], dtype, values }])
    const [head] = readTensorFile(file)
    const ids = Array.from({ length: 40 }, (_, i) => 560 + i)
    assert.deepEqual(
      [...findNewRows(head!, ids)].sort(([a], [b]) => a - b),
      [
        [590, 'all zero'],
        [591, 'all zero'],
        [592, 'the mean of all rows'],
        [593, 'the mean of all rows'],
        [594, 'that of id 595 too'],
        [595, 'that of id 594 too'],
      ],
    )
    assert.equal(
      findNewRows(
        head!,
        Array.from({ length: 560 }, (_, id) => id),
      ).size,
      0,
    )
    assert.equal(findNewRows(head!, []).size, 0)
  }
})

test('a training with an adapter stops at an answer that ends with a token whose row is zero', async () => {
  const model = makeModelFolder()
  const tokenizer = JSON.parse(readFileSync(join(model, 'tokenizer.json'), 'utf8')) as {
    added_tokens: { id: number; content: string }[]
  }
  const end = tokenizer.added_tokens.find(({ content }) => content === '<|im_end|>')!.id
  const config = {
    model_type: 'llama',
    vocab_size: Math.max(...tokenizer.added_tokens.map(({ id }) => id)) + 5,
    hidden_size: 16,
    intermediate_size: 24,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    tie_word_embeddings: true,
  }
  await makeModel(model, config, 3)
  const chats = join(folder, 'chats.jsonl')
  const chat = {
    messages: [
      { role: 'user', content: 'Grass?' },
      { role: 'assistant', content: 'Green.' },
    ],
  }
  writeFileSync(chats, `${JSON.stringify(chat)}\n`.repeat(4))
  const run = (part: TrainedPart, more: { path?: string; allowFindings?: string[] } = {}): Promise<unknown> =>
    fineTune({
      model,
      part,
      config: { outputDir: join(folder, 'out'), maxSteps: 1, reportTo: [], saveStrategy: 'no', bf16: false },
      rows: { inputs: [{ path: more.path ?? chats }], allowFindings: more.allowFindings ?? [] },
      promptCount: 0,
    })
  const lora = { kind: 'new-adapter', lora: { targetModules: 'all-linear' } } as const
  await run(lora)
  zeroRow(join(model, 'model.safetensors'), end, 16)
  const told =
    /"<\|im_end\|>" \(id \d+\) is trained and new to the model: its row in the head is all zero, and the head is not trained\./
  const isTold = (where: RegExp) => (error: unknown) => {
    assert.ok(error instanceof LosslineError)
    assert.equal(error.code, 'prepare/findings')
    assert.match(error.where ?? '', where)
    const text = describeError(error, 'flag')
    assert.match(text, told)
    assert.match(text, /--lora-modules-to-save lm_head.*--allow-findings new-token-frozen goes on/)
    assert.doesNotMatch(text, /lossline check finds all/)
    return true
  }
  await assert.rejects(run(lora), isTold(/chats\.jsonl:1$/))
  await run(lora, { allowFindings: ['new-token-frozen'] })
  await run({ kind: 'all' })
  await run({ kind: 'new-adapter', lora: { targetModules: ['q_proj'], modulesToSave: ['lm_head'] } })
  const prepared = join(folder, 'prepared')
  await prepare({ inputs: [{ path: chats }], model, output: prepared, workers: 1 })
  await assert.rejects(run(lora, { path: prepared }), isTold(/prepared row 0$/))
  await run(lora, { path: prepared, allowFindings: ['new-token-frozen'] })
})

test('nothing is new to a model that was published', async t => {
  const path = findShared('models/stories260K')
  if (path === undefined) return t.skip('../shared is not here')
  const { folder: files } = await openModel(path, { cache: false })
  const adapter = layAdapter(path, toLoraConfig({ targetModules: 'all-linear' }), 1)
  assert.deepEqual([...findFrozenNewTokens(files, path, adapter)!], [])
})

function zeroRow(file: string, row: number, width: number): void {
  const embedding = readTensorFile(file).find(({ name }) => name === 'model.embed_tokens.weight')!
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, new Uint8Array(4 * width), 0, 4 * width, embedding.startByte + 4 * width * row)
  closeSync(descriptor)
}
