import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import {
  fitAdapter,
  initialiseAdapter,
  type LoraConfig,
  layTrainedAdapter,
  listModules,
  type ModelModule,
  mergeAdapter,
  readAdapterFolder,
  resolveLora,
  toLoraConfig,
  toTrained,
  writeAdapterFolder,
} from '../../src/train/adapter/index.ts'
import { parseModelConfig, resolveWeights } from '../../src/train/model/index.ts'
import { openTrainableModel, type Trained } from '../../src/train/runtime/index.ts'
import { readTensor, readTensorFile, readTensorIndex } from '../../src/train/weights/index.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python: string | undefined = findPython('trl-1.16')
const skip: string | false = python === undefined && whyNoPython('trl-1.16')
const folder: string = mkdtempSync(join(tmpdir(), 'lossline-peft-'))
after(() => rmSync(folder, { recursive: true }))
const ask = (requests: readonly unknown[]): unknown[] =>
  runPython(python!, 'test/interop/peft_adapters.py', requests)

interface Case {
  readonly name: string
  readonly model: string
  readonly lora: Readonly<Record<string, unknown>>
  readonly ours: Partial<LoraConfig>
  readonly dtype?: string
  readonly max_shard_size?: string
  /** Largest difference of merged weights and of logits from those of the model with its adapter. */
  readonly within?: number
}

const CASES: readonly Case[] = [
  {
    name: 'llama',
    model: 'llama',
    lora: { r: 4, target_modules: 'all-linear' },
    ours: { r: 4, targetModules: 'all-linear' },
  },
  {
    name: 'rsLoRA in shards, bfloat16',
    model: 'llama',
    dtype: 'bfloat16',
    max_shard_size: '20KB',
    lora: {
      target_modules: ['q_proj', 'down_proj'],
      use_rslora: true,
      lora_alpha: 3,
      rank_pattern: { 'layers.1.*': 2 },
    },
    ours: {
      targetModules: ['q_proj', 'down_proj'],
      useRslora: true,
      loraAlpha: 3,
      rankPattern: { 'layers.1.*': 2 },
    },
    within: 0.3,
  },
  {
    name: 'DoRA with the norms saved',
    model: 'qwen2',
    lora: { target_modules: 'all-linear', use_dora: true, modules_to_save: ['norm'] },
    ours: { targetModules: 'all-linear', useDora: true, modulesToSave: ['norm'] },
  },
  {
    name: 'phi3',
    model: 'phi3',
    lora: { target_modules: ['qkv_proj', 'gate_up_proj'] },
    ours: { targetModules: ['qkv_proj', 'gate_up_proj'] },
  },
  {
    name: 'gpt2, whose weights lie the other way',
    model: 'gpt2',
    lora: { target_modules: 'all-linear', lora_alpha: 16 },
    ours: { targetModules: 'all-linear', loraAlpha: 16 },
  },
  {
    name: 'gpt2 with DoRA',
    model: 'gpt2',
    lora: { target_modules: ['c_attn', 'mlp.c_proj'], use_dora: true },
    ours: { targetModules: ['c_attn', 'mlp.c_proj'], useDora: true },
  },
]

/** Those in which a head or an embedding parts from the one that it was tied to. */
const UNTYING: readonly Case[] = [
  {
    name: 'the tied head adapted',
    model: 'llama-tied',
    lora: { target_modules: ['lm_head', 'v_proj'] },
    ours: { targetModules: ['lm_head', 'v_proj'] },
  },
  {
    name: 'the tied head saved',
    model: 'llama-tied',
    lora: { target_modules: ['v_proj'], modules_to_save: ['lm_head'] },
    ours: { targetModules: ['v_proj'], modulesToSave: ['lm_head'] },
  },
  {
    name: 'the tied embedding saved',
    model: 'llama-tied',
    lora: { target_modules: ['v_proj'], modules_to_save: ['embed_tokens'] },
    ours: { targetModules: ['v_proj'], modulesToSave: ['embed_tokens'] },
  },
]
const ALL: readonly Case[] = [...CASES, ...UNTYING]
const IDS = [3, 14, 15, 9, 26, 5, 35]

function placesOf(i: number) {
  const place = (name: string) => join(folder, `${i}-${name}`)
  return {
    base: place('base'),
    theirAdapter: place('their-adapter'),
    ourAdapter: place('our-adapter'),
    ourMerged: place('our-merged'),
    ourAdapterMerged: place('our-adapter-merged'),
    theirMerged: place('their-merged'),
  }
}

interface Logits {
  readonly logits: readonly number[]
  readonly unfit: readonly string[]
}

test('adapters go to PEFT and come from it, and merged models give the same logits', { skip }, async t => {
  const made = ask(
    ALL.flatMap(({ model, lora, dtype = 'float32', max_shard_size = '5GB' }, i) => {
      const { base, theirAdapter } = placesOf(i)
      return [
        { make: base, model, dtype, max_shard_size },
        { train: theirAdapter, base, lora },
      ]
    }),
  )
  for (const [i, { ours }] of ALL.entries()) {
    const places = placesOf(i)
    checkModules(places.base, made[2 * i] as ModelModule[])
    await writeOurs(places.base, places.ourAdapter, ours)
    await mergeAdapter(places.base, places.theirAdapter, places.ourMerged)
    await mergeAdapter(places.base, places.ourAdapter, places.ourAdapterMerged)
  }
  const answers = ask(
    ALL.flatMap((_, i) => {
      const { base, theirAdapter, ourAdapter, ourMerged, ourAdapterMerged, theirMerged } = placesOf(i)
      return [
        { logits: base, adapter: theirAdapter, ids: IDS },
        { logits: ourMerged, adapter: null, ids: IDS },
        { logits: base, adapter: ourAdapter, ids: IDS },
        { logits: ourAdapterMerged, adapter: null, ids: IDS },
        { logits: base, adapter: null, ids: IDS },
        { merge: theirMerged, base, adapter: theirAdapter },
      ]
    }),
  ) as Logits[]
  for (const [i, { name, within = 1e-4 }] of ALL.entries()) {
    const [theirs, theirsMerged, ours, oursMerged, base] = answers.slice(6 * i) as [
      Logits,
      Logits,
      Logits,
      Logits,
      Logits,
    ]
    await t.test(`${name}: a model with PEFT's adapter is the model that we merge it into`, () => {
      assertClose(theirsMerged.logits, theirs.logits, within)
      assert.ok(distance(theirs.logits, base.logits) > 0.1)
    })
    await t.test(`${name}: PEFT finds each tensor of ours, and gives the logits of our merged model`, () => {
      assert.deepEqual(ours.unfit, [])
      assertClose(oursMerged.logits, ours.logits, within)
      assert.ok(distance(ours.logits, base.logits) > 0.01)
    })
    await t.test(`${name}: the model that trains goes on from PEFT's adapter, with its loss`, async () => {
      const { base: baseFolder, theirAdapter } = placesOf(i)
      const trained = toTrained(layTrainedAdapter(baseFolder, theirAdapter))
      assertClose(await evaluateNll(baseFolder, trained), toNll(theirs.logits), within)
    })
    if (i >= CASES.length) continue
    await t.test(
      `${name}: merged weights are those of merge_and_unload, in files of the base's names`,
      () => {
        const { base: baseFolder, ourMerged, theirMerged } = placesOf(i)
        const [mine, peft] = [readTensorIndex(ourMerged), readTensorIndex(theirMerged)]
        assert.deepEqual([...mine.keys()].sort(), [...peft.keys()].sort())
        for (const [tensor, entry] of peft) {
          assert.deepEqual([mine.get(tensor)!.dtype, mine.get(tensor)!.shape], [entry.dtype, entry.shape])
          // One step of bfloat16 where the sum falls near the middle of two.
          const step = entry.dtype === 'BF16' ? 2 ** -8 : 1e-6
          assertClose(readTensor(mine.get(tensor)!), readTensor(entry), step)
        }
        assert.deepEqual(readdirSync(ourMerged).sort(), readdirSync(baseFolder).sort())
      },
    )
  }
})

/** Of each token after the first. */
async function evaluateNll(base: string, trained: Trained): Promise<Float32Array> {
  const model = await openTrainableModel(base, { trained, threads: 1 })
  try {
    const last = IDS.length - 1
    const { nll } = await model.evaluate({
      inputIds: Int32Array.from(IDS),
      positionIds: Int32Array.from(IDS, (_, position) => position),
      sequenceIds: new Int32Array(IDS.length),
      targetPositions: Int32Array.from({ length: last }, (_, position) => position),
      targets: Int32Array.from(IDS.slice(1)),
      targetWeights: new Float32Array(last).fill(1),
    })
    return nll
  } finally {
    await model.close()
  }
}

function toNll(logits: readonly number[]): Float32Array {
  const size = logits.length / IDS.length
  return Float32Array.from(IDS.slice(1), (target, position) => {
    const row = logits.slice(position * size, (position + 1) * size)
    const largest = Math.max(...row)
    return largest + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0)) - row[target]!
  })
}

/** What our description of a model says of its modules is what PyTorch has. */
function checkModules(base: string, expected: readonly ModelModule[]): void {
  const model = parseModelConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')))
  const byName = (modules: readonly ModelModule[]) => [...modules].sort((a, b) => (a.name < b.name ? -1 : 1))
  assert.deepEqual(byName(listModules(model)), byName(expected))
}

async function writeOurs(base: string, adapter: string, given: Partial<LoraConfig>): Promise<void> {
  const model = parseModelConfig(JSON.parse(readFileSync(join(base, 'config.json'), 'utf8')))
  const weights = resolveWeights(model, readTensorIndex(base), base)
  const config = toLoraConfig({ ...given, initLoraWeights: false })
  const plan = resolveLora(config, listModules(model), model.architecture)
  const readBase = (name: string) =>
    readTensor(weights.get(name) ?? weights.get('model.embed_tokens.weight')!)
  const tensors = initialiseAdapter(plan, config, { seed: 5, readBase })
  await writeAdapterFolder(adapter, { config, plan, tensors, baseModel: base })
  // Read again it is what was written.
  const read = fitAdapter(readAdapterFolder(adapter), listModules(model), model.architecture)
  assert.deepEqual(read.tensors, tensors)
  assert.deepEqual(read.plan.targets, plan.targets)
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length)
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!))
  return largest
}

/** Relative to the largest number. */
function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, within: number): void {
  const size = Math.max(1, distance(expected, new Float32Array(expected.length)))
  const far = distance(actual, expected) / size
  assert.ok(far <= within, `differs by ${far}`)
}

test('the tokenizer that lies with the adapter goes into the merged model', { skip }, async () => {
  const [base, adapter, out] = ['t-base', 't-adapter', 't-out'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  ask([
    { make: base, model: 'llama' },
    { train: adapter, base, lora: {} },
  ])
  for (const name of ['tokenizer.json', 'merges.txt', 'pytorch_model.bin'])
    writeFileSync(join(base, name), 'of the base')
  writeFileSync(join(adapter, 'tokenizer.json'), 'of the adapter')
  await mergeAdapter(base, adapter, out)
  assert.equal(readFileSync(join(out, 'tokenizer.json'), 'utf8'), 'of the adapter')
  assert.equal(readFileSync(join(out, 'merges.txt'), 'utf8'), 'of the base')
  assert.equal(existsSync(join(out, 'pytorch_model.bin')), false)
  assert.equal(existsSync(`${out}.tmp`), false)
  assert.equal(readTensorFile(join(out, 'model.safetensors')).length > 10, true)
  await assert.rejects(mergeAdapter(base, adapter, out), /t-out|exists and is not empty/)
})
