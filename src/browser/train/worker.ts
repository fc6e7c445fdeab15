// The thread of the page that renders, masks and trains, so that the page stays alive.
import { describeError, LosslineError } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import type { MaskContext } from '../../mask/index.ts'
import { toModelContext } from '../../model-context.ts'
import { readModelFacts } from '../../model-folder/index.ts'
import { toRowHtml } from '../../page/index.ts'
import { Tokenizer } from '../../tokenizer/index.ts'
import { StepOrder, toExampleSet } from '../../train/data/index.ts'
import { OPTIMIZERS, Scheduler } from '../../train/optim/index.ts'
import type { TrainableModel } from '../../train/trainable-model.ts'
import { trainStep } from '../../train/trainer/index.ts'
import { type DroppedFiles, decodeText, toModelFiles } from '../dropped-files.ts'
import { type MaskedChats, maskChats } from './masked-chats.ts'
import type { FromWorker, PageOptions, ToWorker } from './messages.ts'
import { openPageModel } from './page-model.ts'
import { type ChosenDevice, chooseDevice } from './session.ts'

interface Looked {
  readonly chats: MaskedChats
  readonly model: DroppedFiles
}

/** As in TRL. */
const SEED = 42

let looked: Looked | undefined
let isStopped = false
let chosen: ChosenDevice | undefined

const say = (message: FromWorker): void => globalThis.postMessage(message)

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  handle(data).catch((error: unknown) => {
    const text = error instanceof LosslineError ? describeError(error) : `It failed: ${String(error)}`
    say({ kind: 'failed', text })
  })
})

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'look':
      return look(message.dataset, message.model)
    case 'train':
      return train(message.options)
    case 'stop':
      isStopped = true
      return
    default: {
      const never: never = message
      throw new TypeError(`no message is ${JSON.stringify(never)}`)
    }
  }
}

async function look(dataset: Uint8Array, model: DroppedFiles): Promise<void> {
  const context = await openContext(model)
  const chats = maskChats(decodeText(dataset), context)
  looked = { chats, model }
  const { rows, usedRows, trainedTokens, problems } = chats
  const end = rows.offsets[1] ?? 0
  const first = {
    where: 'the first chat',
    tokens: end,
    inputIds: [...rows.inputIds.subarray(0, end)],
    labels: [...rows.labels.subarray(0, end)],
  }
  const maskHtml = end === 0 ? '' : toRowHtml(first, context.tokenizer)
  say({ kind: 'looked', rows: usedRows, tokens: rows.inputIds.length, trainedTokens, maskHtml, problems })
}

async function openContext(model: DroppedFiles): Promise<MaskContext> {
  const files = toModelFiles(model)
  const tokenizerJson = files.readText('tokenizer.json')
  if (tokenizerJson === undefined) throw missing('tokenizer.json', model)
  const facts = readModelFacts(files)
  const tokenizer = await Tokenizer.fromJSON(tokenizerJson, { config: facts.tokenizerConfig })
  return toModelContext(facts, tokenizer)
}

async function train(options: PageOptions): Promise<void> {
  if (looked === undefined) return
  isStopped = false
  const { model: files, chats } = looked
  const weights = files['model.safetensors']
  const config = toModelFiles(files).readText('config.json')
  if (weights === undefined) throw missing('model.safetensors', files)
  if (config === undefined) throw missing('config.json', files)
  const parsed = JSON.parse(config) as JsonObject
  chosen ??= await chooseDevice()
  const { device, reason } = chosen
  const model = await openPageModel({ config: parsed, weights, trained: options.trained, device })
  const trainedParameters = model.parameters.reduce((sum, { data }) => sum + data.length, 0)
  const name = device === 'webgpu' ? 'WebGPU' : 'WebAssembly'
  say({ kind: 'opened', trainedParameters, device: name, reason })
  try {
    await run(model, chats, options)
  } finally {
    await model.close()
  }
}

async function run(model: TrainableModel, chats: MaskedChats, options: PageOptions): Promise<void> {
  const { maxSteps, batchSize, learningRate } = options
  const set = toExampleSet(chats.rows)
  const batchesPerEpoch = Math.ceil(set.exampleCount / batchSize)
  const order = new StepOrder(set, batchesPerEpoch, {
    trainSamplingStrategy: 'random',
    perDeviceTrainBatchSize: batchSize,
    gradientAccumulationSteps: 1,
    seed: SEED,
    dataSeed: undefined,
  })
  const adam = { weightDecay: 0, adamBeta1: 0.9, adamBeta2: 0.999, adamEpsilon: 1e-8, args: {} }
  const optimizer = OPTIMIZERS.adamw_torch(model.parameters, adam)
  const scheduler = new Scheduler('linear', {
    learningRate,
    warmupSteps: 0,
    trainingSteps: maxSteps,
    kwargs: {},
  })
  const started = performance.now()
  let tokens = 0
  let step = 0
  while (step < maxSteps && !isStopped) {
    const batches = order.batchesOf(Math.floor(step / batchesPerEpoch), step % batchesPerEpoch)
    const rate = scheduler.learningRate
    const input = { model, set, optimizer, batches, learningRate: rate, maxGradNorm: 1, noiseSeed: 0 }
    const outcome = await trainStep(input)
    scheduler.step()
    step++
    tokens += outcome.tokens
    const speed = (1000 * tokens) / (performance.now() - started)
    say({ kind: 'step', step, loss: outcome.loss, gradNorm: outcome.gradNorm, speed })
    // A turn of the loop for messages: `stop` may be among them.
    await new Promise(resolve => setTimeout(resolve))
  }
  say({ kind: 'done', steps: step })
}

function missing(name: string, files: DroppedFiles): LosslineError {
  const what = `is not among what was dropped (${Object.keys(files).sort().join(', ')})`
  const fix =
    'Drop the whole model folder: config.json, model.safetensors, tokenizer.json and what lies beside them.'
  return new LosslineError('page/missing-file', what, { where: name, fix })
}
