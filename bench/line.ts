/**
 * The whole line on one thread: JSONL rows → ids and labels, as `lossline show` computes them. MB/s of JSONL, the share of each step, and how
 * far off the floor it is. Run: npm run bench:line [-- MODEL_FOLDER TEMPLATE]
 */
import { readFileSync } from 'node:fs'
import { parseRow } from '../src/conversation/index.ts'
import { parseJson } from '../src/json/index.ts'
import { maskExample } from '../src/mask/index.ts'
import { type Model, openModel } from '../src/open-model.ts'
import { makeChats } from './chats.ts'

const MEGABYTES = 10
const ROUNDS = 5
const SHARD_TOKENS = 2 ** 20

/** Ids and labels of all rows, behind one another as in a shard; those of earlier rows are written over where it is full. */
const shard = { ids: new Int32Array(SHARD_TOKENS), labels: new Int32Array(SHARD_TOKENS) }

const file = makeChats(MEGABYTES)
if (file === undefined) console.error('bench:line needs ../shared/data: it is not here')
else await run(file)

async function run(chats: string): Promise<void> {
  const [
    folder = '../shared/tokenizers/qwen3',
    template = '../shared/templates/llama-cpp--Qwen-Qwen2.5-7B-Instruct.jinja',
  ] = process.argv.slice(2)
  const source = readFileSync(template, 'utf8')
  const model = await openModel(folder, { chatTemplate: { name: 'default', source, file: template } })
  const bytes = readFileSync(chats).length
  const first = time(() => wholeLine(chats, model))
  const best = Array.from({ length: ROUNDS }, () => measure(chats, model)).reduce((a, b) => ({
    floor: Math.min(a.floor, b.floor),
    rows: Math.min(a.rows, b.rows),
    render: Math.min(a.render, b.render),
    encode: Math.min(a.encode, b.encode),
    lookups: Math.min(a.lookups, b.lookups),
    whole: Math.min(a.whole, b.whole),
  }))
  const rate = (ms: number): string => `${(bytes / 1e3 / ms).toFixed(1)} MB/s`
  const share = (ms: number): string => `${((100 * ms) / best.whole).toFixed(0)} %`
  const mask = best.whole - best.floor - best.rows - best.render - best.encode
  console.log(`${(bytes / 1e6).toFixed(1)} MB of rows, ${template}, one thread, best of ${ROUNDS}`)
  console.log(`first pass            ${rate(first)}`)
  console.log(`later passes          ${rate(best.whole)}`)
  console.log(`  read, split, parse  ${share(best.floor)}`)
  console.log(`  row to conversation ${share(best.rows)}`)
  console.log(`  render, one a row   ${share(best.render)}`)
  console.log(`  encode              ${share(best.encode)}`)
  console.log(`  prompts and masks   ${share(mask)}`)
  const floor = best.floor + best.lookups
  console.log(
    `floor: read, JSON.parse, one hash look-up a word: ${rate(floor)}; the line takes ${(best.whole / floor).toFixed(1)} times that`,
  )
}

interface Measured {
  readonly floor: number
  readonly rows: number
  readonly render: number
  readonly encode: number
  readonly lookups: number
  readonly whole: number
}

function measure(file: string, model: Model): Measured {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  const values = lines.map(parseJson)
  const examples = values.map(value => parseRow(value).example)
  const chats = examples.filter(example => example.kind === 'conversation')
  const [template] = model.templates
  const options = { variables: model.specialTokens }
  const texts = chats.map(chat => template!.render(chat, options).text)
  const words = texts.map(text => text.split(' '))
  return {
    floor: time(() =>
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as unknown),
    ),
    rows: time(() => values.map(value => parseRow(value))),
    render: time(() => chats.map(chat => template!.render(chat, options).pieces.length)),
    encode: time(() =>
      texts.map(text => model.tokenizer.encode(text, { addSpecialTokens: false }).ids.length),
    ),
    lookups: time(() => countWords(words)),
    whole: time(() => wholeLine(file, model)),
  }
}

function wholeLine(file: string, model: Model): number {
  let tokens = 0
  let at = 0
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    for (const { encoded, labels } of maskExample(parseRow(parseJson(line)).example, model)) {
      if (at + labels.length > SHARD_TOKENS) at = 0
      shard.ids.set(encoded.ids, at)
      shard.labels.set(labels, at)
      at += labels.length
      tokens += labels.length
    }
  }
  return tokens
}

function countWords(rows: readonly (readonly string[])[]): number {
  const seen = new Map<string, number>()
  for (const words of rows) for (const word of words) seen.set(word, (seen.get(word) ?? 0) + 1)
  return seen.size
}

function time(work: () => unknown): number {
  const start = performance.now()
  work()
  return performance.now() - start
}
