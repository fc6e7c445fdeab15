import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LosslineError } from '../error.ts'
import { type JsonObject, parseJson } from '../json/index.ts'
import type { Model } from '../open-model.ts'
import {
  type Generated,
  type GenerationOptions,
  generate,
  makeTextStream,
  type Prompt,
  settleGeneration,
  toPrompt,
  toQuestion,
} from '../train/generate/index.ts'
import type { TokenModel } from '../train/token-model.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import { resolveModelFolder } from './model-path.ts'
import type { Values } from './options.ts'
import { forEachRow } from './rows.ts'

/** A way of answering: the model alone, or with an adapter. */
interface Answerer {
  readonly title: string
  readonly reader: TokenModel
}

/** `lossline generate`: what a model answers, written as it comes; told at the end of each: whether it ended by itself. */
export async function runGenerate({ file, values: given }: CommandInput, io: Io): Promise<ExitCode> {
  checkInputs(file, given)
  const values = namingBase(given, io)
  const folder = await resolveModelFolder(values.model!, io)
  const model = await openModelOf(
    { ...values, tokenizer: values.tokenizer ?? findTokenizer(values, folder) },
    io,
  )
  if (values.prompt !== undefined && model.templates.length === 0)
    io.tell(
      `lossline: ${model.folder.folder} has no chat template: the prompt is a text to go on with, not a user’s message. --chat-template FILE gives one.`,
    )
  const options = settleGeneration(toGiven(values), readGenerationConfig(folder))
  if (!options.doSample) tellUnused(values, io)
  const opened = await openAnswerers(folder, values)
  const stop = new AbortController()
  process.removeAllListeners('SIGINT')
  process.once('SIGINT', () => stop.abort())
  try {
    const session = { model, options, answerers: opened.answerers, values, io, signal: stop.signal }
    if (values.prompt !== undefined) await answer(session, toQuestion(values.prompt, model), 0)
    else return await answerRows(session, file)
    return stop.signal.aborted ? 130 : 0
  } finally {
    await opened.close()
  }
}

/** An adapter's folder as the model is the base that it names with the adapter, as in PEFT. */
function namingBase(values: Values, io: Io): Values {
  const folder = values.model!
  const file = join(folder, 'adapter_config.json')
  if (existsSync(join(folder, 'config.json')) || !existsSync(file)) return values
  const config = parseJson(readFileSync(file, 'utf8')) as JsonObject
  const base = config['base_model_name_or_path']
  if (values.adapter !== undefined || typeof base !== 'string' || base === '') {
    const fix = `Name its base: --model BASE --adapter ${folder}.`
    throw new LosslineError('cli/model', 'is an adapter', { where: folder, fix })
  }
  io.tell(`lossline: ${folder} is an adapter; its base is ${base}.`)
  return { ...values, model: base, adapter: folder }
}

/** A training saves its tokenizer beside its adapter, with the template that it was trained with. */
function findTokenizer({ adapter }: Values, folder: string): string {
  return adapter !== undefined && existsSync(join(adapter, 'tokenizer.json')) ? adapter : folder
}

function checkInputs(file: string, { model, prompt, compare_adapter: compare, adapter }: Values): void {
  const fail = (where: string, what: string, fix: string): LosslineError =>
    new LosslineError('cli/missing', what, { where, fix })
  if (model === undefined) throw fail('--model', 'is needed', 'Name a model folder.')
  if (file === '' && prompt === undefined)
    throw fail('generate', 'has nothing to answer', "Give --prompt 'TEXT', or a file of conversations.")
  if (file !== '' && prompt !== undefined)
    throw fail('--prompt', 'and a file exclude each other', 'Give one of them.')
  if (compare === true && adapter === undefined)
    throw fail('--compare', 'needs an adapter to compare with', 'Give --adapter FOLDER.')
}

function toGiven(values: Values): Partial<GenerationOptions> {
  return {
    ...(values.max_new_tokens !== undefined && { maxNewTokens: values.max_new_tokens }),
    ...(values.do_sample !== undefined && { doSample: values.do_sample }),
    ...(values.temperature !== undefined && { temperature: values.temperature }),
    ...(values.top_k !== undefined && { topK: values.top_k }),
    ...(values.top_p !== undefined && { topP: values.top_p }),
    ...(values.repetition_penalty !== undefined && { repetitionPenalty: values.repetition_penalty }),
    ...(values.seed !== undefined && { seed: values.seed }),
  }
}

function tellUnused(values: Values, io: Io): void {
  for (const name of ['temperature', 'top_k', 'top_p', 'seed'] as const) {
    if (values[name] === undefined) continue
    io.tell(
      `lossline: --${name.replace('_', '-')} has no effect without --do-sample: the likeliest token is taken.`,
    )
  }
}

function readGenerationConfig(folder: string): JsonObject | undefined {
  const path = join(folder, 'generation_config.json')
  if (!existsSync(path)) return undefined
  return parseJson(readFileSync(path, 'utf8')) as JsonObject
}

async function openAnswerers(
  model: string,
  { adapter, compare_adapter: compare, device = 'cpu' }: Values,
): Promise<{ answerers: readonly Answerer[]; close: () => Promise<void> }> {
  const [{ layTrainedAdapter, toTrained }, { openGeneratingModel }] = await Promise.all([
    import('../train/adapter/index.ts'),
    import('../train/runtime/index.ts'),
  ])
  const plain = { kind: 'adapters', adapters: [] } as const
  const ways = [
    ...(adapter === undefined || compare === true ? [{ title: 'without the adapter', trained: plain }] : []),
    ...(adapter === undefined
      ? []
      : [{ title: 'with the adapter', trained: toTrained(layTrainedAdapter(model, adapter)) }]),
  ]
  const opened = await Promise.all(ways.map(({ trained }) => openGeneratingModel(model, { trained, device })))
  const close = async (): Promise<void> => void (await Promise.all(opened.map(one => one.close())))
  try {
    const readers = await Promise.all(opened.map(one => one.openReader()))
    return { answerers: ways.map(({ title }, w) => ({ title, reader: readers[w]! })), close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Session {
  readonly model: Model
  readonly options: GenerationOptions
  readonly answerers: readonly Answerer[]
  readonly values: Values
  readonly io: Io
  readonly signal: AbortSignal
}

async function answerRows(session: Session, file: string): Promise<ExitCode> {
  const { values, io, signal, model } = session
  const { failed } = await forEachRow(file, values, io, {
    each: async row => {
      if (signal.aborted) return
      const prompt = toPrompt(row.example, model)
      if (values.json !== true) await io.write(`── row ${row.row}  ${prompt.shown}\n`)
      await answer(session, prompt, row.row)
      if (values.json !== true) await io.write('\n')
    },
    defaultRows: { startRow: 0, endRow: 10 },
  })
  if (signal.aborted) return 130
  return failed === 0 ? 0 : 1
}

async function answer(session: Session, prompt: Prompt, row: number): Promise<void> {
  const { answerers, values, io, model } = session
  const answers: object[] = []
  for (const { title, reader } of answerers) {
    if (values.json !== true && answerers.length > 1) await io.write(`─ ${title}\n`)
    const started = performance.now()
    const stream = makeTextStream(model.tokenizer)
    let text = ''
    const say = async (part: string): Promise<void> => {
      text += part
      if (values.json !== true && part !== '') await io.write(part)
    }
    const generated = await generate(reader, prompt.ids, {
      ...session.options,
      stopIds: model.stopIds,
      signal: session.signal,
      onToken: id => say(stream.push(id)),
    })
    await say(stream.end())
    const seconds = (performance.now() - started) / 1000
    if (values.json === true) {
      const { ids, stopped } = generated
      answers.push({ ...(answerers.length > 1 && { with: title }), answer: text, ids, stopped })
    } else {
      await io.write('\n')
      io.tell(
        `lossline: ${describeEnd(generated, { prompt, model, reader })}, ${(generated.ids.length / seconds).toFixed(1)} tokens/s.`,
      )
    }
  }
  for (const one of values.json === true ? answers : [])
    await io.write(`${JSON.stringify({ row, prompt: prompt.shown, ...one })}\n`)
}

function describeEnd(
  { ids, stopped }: Generated,
  { prompt, model: { tokenizer }, reader }: { prompt: Prompt; model: Model; reader: TokenModel },
): string {
  const count = `${ids.length.toLocaleString('en-US')} ${ids.length === 1 ? 'token' : 'tokens'}`
  switch (stopped) {
    case 'stop-token':
      return `ended by its stop token ${tokenizer.idToToken(ids.at(-1)!)} after ${count}`
    case 'limit':
      return prompt.ids.length + ids.length >= reader.maxPositions
        ? `did not end: cut at ${count} (the model has ${reader.maxPositions} positions, and the prompt takes ${prompt.ids.length})`
        : `did not end: cut at ${count} (--max-new-tokens allows more)`
    case 'aborted':
      return `interrupted after ${count}`
    default: {
      const never: never = stopped
      return never
    }
  }
}
