import assert from 'node:assert/strict'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { BigramModel } from '../../../test/train/bigram-model.ts'
import { manyExamples, type TinyExample, toSet } from '../../../test/train/examples.ts'
import { toModelFiles } from '../checkpoint/index.ts'
import type { SFTConfig } from '../config/index.ts'
import { EVALUATION_METRICS } from './evaluate.ts'
import type { SFTTrainerOptions } from './options.ts'
import { SFTTrainer } from './sft-trainer.ts'

const parent = mkdtempSync(join(tmpdir(), 'lossline-trainer-'))
after(() => rmSync(parent, { recursive: true }))

let folders = 0
const newFolder = () => join(parent, String(folders++))

const VOCABULARY = 13

function setUp(
  config: Partial<SFTConfig>,
  examples: readonly TinyExample[],
  more: Partial<SFTTrainerOptions> = {},
): { model: BigramModel; trainer: SFTTrainer } {
  const model = new BigramModel(VOCABULARY, 0.3)
  const trainer = new SFTTrainer({
    model,
    modelFiles: toModelFiles(model.parameters, 'model.safetensors'),
    config: { outputDir: newFolder(), learningRate: 0.05, loggingSteps: 1, ...config },
    trainSet: toSet(examples),
    ...more,
  })
  return { model, trainer }
}

const EXAMPLES = manyExamples(37, VOCABULARY)

test('the loss is the mean over the trained tokens of a step, not of its batches’ means', async () => {
  const one = { ids: [1, 2, 3], labels: [-100, -100, 3] }
  const nine = { ids: [4, 5, 6, 7, 8, 9, 10, 11, 12, 1] }
  const config = { maxSteps: 1, trainSamplingStrategy: 'sequential', seed: 0 } as const
  const apart = setUp({ ...config, perDeviceTrainBatchSize: 1, gradientAccumulationSteps: 2 }, [one, nine])
  const together = setUp({ ...config, perDeviceTrainBatchSize: 2 }, [one, nine])
  // Noise is a batch's own: with it the two would differ.
  for (const { model } of [apart, together]) model.noise = 0
  const [a, b] = [await apart.trainer.train(), await together.trainer.train()]
  const outcome = await new BigramModel(VOCABULARY).evaluate({
    inputIds: Int32Array.of(2, 4, 5, 6, 7, 8, 9, 10, 11, 12),
    positionIds: new Int32Array(10),
    sequenceIds: new Int32Array(10),
    targetPositions: Int32Array.from({ length: 10 }, (_, i) => i),
    targets: Int32Array.of(3, 5, 6, 7, 8, 9, 10, 11, 12, 1),
    targetWeights: new Float32Array(10).fill(1),
  })
  const mean = outcome.nll.reduce((sum, nll) => sum + nll, 0) / 10
  for (const { logHistory } of [a, b]) assert.ok(Math.abs(logHistory[0]!['loss']! - mean) < 1e-6)
  assert.ok(Math.abs(a.logHistory[0]!['grad_norm']! - b.logHistory[0]!['grad_norm']!) < 1e-6)
})

test('a training that goes on from any of its checkpoints ends with the same bytes', async () => {
  for (const extra of [
    { optim: 'adamw_torch', weightDecay: 0.1, warmupSteps: 3 },
    { optim: 'adafactor', lrSchedulerType: 'cosine' },
    { optim: 'sgd', optimArgs: 'momentum=0.9', trainSamplingStrategy: 'group_by_length' },
  ] satisfies Partial<SFTConfig>[]) {
    const config = {
      ...extra,
      perDeviceTrainBatchSize: 4,
      gradientAccumulationSteps: 2,
      saveSteps: 3,
      loggingSteps: 4,
      numTrainEpochs: 2.5,
    }
    const outputDir = newFolder()
    const undisturbed = setUp({ ...config, outputDir }, EXAMPLES)
    const { logHistory, globalStep } = await undisturbed.trainer.train()
    assert.equal(globalStep, 13)
    const checkpoints = readdirSync(outputDir).filter(name => name.startsWith('checkpoint-'))
    assert.equal(checkpoints.length, 5)
    for (const name of checkpoints) {
      const copy = newFolder()
      cpSync(join(outputDir, name), join(copy, name), { recursive: true })
      const resumed = setUp({ ...config, outputDir: copy, resumeFromCheckpoint: 'last' }, EXAMPLES)
      const trained = await resumed.trainer.train()
      for (const [p, { data }] of resumed.model.parameters.entries())
        assert.deepEqual(data, undisturbed.model.parameters[p]!.data, `${name} of ${extra.optim}`)
      assert.deepEqual(trained.logHistory.slice(0, -1), logHistory.slice(0, -1))
    }
  }
})

test('a training that is asked to stop finishes the step, saves, and goes on from there', async () => {
  const config = { perDeviceTrainBatchSize: 4, maxSteps: 12, saveSteps: 1000 }
  const undisturbed = setUp(config, EXAMPLES)
  await undisturbed.trainer.train()
  const outputDir = newFolder()
  const abort = new AbortController()
  const stopped = setUp({ ...config, outputDir }, EXAMPLES, {
    signal: abort.signal,
    callbacks: [event => void (event.kind === 'step' && event.step === 5 && abort.abort())],
  })
  assert.equal((await stopped.trainer.train()).reason, 'stopped')
  assert.deepEqual(readdirSync(outputDir), ['checkpoint-5'])
  const resumed = setUp({ ...config, outputDir, resumeFromCheckpoint: 'last' }, EXAMPLES)
  assert.equal((await resumed.trainer.train()).reason, 'done')
  assert.deepEqual(resumed.model.parameters[0]!.data, undisturbed.model.parameters[0]!.data)
})

test('a loss that is no number ends the training, with the weights as they were', async () => {
  const { model, trainer } = setUp({ perDeviceTrainBatchSize: 4, maxSteps: 3 }, EXAMPLES)
  model.parameters[0]!.data.fill(Number.NaN)
  model.parameters[1]!.data.fill(7)
  await assert.rejects(trainer.train(), {
    code: 'train/not-finite',
    where: 'step 1:',
    message: /^the loss is NaN on examples \d+, \d+, \d+, \d+$/,
  })
  assert.ok(model.parameters[1]!.data.every(value => value === 7))
})

test('keeps the latest checkpoints and the best, ends early, and loads the best', async () => {
  const outputDir = newFolder()
  const evalSet = toSet(EXAMPLES.slice(0, 5))
  const config: Partial<SFTConfig> = {
    outputDir,
    perDeviceTrainBatchSize: 4,
    learningRate: 3,
    maxSteps: 200,
    evalStrategy: 'steps',
    evalSteps: 2,
    saveSteps: 2,
    saveTotalLimit: 2,
    loadBestModelAtEnd: true,
    earlyStoppingPatience: 3,
  }
  const { model, trainer } = setUp(config, EXAMPLES, { evalSet })
  const { reason, globalStep, bestCheckpoint, logHistory } = await trainer.train()
  assert.equal(reason, 'early-stopping')
  const best = logHistory
    .filter(entry => entry['eval_loss'] !== undefined)
    .reduce((a, b) => (b['eval_loss']! < a['eval_loss']! ? b : a))
  assert.equal(bestCheckpoint, join(outputDir, `checkpoint-${best['step']}`))
  assert.equal(globalStep, best['step']! + 6)
  assert.deepEqual(
    readdirSync(outputDir).sort(),
    [`checkpoint-${best['step']}`, `checkpoint-${globalStep}`].sort(),
  )
  const { metrics } = await trainer.evaluate()
  assert.equal(metrics['eval_loss'], best['eval_loss'])
  assert.ok(model.parameters[0]!.data.every(Number.isFinite))
  const state = JSON.parse(
    readFileSync(join(outputDir, `checkpoint-${globalStep}`, 'trainer_state.json'), 'utf8'),
  )
  assert.equal(state.best_model_checkpoint, bestCheckpoint)
  assert.equal(state.stateful_callbacks.EarlyStoppingCallback.attributes.early_stopping_patience_counter, 3)
})

test('a best metric that no evaluation gives, and evaluations of nothing, are refused before the first step', () => {
  const evalSet = toSet(EXAMPLES.slice(0, 5))
  const config: Partial<SFTConfig> = {
    evalStrategy: 'epoch',
    saveStrategy: 'epoch',
    loadBestModelAtEnd: true,
  }
  assert.throws(() => setUp({ ...config, metricForBestModel: 'bleu' }, EXAMPLES, { evalSet }), {
    code: 'train/option',
    where: 'metricForBestModel',
    message: /^is "bleu", which no evaluation gives; expected one of eval_loss, /,
  })
  assert.throws(() => setUp(config, EXAMPLES), { code: 'train/no-examples', where: '{eval_strategy}' })
  for (const metricForBestModel of ['loss', 'eval_mean_token_accuracy'])
    setUp({ ...config, metricForBestModel }, EXAMPLES, { evalSet })
})

test('every metric that can tell the best is one that an evaluation gives', async () => {
  const { trainer } = setUp({}, EXAMPLES, { evalSet: toSet(EXAMPLES.slice(0, 5)) })
  const { metrics } = await trainer.evaluate()
  assert.deepEqual(Object.keys(metrics), EVALUATION_METRICS)
})

test('a disk that is full ends the training with one line, and leaves the checkpoint before', async () => {
  const outputDir = newFolder()
  const { model } = setUp({ outputDir }, EXAMPLES)
  const files = toModelFiles(model.parameters, 'model.safetensors')
  let saves = 0
  const modelFiles = {
    ...files,
    save: async (folder: string) => {
      await files.save(folder)
      if (++saves === 2)
        throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' })
    },
  }
  const config = { outputDir, perDeviceTrainBatchSize: 4, maxSteps: 9, saveSteps: 2 }
  const { trainer } = setUp(config, EXAMPLES, { modelFiles })
  await assert.rejects(trainer.train(), { code: 'dataset/disk-full', where: join(outputDir, 'checkpoint-4') })
  assert.deepEqual(readdirSync(outputDir), ['checkpoint-2'])
})

test('refuses a folder with another training’s checkpoints, other examples and another batch size', async () => {
  const outputDir = newFolder()
  const config = { outputDir, perDeviceTrainBatchSize: 4, maxSteps: 2 }
  await setUp(config, EXAMPLES).trainer.train()
  assert.ok(existsSync(join(outputDir, 'checkpoint-2')))
  await assert.rejects(setUp(config, EXAMPLES).trainer.train(), { code: 'train/output-exists' })
  const resume = { ...config, resumeFromCheckpoint: 'last', maxSteps: 4 }
  await assert.rejects(setUp(resume, EXAMPLES.slice(1)).trainer.train(), { code: 'train/checkpoint' })
  await assert.rejects(setUp({ ...resume, perDeviceTrainBatchSize: 2 }, EXAMPLES).trainer.train(), {
    code: 'train/checkpoint',
    message: 'was trained with per_device_train_batch_size 4, and now it is 2',
  })
  const notices: string[] = []
  await setUp(resume, EXAMPLES, { notice: text => notices.push(text) }).trainer.train()
  assert.ok(notices.some(text => text.includes('max_steps 2, and now it is 4')))
})

test('goes on from an earlier checkpoint than the last, and not from the model alone', async () => {
  const outputDir = newFolder()
  const config = { outputDir, perDeviceTrainBatchSize: 4, maxSteps: 6, saveSteps: 2 }
  const undisturbed = setUp(config, EXAMPLES)
  await undisturbed.trainer.train()
  const notices: string[] = []
  const again = setUp({ ...config, resumeFromCheckpoint: join(outputDir, 'checkpoint-2') }, EXAMPLES, {
    notice: text => notices.push(text),
  })
  await again.trainer.train()
  assert.ok(notices.some(text => text.startsWith(join(outputDir, 'checkpoint-6'))))
  assert.deepEqual(again.model.parameters[0]!.data, undisturbed.model.parameters[0]!.data)
  const bare = newFolder()
  await setUp({ ...config, outputDir: bare, saveOnlyModel: true }, EXAMPLES).trainer.train()
  const resumed = setUp({ ...config, outputDir: bare, resumeFromCheckpoint: 'last' }, EXAMPLES)
  await assert.rejects(resumed.trainer.train(), {
    code: 'train/checkpoint',
    where: join(bare, 'checkpoint-6'),
  })
})

test('leaves a folder that is no checkpoint as it is', async () => {
  const outputDir = newFolder()
  mkdirSync(join(outputDir, 'checkpoint-2'), { recursive: true })
  writeFileSync(join(outputDir, 'checkpoint-2', 'thesis.txt'), 'all of it')
  const { trainer } = setUp({ outputDir, perDeviceTrainBatchSize: 4, maxSteps: 2 }, EXAMPLES)
  await assert.rejects(trainer.train(), {
    code: 'train/output-exists',
    where: join(outputDir, 'checkpoint-2'),
  })
  assert.equal(readFileSync(join(outputDir, 'checkpoint-2', 'thesis.txt'), 'utf8'), 'all of it')
})

test('batches without a trained token change nothing but the count of tokens', async () => {
  const untrained = { ids: [1, 2, 3], labels: [-100, -100, -100] }
  const { trainer } = setUp({ perDeviceTrainBatchSize: 1, maxSteps: 1 }, [untrained])
  const { logHistory } = await trainer.train()
  const { loss, grad_norm, num_tokens, entropy } = logHistory[0]!
  assert.deepEqual(
    { loss, grad_norm, num_tokens, entropy },
    { loss: 0, grad_norm: 0, num_tokens: 3, entropy: 0 },
  )
})
