import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { describeError, LosslineError } from '../../error.ts'
import { readAdapterFolder, writeAdapterFolder } from './adapter-folder.ts'
import { fitAdapter } from './fit-adapter.ts'
import { initialiseAdapter } from './initialise.ts'
import { type LoraConfig, toLoraConfig } from './lora-config.ts'
import type { ModelModule } from './model-module.ts'
import { resolveLora } from './resolve.ts'

const parent: string = mkdtempSync(join(tmpdir(), 'lossline-adapter-'))
after(() => rmSync(parent, { recursive: true }))

function toModules({ size = 8, layers = 2, name = 'q_proj' } = {}): ModelModule[] {
  return Array.from({ length: layers }, (_, layer) => ({
    name: `model.layers.${layer}.self_attn.${name}`,
    kind: 'linear',
    tensors: { weight: [size, size] },
  }))
}

async function write(name: string, given: Partial<LoraConfig> = {}): Promise<string> {
  const folder = join(parent, name)
  const config = toLoraConfig({ r: 2, targetModules: ['q_proj'], ...given })
  const plan = resolveLora(config, toModules(), 'llama')
  const tensors = initialiseAdapter(plan, config, { seed: 1, readBase: () => new Float32Array(64).fill(1) })
  await writeAdapterFolder(folder, { config, plan, tensors, baseModel: 'org/base' })
  return folder
}

function messageOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof LosslineError, String(error))
    const message = describeError(error, 'flag').replaceAll(`${parent}/`, '')
    assert.doesNotMatch(message, /\n/)
    return message
  }
  assert.fail('nothing was thrown')
}

test('an adapter that was written is read with its settings and its numbers', async () => {
  const folder = await write('whole', { useRslora: true, rankPattern: { 'layers.1.*': 3 }, loraAlpha: 5 })
  const { config, plan, tensors } = {
    ...readAdapterFolder(folder),
    ...fitAdapter(readAdapterFolder(folder), toModules(), 'llama'),
  }
  assert.deepEqual([config.r, config.loraAlpha, config.useRslora], [2, 5, true])
  assert.deepEqual(
    plan.targets.map(({ rank, scaling }) => [rank, scaling]),
    [2, 3].map(rank => [rank, 5 / Math.sqrt(rank)]),
  )
  assert.deepEqual(
    tensors.map(({ shape }) => shape),
    [
      [2, 8],
      [8, 2],
      [3, 8],
      [8, 3],
    ],
  )
})

const OTHER_BASES: readonly (readonly [string, ModelModule[], RegExp])[] = [
  [
    'of another size',
    toModules({ size: 6 }),
    /it has \S+layers\.0\.\S+lora_A\.weight of shape \[2, 8\]; expected \[2, 6\]\. Name the base/,
  ],
  [
    'with more layers',
    toModules({ layers: 3 }),
    /it lacks "base_model\.model\.model\.layers\.2\..*, of shape \[2, 8\]\. Name the base/,
  ],
  [
    'with fewer layers',
    toModules({ layers: 1 }),
    /it has base_model\.model\.model\.layers\.1\.\S+, for which the model has no place\. Name/,
  ],
  [
    'with other modules',
    toModules({ name: 'c_attn' }),
    /it does not fit it: no module of the model is adapted with target_modules .*q_proj.*c_attn/,
  ],
]

for (const [what, modules, expected] of OTHER_BASES) {
  test(`an adapter for a base ${what} is refused in one line`, async () => {
    const folder = await write(what)
    const message = messageOf(() => fitAdapter(readAdapterFolder(folder), modules, 'llama'))
    assert.match(message, /adapter_model\.safetensors is an adapter for another base: /)
    assert.match(message, expected)
  })
}

const BAD_CONFIGS: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  [
    'of IA3',
    { peft_type: 'IA3' },
    /^adapter_config\.json peft_type is "IA3", which is not supported; adapters are LoRA, rsLoRA or DoRA/,
  ],
  ['with trained biases', { bias: 'all' }, /bias is "all", which is not supported/],
  ['with bias of B', { lora_bias: true }, /lora_bias is "true", which is not supported/],
  [
    'with trained tokens',
    { trainable_token_indices: [1, 2] },
    /trainable_token_indices is \[1,2\], which is not supported/,
  ],
  ['for classification', { task_type: 'SEQ_CLS' }, /task_type is "SEQ_CLS", which is not supported/],
  [
    'that changed its base',
    { init_lora_weights: 'pissa' },
    /init_lora_weights is "pissa"; expected true, false or "gaussian"/,
  ],
  ['of something newer', { shiny: { a: 1 } }, /shiny is \{"a":1\}, which is not supported/],
  [
    'with a rank of 0',
    { r: 0 },
    /^adapter_config\.json r is "0"; expected a whole number of 1 or more\. Change --lora-r\./,
  ],
  ['with a text for a number', { lora_alpha: '16' }, /lora_alpha is "16", which PEFT does not write there/],
]

for (const [what, keys, expected] of BAD_CONFIGS) {
  test(`an adapter ${what} is refused in one line`, async () => {
    const folder = await write(what)
    const file = join(folder, 'adapter_config.json')
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...keys }))
    assert.match(messageOf(() => readAdapterFolder(folder)).replace(`${what}/`, ''), expected)
  })
}

test('what an older or newer PEFT writes and does not use is no matter', async () => {
  const folder = await write('versions', { initLoraWeights: 'gaussian' })
  const file = join(folder, 'adapter_config.json')
  const { kasa_config: _, ...config } = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(
    file,
    JSON.stringify({
      ...config,
      peft_version: '0.9.0',
      init_lora_weights: 'eva',
      eva_config: { rho: 2 },
      use_new: false,
      more: {},
    }),
  )
  assert.equal(readAdapterFolder(folder).config.initLoraWeights, true)
})

test('a folder that is no adapter is told so', () => {
  assert.match(
    messageOf(() => readAdapterFolder(parent)),
    /adapter_config\.json is no adapter\. Name the folder of an adapter/,
  )
  assert.match(
    messageOf(() => readAdapterFolder(join(parent, 'nope'))),
    /nope does not exist\. Name the folder of an adapter/,
  )
})

test('settings that contradict each other are told in one line', () => {
  const bad: readonly (readonly [Partial<LoraConfig>, RegExp])[] = [
    [{ r: 1.5 }, /^r is "1\.5"; expected a whole number/],
    [{ loraDropout: 1 }, /^lora_dropout is "1"; expected 0 to less than 1\. Change --lora-dropout\./],
    [{ rankPattern: { x: 0 } }, /^rank_pattern\["x"\] is "0"/],
    [{ targetModules: '.*', layersToTransform: 1 }, /go with a list of target_modules, not with "\.\*"/],
    [{ targetModules: ['a'], layersPattern: 'h' }, /layers_pattern is given without layers_to_transform/],
  ]
  for (const [given, expected] of bad)
    assert.match(
      messageOf(() => toLoraConfig(given)),
      expected,
    )
})

test('names that fit nothing are told, and an embedding or a group of modules is refused', () => {
  const modules: ModelModule[] = [
    ...toModules(),
    { name: 'model.embed_tokens', kind: 'embedding', tensors: { weight: [9, 8] } },
  ]
  const config = toLoraConfig({ targetModules: ['q_proj', 'c_attn'], modulesToSave: ['score'] })
  assert.deepEqual(resolveLora(config, modules, 'llama').unmatched, ['c_attn', 'score'])
  const refusal = (targetModules: string[]) =>
    messageOf(() => resolveLora(toLoraConfig({ targetModules }), modules, 'llama'))
  assert.match(
    refusal(['embed_tokens']),
    /takes in "model\.embed_tokens", a module of kind embedding; .* Train it whole with --lora-modules-to-save/,
  )
  assert.match(
    refusal(['self_attn']),
    /takes in "model\.layers\.0\.self_attn", a group of modules; .* Name the linear modules in it/,
  )
  const unknown = () => resolveLora(toLoraConfig({}), modules, 'phi3')
  assert.match(
    messageOf(unknown),
    /no usual choice of modules to adapt for a model of type "phi3"\. Name some with --lora-target-modules/,
  )
})
