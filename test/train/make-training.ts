/**
 * A training in a process of its own, for tests that kill it: it writes to OUTPUT, and goes on from the last checkpoint that is there. MODEL is a
 * model folder, or nothing: a bigram model, whose steps are so short that most of the time goes into checkpoints.
 */
import { join } from 'node:path'
import { listCheckpoints, toModelFiles } from '../../src/train/checkpoint/index.ts'
import { openTrainableModel } from '../../src/train/runtime/index.ts'
import { SFTTrainer } from '../../src/train/trainer/index.ts'
import { BigramModel } from './bigram-model.ts'
import { manyExamples, toSet } from './examples.ts'

const [outputDir, folder] = process.argv.slice(2) as [string, string | undefined]
const VOCABULARY = 40
const model =
  folder === undefined
    ? new BigramModel(VOCABULARY, 0.3)
    : await openTrainableModel(folder, { trained: { kind: 'all' }, neftuneNoiseAlpha: 3, threads: 2 })
const modelFiles = toModelFiles(model.parameters, 'model.safetensors')
const trainer = new SFTTrainer({
  model,
  modelFiles,
  trainSet: toSet(manyExamples(150, VOCABULARY)),
  config: {
    outputDir,
    perDeviceTrainBatchSize: 8,
    gradientAccumulationSteps: 2,
    learningRate: 0.01,
    weightDecay: 0.01,
    saveSteps: 2,
    saveTotalLimit: 3,
    numTrainEpochs: folder === undefined ? 6 : 2,
    ...(listCheckpoints(outputDir).length > 0 && { resumeFromCheckpoint: 'last' }),
  },
  callbacks: [event => void process.stdout.write(`${event.kind}\n`)],
})
await trainer.train()
await modelFiles.save(join(outputDir, 'final'))
await model.close()
