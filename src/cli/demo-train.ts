import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataCollatorForCompletionOnlyLM } from '../collate/index.ts'
import { makeFolder, type TokenRows, toWriteError } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { toTokenView, wrapText, wrapWords } from '../inspect/index.ts'
import { maskExample, maskPrepared } from '../mask/index.ts'
import { type Model, openModel } from '../open-model.ts'
import { toFullModelFiles } from '../train/checkpoint/index.ts'
import { toExampleSet } from '../train/data/index.ts'
import { GENERATION_DEFAULTS, generate, toPrompt } from '../train/generate/index.ts'
import { type OpenedModel, openTrainableModel } from '../train/runtime/index.ts'
import { SFTTrainer } from '../train/trainer/index.ts'
import { makeConversations, makeTexts } from './demo-chats.ts'
import { writeDemoModel } from './demo-model.ts'
import type { ExitCode, Io } from './io.ts'
import { makeProgressOf } from './progress.ts'

const CONVERSATIONS = 48
const ANSWER_TOKENS = 24

/**
 * `lossline demo --train`: a model that is trained from nothing in a minute, then on conversations twice: with the labels of the completion-only
 * collator, and with all answers through their ends. What it answers before and after tells what each has learnt.
 *
 * @param output a folder that gets the model before it is trained on conversations, and these, to go on with
 */
export async function runDemoTrain(io: Io, output: string | undefined): Promise<ExitCode> {
  if (output !== undefined) openOutput(output)
  const folder = mkdtempSync(join(tmpdir(), 'lossline-demo-'))
  try {
    await writeDemoModel(join(folder, 'random'))
    const model = await openModel(join(folder, 'random'))
    await tellStory({ io, folder, model, show: makeTraining(io) })
    if (output !== undefined) await keep(join(folder, 'base'), output, io)
    return 0
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @throws LosslineError `demo/output-exists`, and `dataset/…` where it can't be made */
function openOutput(folder: string): void {
  if (existsSync(folder)) {
    const fix = 'Name a folder that does not exist.'
    throw new LosslineError('demo/output-exists', 'exists', { where: folder, fix })
  }
  try {
    makeFolder(folder)
  } catch (cause) {
    throw toWriteError(cause, folder)
  }
}

async function keep(base: string, output: string, io: Io): Promise<void> {
  cpSync(base, join(output, 'model'), { recursive: true })
  const rows = makeConversations(CONVERSATIONS).map(({ messages }) => JSON.stringify({ messages }))
  writeFileSync(join(output, 'chats.jsonl'), `${rows.join('\n')}\n`)
  const train = `lossline train --model ${join(output, 'model')} --dataset ${join(output, 'chats.jsonl')}`
  await io.write(`Kept in ${output}: the model as it was before the conversations, and these.\n`)
  await io.write(
    `Train it yourself:\n  ${train} \\\n    -o trained --learning-rate 5e-3 --num-train-epochs 12\n`,
  )
}

interface Demo {
  readonly io: Io
  readonly folder: string
  readonly model: Model
  readonly show: ShowStep
}

async function tellStory(demo: Demo): Promise<void> {
  const { io, folder, model } = demo
  const say = (text: string): Promise<void> => io.write(`${wrapText(text, io.width)}\n\n`)
  const toLines = (answer: Answer): string => toAnswerLines(answer, io.width)
  const base = join(folder, 'base')
  const texts = makeTexts(96).map(text => [...model.tokenizer.encode(text).ids])
  const before = await trainOn(demo, join(folder, 'random'), {
    rows: toRows(texts, texts),
    steps: 70,
    name: 'from nothing',
    output: base,
  })
  await say(
    'A small model (two layers, 2.1 million weights) has just been trained from nothing on running text about the colours of things. Asked a question it does what such models do: it writes on and on.',
  )
  await io.write(`${before.answers.map(toLines).join('\n')}\n\n`)

  const conversations = makeConversations(CONVERSATIONS)
  const masked = conversations.map(conversation => maskExample(conversation, model)[0]!)
  const ids = masked.map(({ encoded }) => [...encoded.ids])
  const exact = masked.map(({ labels }) => [...labels])
  const collated = labelAsCollator(ids, model)
  await say(
    `Now it is trained on ${CONVERSATIONS} conversations of three answers, twice from the same beginning. First with the labels of a collator that many people use, padded with EOS as many do (▌ marks what is trained):`,
  )
  const view = { width: io.width, colors: io.colors, names: model.tokenizer }
  const showLabels = (labels: readonly number[], title: string): Promise<void> => {
    const row = { inputIds: Int32Array.from(ids[0]!), labels: Int32Array.from(labels) }
    const prepared = { ...row, lossWeights: undefined, seqLengths: undefined }
    return io.write(`${toTokenView(maskPrepared(prepared, model.tokenizer), title, view)}\n\n`)
  }
  await showLabels(collated[0]!, "DataCollatorForCompletionOnlyLM('[/INST]'), pad_token = eos_token")
  const asCollator = await trainOn(demo, base, {
    rows: toRows(ids, collated),
    steps: 110,
    name: 'the collator',
  })
  await say('Then with what Lossline trains by itself:')
  await showLabels(exact[0]!, 'Lossline: what the model has to write')
  const asLossline = await trainOn(demo, base, { rows: toRows(ids, exact), steps: 110, name: 'Lossline' })

  await say('The two losses say nothing of the difference:')
  await io.write(`${[asCollator, asLossline].map(toCurveLine).join('\n')}\n\n`)
  await say('The answers do. After the collator’s labels:')
  await io.write(`${asCollator.answers.map(toLines).join('\n')}\n\n`)
  await say('After Lossline’s:')
  await io.write(`${asLossline.answers.map(toLines).join('\n')}\n\n`)
  for (const paragraph of LESSON) await say(paragraph)
}

const LESSON = [
  'What happened: where the pad token is EOS, the collator takes every EOS for padding and trains none. The model has learnt what to say and never to stop saying it. Of three answers it has seen one besides. Nothing failed, and the loss fell.',
  'On your own data: lossline train --model FOLDER --dataset chats.jsonl -o ./trained. It answers some of your prompts at each evaluation, and says of each whether it ended.',
]

interface Training {
  readonly rows: TokenRows
  readonly steps: number
  readonly name: string
  /** Where the model is saved, if anywhere. */
  readonly output?: string
}

interface Answer {
  readonly question: string
  readonly text: string
  readonly isEnded: boolean
}

interface Trained {
  readonly name: string
  readonly losses: readonly number[]
  readonly answers: readonly Answer[]
}

async function trainOn({ folder, model, show }: Demo, from: string, training: Training): Promise<Trained> {
  const opened = await openTrainableModel(from, { trained: { kind: 'all' } })
  try {
    const modelFiles = toFullModelFiles(opened.parameters, { baseFolder: from })
    const losses: number[] = []
    const trainer = new SFTTrainer({
      model: opened,
      modelFiles,
      config: {
        outputDir: join(folder, 'run'),
        learningRate: 5e-3,
        lrSchedulerType: 'cosine',
        perDeviceTrainBatchSize: 12,
        maxSteps: training.steps,
        saveStrategy: 'no',
        gradientCheckpointing: false,
        reportTo: ['none'],
      },
      trainSet: toExampleSet(training.rows),
      callbacks: [
        event => {
          if (event.kind !== 'step') return
          losses.push(event.loss)
          show.update({ name: training.name, step: event.step, steps: training.steps, loss: event.loss })
        },
      ],
    })
    await trainer.train()
    show.end()
    if (training.output !== undefined) await modelFiles.save(training.output)
    return { name: training.name, losses, answers: await ask(opened, model) }
  } finally {
    await opened.close()
  }
}

/** One question, and one that stands later in a conversation. */
async function ask(opened: OpenedModel, model: Model): Promise<Answer[]> {
  const [conversation] = makeConversations(1)
  const reader = await opened.openReader()
  const answers: Answer[] = []
  for (const count of [1, 3]) {
    const messages = conversation!.messages.slice(0, count)
    const prompt = toPrompt({ ...conversation!, messages, training: messages.map(() => undefined) }, model)
    const options = { ...GENERATION_DEFAULTS, maxNewTokens: ANSWER_TOKENS, stopIds: model.stopIds }
    const { ids, stopped } = await generate(reader, prompt.ids, options)
    answers.push({
      question: prompt.shown,
      text: model.tokenizer.decode(ids).trim(),
      isEnded: stopped === 'stop-token',
    })
  }
  return answers
}

/** The labels that the collator gives each row in a batch of all. */
function labelAsCollator(ids: readonly (readonly number[])[], { tokenizer }: Model): number[][] {
  const eos = tokenizer.tokenToId('</s>')!
  const responseTemplate = [...tokenizer.encode('[/INST]', { addSpecialTokens: false }).ids].slice(1)
  const collator = new DataCollatorForCompletionOnlyLM({ responseTemplate, padTokenId: eos, eosTokenId: eos })
  const { labels, shape } = collator.collate(ids.map(inputIds => ({ inputIds })))
  return ids.map((row, r) => [...labels.subarray(r * shape[1], r * shape[1] + row.length)])
}

function toRows(ids: readonly (readonly number[])[], labels: readonly (readonly number[])[]): TokenRows {
  const offsets = new Int32Array(ids.length + 1)
  for (const [r, row] of ids.entries()) offsets[r + 1] = offsets[r]! + row.length
  return {
    inputIds: Int32Array.from(ids.flat()),
    labels: Int32Array.from(labels.flat()),
    lossWeights: undefined,
    positionIds: undefined,
    seqLengths: undefined,
    offsets,
  }
}

function toAnswerLines({ question, text, isEnded }: Answer, width: number): string {
  const answer = `→ ${text}${isEnded ? ' ■  ended by itself' : ` …  cut at ${ANSWER_TOKENS} tokens`}`
  return [
    `  ${question}`,
    ...wrapWords(answer, width - 6).map((line, i) => `${i === 0 ? '    ' : '      '}${line}`),
  ].join('\n')
}

const BARS = [...'▁▂▃▄▅▆▇█']

function toCurveLine({ name, losses }: Trained): string {
  const highest = Math.max(...losses)
  const width = 40
  const bars = Array.from({ length: width }, (_, i) => {
    const loss = losses[Math.floor((i * losses.length) / width)]!
    return BARS[Math.min(BARS.length - 1, Math.floor((loss / highest) * BARS.length))]
  })
  return `  ${name.padEnd(12)}  ${losses[0]!.toFixed(2)} ${bars.join('')} ${losses.at(-1)!.toFixed(3)}`
}

interface Step {
  readonly name: string
  readonly step: number
  readonly steps: number
  readonly loss: number
}

type ShowStep = ReturnType<typeof makeProgressOf<Step>>

function makeTraining(io: Io): ShowStep {
  return makeProgressOf<Step>(
    io,
    false,
    ({ name, step, steps, loss }) => `training (${name}): step ${step} of ${steps} · loss ${loss.toFixed(3)}`,
  )
}
