/** Fifty steps of ours beside fifty of TRL's SFTTrainer: same weights, same rows, same options; every logged number is compared. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { toModelFiles } from '../../src/train/checkpoint/index.ts'
import { readConfig, type SFTConfig } from '../../src/train/config/index.ts'
import { openTrainableModel } from '../../src/train/runtime/index.ts'
import { SFTTrainer, type Trained } from '../../src/train/trainer/index.ts'
import { manyExamples, type TinyExample, toSet } from '../train/examples.ts'
import { readAdapters } from './peft-adapter.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const skip = python === undefined && whyNoPython('trl-1.16')

const parent = mkdtempSync(join(tmpdir(), 'lossline-trl-train-'))
after(() => rmSync(parent, { recursive: true }))

const VOCABULARY = 97
const LORA = {
  r: 4,
  lora_alpha: 8,
  lora_dropout: 0,
  target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
}

const ROWS = manyExamples(60, VOCABULARY)
/** One and nine trained tokens: the mean over tokens is far from the mean of means. */
const UNEVEN: readonly TinyExample[] = [
  { ids: [5, 6, 7], labels: [-100, -100, 7] },
  { ids: [8, 9, 10, 11, 12, 13, 14, 15, 16, 17], labels: [-100, 9, 10, 11, 12, 13, 14, 15, 16, 17] },
]
const PACKS = toPacks(manyExamples(150, VOCABULARY), 40)

/** Rows laid end to end, as many as fit. */
function toPacks(examples: readonly TinyExample[], maxLength: number): TinyExample[] {
  const packs: { ids: number[]; labels: number[]; seqLengths: number[] }[] = []
  for (const { ids, labels = ids } of examples) {
    let pack = packs.at(-1)
    if (pack === undefined || pack.ids.length + ids.length > maxLength) {
      pack = { ids: [], labels: [], seqLengths: [] }
      packs.push(pack)
    }
    pack.ids.push(...ids)
    pack.labels.push(...labels)
    pack.seqLengths.push(ids.length)
  }
  return packs
}

/** With batches of 4: transformers leaves the rest out of evaluations too when `dataloader_drop_last` is on. */
const EVALUATED = 12

interface Case {
  readonly name: string
  readonly rows: readonly TinyExample[]
  readonly adapter?: boolean
  /** TRL's, by its names. */
  readonly options: Readonly<Record<string, unknown>>
}

const STEPS = { max_steps: 50, learning_rate: 2e-3, eval_strategy: 'steps', eval_steps: 20 }
const EIGHT = { ...STEPS, per_device_train_batch_size: 8, per_device_eval_batch_size: 4 }
const ONE = { ...EIGHT, per_device_train_batch_size: 1, gradient_accumulation_steps: 8 }
const PACKED = { padding_free: true, warmup_steps: 5, lr_scheduler_type: 'cosine', weight_decay: 0.1 }

const CASES: readonly Case[] = [
  { name: 'full, padded, 8×1', rows: ROWS, options: EIGHT },
  { name: 'full, padded, 1×8', rows: ROWS, options: ONE },
  { name: 'full, packed, 8×1', rows: PACKS, options: { ...EIGHT, ...PACKED } },
  { name: 'full, packed, 1×8', rows: PACKS, options: { ...ONE, ...PACKED } },
  { name: 'LoRA, padded, 8×1', rows: ROWS, adapter: true, options: EIGHT },
  { name: 'LoRA, padded, 1×8', rows: ROWS, adapter: true, options: ONE },
  { name: 'LoRA, packed, 8×1', rows: PACKS, adapter: true, options: { ...EIGHT, ...PACKED } },
  { name: 'LoRA, packed, 1×8', rows: PACKS, adapter: true, options: { ...ONE, ...PACKED } },
  {
    name: 'one and nine trained tokens, 1×2',
    rows: UNEVEN,
    options: { ...STEPS, max_steps: 5, per_device_train_batch_size: 1, gradient_accumulation_steps: 2 },
  },
  {
    name: 'epochs, Adafactor, batches that are left over',
    rows: ROWS.slice(0, 43),
    options: {
      ...EIGHT,
      max_steps: -1,
      num_train_epochs: 2.3,
      optim: 'adafactor',
      gradient_accumulation_steps: 4,
      eval_strategy: 'epoch',
    },
  },
  {
    name: 'SGD, no clipping, drop_last, another seed',
    rows: ROWS.slice(0, 43),
    options: {
      ...EIGHT,
      max_steps: 20,
      optim: 'sgd',
      max_grad_norm: 0,
      dataloader_drop_last: true,
      seed: 7,
      data_seed: 11,
      warmup_ratio: 0.2,
    },
  },
  { name: 'logged every third step', rows: ROWS, options: { ...EIGHT, max_steps: 20, logging_steps: 3 } },
  {
    name: 'DFT, 4×2',
    rows: ROWS,
    options: {
      ...EIGHT,
      max_steps: 20,
      loss_type: 'dft',
      per_device_train_batch_size: 4,
      gradient_accumulation_steps: 2,
    },
  },
  {
    // With padding TRL divides by the number of labels, those of first tokens too, though nothing predicts them.
    name: 'whole rows trained, padding-free',
    rows: ROWS.map(({ ids }) => ({ ids })),
    options: { ...EIGHT, max_steps: 20, padding_free: true },
  },
  // With more than one batch to a step, transformers' label smoothing adds means up.
  { name: 'labels smoothed', rows: ROWS, options: { ...EIGHT, max_steps: 20, label_smoothing_factor: 0.1 } },
]

interface Theirs {
  readonly losses: readonly number[]
  readonly log_history: readonly Readonly<Record<string, number>>[]
  readonly weights: Readonly<Record<string, number>>
}

describe('trains as TRL does', { skip }, () => {
  const answers: Theirs[] = []
  before(() => {
    const requests = CASES.map(({ rows, adapter = false, options }) => ({
      do: 'train',
      folder: parent,
      adapter,
      rows: rows.map(toRow),
      eval_rows: rows.slice(0, EVALUATED).map(toRow),
      options,
    }))
    const all = [{ do: 'make', folder: parent, lora: LORA }, ...requests]
    answers.push(...(runPython(python!, 'test/interop/trl_train.py', all).slice(1) as Theirs[]))
  })
  for (const [c, item] of CASES.entries())
    test(item.name, async t => {
      const { trained, weights } = await train(item, join(parent, `output-${c}`))
      const worst = compare(trained, answers[c]!)
      for (const [name, sum] of Object.entries(answers[c]!.weights)) {
        const ours = weights.get(name)!
        assert.ok(
          Math.abs(ours - sum) < 2e-3 * Math.max(1, Math.abs(sum)),
          `${name} sums to ${ours}, not ${sum}`,
        )
      }
      t.diagnostic(`largest differences: ${JSON.stringify(worst)}`)
    })
})

function toRow({ ids, labels = ids, seqLengths }: TinyExample): Record<string, unknown> {
  return { input_ids: ids, labels, ...(seqLengths !== undefined && { seq_lengths: seqLengths }) }
}

async function train(
  { rows, adapter, options }: Case,
  outputDir: string,
): Promise<{ trained: Trained; weights: Map<string, number> }> {
  const { config } = readConfig(options)
  const { lossType = 'nll', labelSmoothingFactor = 0 } = config
  const model = await openTrainableModel(join(parent, 'model'), {
    trained: adapter ? readAdapters(join(parent, 'adapter'), LORA) : { kind: 'all' },
    loss: { type: lossType === 'dft' ? 'dft' : 'nll', labelSmoothing: labelSmoothingFactor },
    threads: 1,
  })
  try {
    const trainer = new SFTTrainer({
      model,
      modelFiles: toModelFiles(model.parameters, 'model.safetensors'),
      config: { loggingSteps: 1, ...config, outputDir, saveStrategy: 'no' } satisfies Partial<SFTConfig>,
      trainSet: toSet(rows),
      evalSet: toSet(rows.slice(0, EVALUATED)),
    })
    const trained = await trainer.train()
    const sums = model.parameters.map(
      ({ name, data }) => [name, data.reduce((sum, w) => sum + w, 0)] as const,
    )
    return { trained, weights: new Map(sums) }
  } finally {
    await model.close()
  }
}

/** How far a number may be from TRL's, as a share of it. */
const TOLERANCES: Readonly<Record<string, number>> = {
  loss: 1e-5,
  grad_norm: 1e-5,
  learning_rate: 1e-12,
  entropy: 1e-5,
  mean_token_accuracy: 1e-6,
  num_tokens: 0,
  epoch: 1e-12,
  step: 0,
  eval_loss: 1e-5,
  eval_entropy: 1e-5,
  eval_mean_token_accuracy: 1e-6,
  eval_num_tokens: 0,
}

/** @returns the largest difference of each number, as a share */
function compare({ logHistory }: Trained, { losses, log_history: theirs }: Theirs): Record<string, number> {
  assert.equal(logHistory.length, theirs.length)
  const worst: Record<string, number> = {}
  let lastLogged = 0
  for (const [i, entry] of theirs.slice(0, -1).entries()) {
    const ours = logHistory[i]!
    const isOfSteps = entry['loss'] !== undefined
    const expected = isOfSteps ? { ...entry, loss: mean(losses.slice(lastLogged, entry['step'])) } : entry
    if (isOfSteps) lastLogged = entry['step']!
    for (const [name, value] of Object.entries(expected)) {
      const tolerance = TOLERANCES[name]
      if (tolerance === undefined) continue
      const error = Math.abs(ours[name]! - value) / (Math.abs(value) || 1)
      worst[name] = Math.max(worst[name] ?? 0, error)
      assert.ok(error <= tolerance, `step ${entry['step']}: ${name} is ${ours[name]}, TRL has ${value}`)
    }
  }
  return worst
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
