import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  parseConfigText,
  parseOption,
  readConfig,
  SFT_OPTIONS,
  settleConfig,
  toMaskOptions,
} from './index.ts'

test('every default is a value of its kind, and comes back from its text', () => {
  for (const [name, { kind, default: value }] of Object.entries(SFT_OPTIONS)) {
    assert.ok(kind.accepts(value), name)
    if (typeof value !== 'object') assert.deepEqual(kind.read(String(value ?? 'none')), value, name)
  }
})

test('a config file of TRL’s names is read, in YAML and in JSON', async () => {
  const yaml = await parseConfigText(
    'learning_rate: 1e-4\nmax_length: null\nlr_scheduler_kwargs: {num_cycles: 2}\nreport_to: wandb\nlora_r: 16\npad_to_multiple_of: 8\ntruncation_mode: keep_end\n',
    'sft.yaml',
  )
  const { config, others, notices } = readConfig(yaml)
  assert.deepEqual(config, {
    learningRate: 1e-4,
    maxLength: undefined,
    lrSchedulerKwargs: { num_cycles: 2 },
    reportTo: ['wandb'],
    truncationMode: 'keep-end',
  })
  assert.deepEqual(others, { lora_r: 16 })
  assert.equal(notices.length, 1)
  assert.deepEqual(await parseConfigText('{"seed": 7}', 'sft.json'), { seed: 7 })
})

test('says what an option takes, what there is not, and where a file is broken', async () => {
  assert.throws(() => readConfig({ seed: 1.5 }), {
    code: 'train/option',
    where: 'seed',
    message: 'is "1.5"; expected a whole number, from 0',
  })
  assert.throws(() => readConfig({ deepspeed: 'zero3.json' }), { code: 'train/option', where: 'deepspeed' })
  assert.throws(() => parseOption('optim', 'adamw_8bit'), { code: 'train/option' })
  await assert.rejects(parseConfigText('a: 1\nb: [', 'sft.yaml'), {
    code: 'train/config',
    where: /^sft.yaml:\d$/,
  })
  await assert.rejects(parseConfigText('- 1\n', 'sft.yaml'), { code: 'train/config' })
})

test('options that do not go together are refused as transformers does', () => {
  const refused: Parameters<typeof settleConfig>[0][] = [
    { loadBestModelAtEnd: true },
    { loadBestModelAtEnd: true, evalStrategy: 'epoch', saveStrategy: 'steps' },
    { loadBestModelAtEnd: true, evalStrategy: 'steps', evalSteps: 4, saveSteps: 6 },
    { packing: true, maxLength: undefined },
    { earlyStoppingPatience: 2 },
    { maxSteps: 0 },
    { lossType: 'dft', labelSmoothingFactor: 0.1 },
    { optimArgs: 'momentum=0.9' },
  ]
  for (const options of refused) assert.throws(() => settleConfig(options), { code: 'train/option' })
  const { config, notices } = settleConfig({ evalStrategy: 'steps', loadBestModelAtEnd: true, saveSteps: 20 })
  assert.deepEqual(
    [config.evalSteps, config.metricForBestModel, config.greaterIsBetter, config.dataSeed],
    [10, 'loss', false, 42],
  )
  assert.deepEqual(notices, [])
  assert.deepEqual(settleConfig({ evalSteps: 5, bf16: true }).notices, [
    'bf16 has no effect: weights and arithmetic are float32.',
    'eval_steps has no effect: eval_strategy is no, not steps.',
  ])
})

test('TRL’s options of the mask', () => {
  const masks = [
    [{}, {}],
    [{ assistantOnlyLoss: true }, { strategy: 'assistant' }],
    [{ completionOnlyLoss: true }, { strategy: 'completion' }],
    [{ assistantOnlyLoss: false }, { strategy: 'all' }],
  ] as const
  for (const [options, expected] of masks)
    assert.deepEqual(toMaskOptions(settleConfig(options).config), expected)
})
