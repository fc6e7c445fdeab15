/** What a training leaves in its folder, read by transformers, PEFT and safetensors. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { layAdapter, toLoraConfig, toTrained } from '../../src/train/adapter/index.ts'
import { type ModelFiles, toAdapterFiles, toFullModelFiles } from '../../src/train/checkpoint/index.ts'
import { layBatch } from '../../src/train/data/index.ts'
import { openTrainableModel } from '../../src/train/runtime/index.ts'
import type { TrainableModel } from '../../src/train/trainable-model.ts'
import { SFTTrainer, type Trained } from '../../src/train/trainer/index.ts'
import { manyExamples, toSet } from '../train/examples.ts'
import { makeModel } from '../train/make-model.ts'
import { findPython, runPython, whyNoPython } from './python.ts'

const python = findPython('trl-1.16')
const skip = python === undefined && whyNoPython('trl-1.16')

const parent = mkdtempSync(join(tmpdir(), 'lossline-checkpoint-'))
after(() => rmSync(parent, { recursive: true }))

const base = join(parent, 'base')
const SIZES = {
  vocab_size: 40,
  hidden_size: 32,
  intermediate_size: 48,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 64,
}

interface Answer {
  readonly state: Readonly<Record<string, unknown>>
  /** Names of the optimizer's tensors, and the sum of each. */
  readonly optimizer: Readonly<Record<string, number>>
  /** Mean loss over the trained tokens of the first rows. */
  readonly loss: number
}

interface Run {
  readonly trained: Trained
  readonly answer: Answer
  readonly loss: number
}

async function run(name: string, model: TrainableModel, modelFiles: ModelFiles): Promise<Run> {
  const outputDir = join(parent, name)
  const examples = manyExamples(30, SIZES.vocab_size)
  const trainer = new SFTTrainer({
    model,
    modelFiles,
    trainSet: toSet(examples),
    evalSet: toSet(examples.slice(0, 4)),
    config: {
      outputDir,
      perDeviceTrainBatchSize: 8,
      learningRate: 0.01,
      maxSteps: 5,
      loggingSteps: 2,
      evalStrategy: 'steps',
      saveStrategy: 'steps',
      saveSteps: 2,
      loadBestModelAtEnd: true,
    },
  })
  const trained = await trainer.train()
  await modelFiles.load(join(outputDir, 'checkpoint-5'))
  const { batch } = layBatch(toSet(examples.slice(0, 4)), Int32Array.of(0, 1, 2, 3))
  const { nll } = await model.evaluate(batch)
  await model.close()
  const rows = examples.slice(0, 4).map(({ ids, labels }) => ({ input_ids: ids, labels }))
  const request = { folder: join(outputDir, 'checkpoint-5'), base: name === 'full' ? null : base, rows }
  const [answer] = runPython(python!, 'test/interop/read_checkpoint.py', [request]) as [Answer]
  return { trained, answer, loss: nll.reduce((sum, value) => sum + value, 0) / nll.length }
}

describe('checkpoints are read by transformers and PEFT', { skip }, () => {
  before(() => makeModel(base, { model_type: 'llama', architectures: ['LlamaForCausalLM'], ...SIZES }, 1))

  test('of a whole model', async () => {
    const model = await openTrainableModel(base, { trained: { kind: 'all' }, threads: 1 })
    const { trained, answer, loss } = await run(
      'full',
      model,
      toFullModelFiles(model.parameters, { baseFolder: base }),
    )
    checkState(answer.state, trained)
    const names = model.parameters.flatMap(({ name }) => [`exp_avg.${name}`, `exp_avg_sq.${name}`])
    assert.deepEqual(Object.keys(answer.optimizer).sort(), names.sort())
    assert.ok(Math.abs(answer.loss - loss) < 1e-5, `${answer.loss} and ${loss}`)
  })

  test('of an adapter', async () => {
    const laid = layAdapter(base, toLoraConfig({ r: 4, targetModules: ['q_proj', 'down_proj'] }), 1)
    const model = await openTrainableModel(base, { trained: toTrained(laid), threads: 1 })
    const { trained, answer, loss } = await run(
      'lora',
      model,
      toAdapterFiles(model.parameters, laid, { baseFolder: base }),
    )
    checkState(answer.state, trained)
    assert.ok(Math.abs(answer.loss - loss) < 1e-5, `${answer.loss} and ${loss}`)
  })
})

function checkState(state: Answer['state'], { logHistory, bestCheckpoint }: Trained): void {
  assert.equal(state['global_step'], 5)
  assert.equal(state['max_steps'], 5)
  assert.equal(state['train_batch_size'], 8)
  assert.equal(state['num_train_epochs'], 2)
  assert.equal(state['best_model_checkpoint'], bestCheckpoint)
  assert.deepEqual(state['log_history'], logHistory.slice(0, -1))
}
