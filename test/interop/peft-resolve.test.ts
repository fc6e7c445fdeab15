import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeError, LosslineError } from '../../src/error.ts'
import {
  formatPeftConfig,
  type LoraConfig,
  listTensors,
  type ModelModule,
  parsePeftConfig,
  resolveLora,
  toLoraConfig,
} from '../../src/train/adapter/index.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python: string | undefined = findPython('trl-1.16')
const skip: string | false = python === undefined && whyNoPython('trl-1.16')

const MODELS = ['llama', 'llama-tied', 'qwen2', 'phi3', 'gpt2'] as const

/** Settings under PEFT's names and ours. */
const SETTINGS: readonly (readonly [Record<string, unknown>, Partial<LoraConfig>])[] = [
  [{}, {}],
  [
    { target_modules: 'all-linear', r: 4 },
    { targetModules: 'all-linear', r: 4 },
  ],
  [{ target_modules: 'All-Linear' }, { targetModules: 'All-Linear' }],
  [{ target_modules: ['q_proj', 'o_proj'] }, { targetModules: ['q_proj', 'o_proj'] }],
  [{ target_modules: ['proj', 'c_attn', 'c_proj'] }, { targetModules: ['proj', 'c_attn', 'c_proj'] }],
  [
    { target_modules: ['c_proj', 'lm_head', 'down_proj'] },
    { targetModules: ['c_proj', 'lm_head', 'down_proj'] },
  ],
  [
    { target_modules: ['self_attn.o_proj', 'attn.c_proj'] },
    { targetModules: ['self_attn.o_proj', 'attn.c_proj'] },
  ],
  [
    { target_modules: '.*(?:self_attn|attn)\\..*(q|c_attn|qkv).*' },
    { targetModules: '.*(?:self_attn|attn)\\..*(q|c_attn|qkv).*' },
  ],
  [{ target_modules: '.*\\.[01]\\.(?P<part>.*)_proj' }, { targetModules: '.*\\.[01]\\.(?P<part>.*)_proj' }],
  [{ target_modules: '(?i).*\\.O_PROJ' }, { targetModules: '(?i).*\\.O_PROJ' }],
  [{ target_modules: '.*\\.mlp' }, { targetModules: '.*\\.mlp' }],
  [
    { target_modules: 'all-linear', exclude_modules: ['o_proj', 'mlp.c_proj'] },
    { targetModules: 'all-linear', excludeModules: ['o_proj', 'mlp.c_proj'] },
  ],
  [
    { target_modules: 'all-linear', exclude_modules: '.*\\.1\\..*' },
    { targetModules: 'all-linear', excludeModules: '.*\\.1\\..*' },
  ],
  [
    { target_modules: ['q_proj', 'o_proj', 'c_attn'], layers_to_transform: [0, 2] },
    { targetModules: ['q_proj', 'o_proj', 'c_attn'], layersToTransform: [0, 2] },
  ],
  [
    {
      target_modules: ['model.layers.1.self_attn.o_proj', 'transformer.h.1.attn.c_attn', 'mlp.down_proj'],
      layers_to_transform: [0],
    },
    {
      targetModules: ['model.layers.1.self_attn.o_proj', 'transformer.h.1.attn.c_attn', 'mlp.down_proj'],
      layersToTransform: [0],
    },
  ],
  [
    { target_modules: ['o_proj', 'c_attn'], layers_to_transform: 1, layers_pattern: 'layers' },
    { targetModules: ['o_proj', 'c_attn'], layersToTransform: 1, layersPattern: 'layers' },
  ],
  [
    { target_modules: ['o_proj', 'c_attn'], layers_to_transform: [1], layers_pattern: ['h', 'layers'] },
    { targetModules: ['o_proj', 'c_attn'], layersToTransform: [1], layersPattern: ['h', 'layers'] },
  ],
  [
    {
      target_modules: 'all-linear',
      use_rslora: true,
      lora_alpha: 12,
      rank_pattern: { o_proj: 2, '.*\\.1\\.attn\\.c_.*': 6, 'self_attn.q_proj': 3 },
      alpha_pattern: { 'layers.0.self_attn.o_proj': 5, c_attn: 7 },
    },
    {
      targetModules: 'all-linear',
      useRslora: true,
      loraAlpha: 12,
      rankPattern: { o_proj: 2, '.*\\.1\\.attn\\.c_.*': 6, 'self_attn.q_proj': 3 },
      alphaPattern: { 'layers.0.self_attn.o_proj': 5, c_attn: 7 },
    },
  ],
  [
    { target_modules: 'all-linear', use_dora: true, lora_dropout: 0.1, init_lora_weights: 'gaussian' },
    { targetModules: 'all-linear', useDora: true, loraDropout: 0.1, initLoraWeights: 'gaussian' },
  ],
  [
    { target_modules: 'all-linear', modules_to_save: ['lm_head', 'norm'] },
    { targetModules: 'all-linear', modulesToSave: ['lm_head', 'norm'] },
  ],
  [
    { target_modules: 'all-linear', modules_to_save: ['mlp', 'embed_tokens'] },
    { targetModules: 'all-linear', modulesToSave: ['mlp', 'embed_tokens'] },
  ],
]

interface PeftAnswer {
  readonly modules: readonly ModelModule[]
  readonly error?: string
  readonly targets: readonly (readonly [string, number, number, number, number, boolean])[]
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly config: Readonly<Record<string, unknown>>
}

test('adapts the modules that PEFT adapts, with its ranks and scalings, and names them as it does', {
  skip,
}, async t => {
  const cases = MODELS.flatMap(model => SETTINGS.map(([peft, ours]) => ({ model, peft, ours })))
  const requests = cases.map(({ model, peft }) => ({ resolve: model, lora: peft }))
  const answers = runPython(python!, 'test/interop/peft_adapters.py', requests) as PeftAnswer[]
  assert.ok(answers.filter(({ error }) => error === undefined).length > 60)
  for (const [i, { model, peft, ours }] of cases.entries()) {
    await t.test(`${model} ${JSON.stringify(peft)}`, () => compare(model, toLoraConfig(ours), answers[i]!))
  }
})

function compare(model: string, config: LoraConfig, answer: PeftAnswer): void {
  const modelType = model.replace('-tied', '')
  if (answer.error !== undefined) {
    const isRefusal = (error: unknown) => error instanceof LosslineError && !/\n/.test(describeError(error))
    assert.throws(() => resolveLora(config, answer.modules, modelType), isRefusal, answer.error)
    return
  }
  const plan = resolveLora(config, answer.modules, modelType)
  const targets = plan.targets.map(target => Object.values(target))
  assert.deepEqual(targets, answer.targets)
  assert.deepEqual(
    sortKeys(Object.fromEntries(listTensors(plan, config.useDora))),
    sortKeys(withoutBase(answer.shapes)),
  )
  const written = formatPeftConfig(config, plan, undefined)
  assert.deepEqual(normalise(JSON.parse(written)), normalise(answer.config))
  // What PEFT wrote is read as the settings that it was given, and finds the same modules.
  const read = parsePeftConfig(JSON.stringify(answer.config), 'adapter_config.json')
  assert.deepEqual(resolveLora(read, answer.modules, modelType).targets, plan.targets)
}

/** PEFT saves the weight of an adapted head beside its adapter: the base has it. */
function withoutBase(shapes: PeftAnswer['shapes']): PeftAnswer['shapes'] {
  return Object.fromEntries(Object.entries(shapes).filter(([name]) => !name.endsWith('.base_layer.weight')))
}

function sortKeys(object: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** Lists of names are sets in PEFT. */
function normalise(config: Readonly<Record<string, unknown>>): unknown {
  const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort() : value)
  return sortKeys({
    ...config,
    base_model_name_or_path: null,
    target_modules: sorted(config['target_modules']),
    exclude_modules: sorted(config['exclude_modules']),
  })
}
