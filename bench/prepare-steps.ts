/** Where the time of a preparation goes: its steps one by one, on one thread, beside the least that could be done. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseRow } from '../src/conversation/index.ts'
import {
  type Chunk,
  type DatasetRow,
  type RowSource,
  readChunk,
  splitFile,
  type TokenRows,
  writeShard,
} from '../src/dataset/index.ts'
import { type Model, openModel } from '../src/open-model.ts'
import { packWindow } from '../src/prepare/pack-window.ts'
import { prepareChunk } from '../src/prepare/prepare-chunk.ts'
import { toSettings } from '../src/prepare/settings.ts'
import { TokenRowsBuilder } from '../src/prepare/token-rows-builder.ts'

export interface StepsOptions {
  readonly file: string
  readonly tokenizer: string
  readonly template: string
  readonly maxLength: number
  /** For what is written. */
  readonly folder: string
}

/** CPU seconds of this thread's process. */
export interface Steps {
  readonly read: number
  readonly rows: number
  readonly render: number
  readonly encode: number
  readonly whole: number
  readonly packAndWrite: number
  /** Reading the bytes, JSON.parse, a hash look-up a word, and writing 8 bytes a token. */
  readonly floor: number
}

/** Each step alone, the fastest of some rounds; all that is compiled and remembered is warm by then. */
export async function measureSteps(options: StepsOptions, rounds = 4): Promise<Steps> {
  const { file, tokenizer, template, maxLength } = options
  const chatTemplate = { name: 'default', source: readFileSync(template, 'utf8'), file: template }
  const model = await openModel(tokenizer, { chatTemplate })
  const settings = toSettings({ model: tokenizer, chatTemplate, maxLength, packing: 'bfd' })
  const prepareAll = async (): Promise<TokenRows> => {
    const rows = new TokenRowsBuilder()
    for (const chunk of await listChunks(file))
      rows.addRows((await prepareChunk({ chunk, rows: undefined }, model, settings)).rows)
    return rows.build()
  }
  const rows = await prepareAll()
  let best: Steps | undefined
  for (let round = 0; round < rounds; round++) {
    const steps = {
      ...(await measureParts(file, model)),
      whole: await cpuSeconds(prepareAll),
      packAndWrite: await cpuSeconds(() => write(packWindow(rows, settings).rows, options.folder)),
      floor: await cpuSeconds(() => doLeast(file, rows.inputIds.byteLength * 2, options.folder)),
    }
    best = best === undefined ? steps : least(best, steps)
  }
  return best!
}

async function measureParts(
  file: string,
  model: Model,
): Promise<Pick<Steps, 'read' | 'rows' | 'render' | 'encode'>> {
  const [template] = model.templates
  const options = { variables: model.specialTokens }
  const all: DatasetRow[] = []
  const read = await cpuSeconds(async () => {
    for (const chunk of await listChunks(file)) all.push(...(await readChunk(chunk)))
  })
  const values = all.flatMap(row => (row.kind === 'row' ? [row.value] : []))
  const rows = await cpuSeconds(() => values.map(value => parseRow(value)))
  const chats = values
    .map(value => parseRow(value).example)
    .filter(example => example.kind === 'conversation')
  const render = await cpuSeconds(() => chats.map(chat => template!.render(chat, options).pieces.length))
  const texts = chats.map(chat => template!.render(chat, options).text)
  const encode = await cpuSeconds(() =>
    texts.map(text => model.tokenizer.encode(text, { addSpecialTokens: false }).ids.length),
  )
  return { read, rows, render, encode }
}

async function listChunks(file: string): Promise<Chunk[]> {
  const chunks: Chunk[] = []
  for await (const chunk of splitFile(file)) chunks.push(chunk)
  return chunks
}

async function write(rows: RowSource, folder: string): Promise<void> {
  const shards = join(folder, 'steps')
  mkdirSync(shards, { recursive: true })
  await writeShard(shards, 0, rows, 'arrow')
  rmSync(shards, { recursive: true })
}

/** What no preparation can do without. */
function doLeast(file: string, bytesOut: number, folder: string): number {
  const known = new Map<string, number>()
  for (const line of readFileSync(file, 'utf8').trimEnd().split('\n')) {
    const { messages } = JSON.parse(line) as { messages: readonly { content: string }[] }
    for (const { content } of messages)
      for (const word of content.split(' ')) known.set(word, (known.get(word) ?? 0) + 1)
  }
  const path = join(folder, 'least')
  const out = openSync(path, 'w')
  writeSync(out, new Uint8Array(bytesOut))
  closeSync(out)
  rmSync(path)
  return known.size
}

async function cpuSeconds(work: () => unknown): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1e6
}

function least(a: Steps, b: Steps): Steps {
  const keys = Object.keys(a) as (keyof Steps)[]
  return Object.fromEntries(keys.map(key => [key, Math.min(a[key], b[key])])) as unknown as Steps
}
