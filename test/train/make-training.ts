/** A training in a process of its own, for tests that kill it: FOLDER is where it writes; it goes on from the last checkpoint that is there. */
import { join } from 'node:path'
import { listCheckpoints, toModelFiles } from '../../src/train/checkpoint/index.ts'
import { SFTTrainer } from '../../src/train/trainer/index.ts'
import { BigramModel } from './bigram-model.ts'
import { manyExamples, toSet } from './examples.ts'

const [outputDir] = process.argv.slice(2)
const model = new BigramModel(40, 0.3)
const modelFiles = toModelFiles(model.parameters, 'model.safetensors')
const trainer = new SFTTrainer({
  model,
  modelFiles,
  trainSet: toSet(manyExamples(150, 40)),
  config: {
    outputDir: outputDir!,
    perDeviceTrainBatchSize: 8,
    gradientAccumulationSteps: 2,
    learningRate: 0.05,
    weightDecay: 0.01,
    saveSteps: 2,
    saveTotalLimit: 3,
    numTrainEpochs: 6,
    ...(listCheckpoints(outputDir!).length > 0 && { resumeFromCheckpoint: 'last' }),
  },
  callbacks: [event => void process.stdout.write(`${event.kind}\n`)],
})
await trainer.train()
await modelFiles.save(join(outputDir!, 'final'))
