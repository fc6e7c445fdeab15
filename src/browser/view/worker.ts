// The thread of the page that renders and masks, so that the page stays alive.
import { describeError, LosslineError } from '../../error.ts'
import { STRATEGIES } from '../../mask/index.ts'
import { readModelFacts } from '../../model-folder/index.ts'
import { fromBinary, Tokenizer } from '../../tokenizer/index.ts'
import { Book, DEFAULT_SETTINGS, Scan, type ServedModel, type ViewSettings } from '../../view/index.ts'
import { type DroppedFiles, decodeText, toModelFiles } from '../dropped-files.ts'
import { readDroppedRows } from './dropped-rows.ts'
import type { Answers, FromWorker, Question, ToWorker } from './messages.ts'
import { readServedRows } from './served-rows.ts'
import type { RowText } from './text-lines.ts'

/** Milliseconds of work between two looks at the messages. */
const SLICE_MS = 20
/** Milliseconds between two reports. */
const REPORT_MS = 120

let book: Book | undefined
let scan: Scan | undefined
let isScanning = false
/** Questions that came before the row that they are about. */
const waiting: { readonly id: number; readonly question: Question }[] = []

const say = (message: FromWorker): void => globalThis.postMessage(message)

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  handle(data).catch((error: unknown) => {
    const text = error instanceof LosslineError ? describeError(error, 'flag') : `It failed: ${String(error)}`
    say({ kind: 'failed', text })
  })
})

async function handle(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case 'open-served':
      return openServed(message.address)
    case 'open-dropped':
      return openDropped(message.file, message.model)
    case 'set':
      return set(message.settings)
    case 'ask':
      return ask(message.id, message.question)
    default: {
      const never: never = message
      throw new TypeError(`no message is ${JSON.stringify(never)}`)
    }
  }
}

async function openServed(address: string): Promise<void> {
  const rows = readServedRows(new URL('rows', address))
  const [model, tokenizer] = await Promise.all([
    fetch(new URL('model', address)).then(response => response.json() as Promise<ServedModel>),
    fetchTokenizer(address),
  ])
  const { facts, settings, rowOptions, now } = model
  await start(
    new Book({ tokenizer, facts, rowOptions, now: new Date(now), optionStyle: 'flag' }),
    settings,
    rows,
  )
}

/** Its tables as they are, where there are any, since these are read in a tenth of the time. */
async function fetchTokenizer(address: string): Promise<Tokenizer> {
  const tables = await fetch(new URL('tokenizer.bin', address))
  const known = tables.ok ? await fromBinary(new Uint8Array(await tables.arrayBuffer())) : undefined
  if (known !== undefined) return known
  const [json, model] = await Promise.all(
    ['tokenizer.json', 'model'].map(name => fetch(new URL(name, address)).then(response => response.text())),
  )
  const { facts } = JSON.parse(model!) as ServedModel
  return Tokenizer.fromJSON(json!, { config: facts.tokenizerConfig })
}

async function openDropped(file: File, model: DroppedFiles): Promise<void> {
  const files = toModelFiles(model)
  const tokenizerJson = files.readText('tokenizer.json')
  if (tokenizerJson === undefined) throw missingTokenizer(model)
  const facts = readModelFacts(files)
  const alone = Object.keys(model).find(name => name.endsWith('.jinja'))
  const template = facts.templates.length > 0 || alone === undefined ? undefined : decodeText(model[alone]!)
  const tokenizer = await Tokenizer.fromJSON(tokenizerJson, { config: facts.tokenizerConfig })
  await start(
    new Book({ tokenizer, facts, now: new Date() }),
    { ...DEFAULT_SETTINGS, template },
    readDroppedRows(file),
  )
}

async function start(
  opened: Book,
  settings: ViewSettings,
  rows: AsyncIterable<readonly RowText[]>,
): Promise<void> {
  opened.set(settings)
  book = opened
  scan = new Scan(opened)
  const strategies = Object.values(STRATEGIES).map(({ name, summary, reads }) => ({ name, summary, reads }))
  say({ kind: 'opened', templates: opened.templates, strategies, settings })
  for await (const some of rows) {
    // Another file was opened meanwhile.
    if (book !== opened) return
    for (const row of some) opened.add(row)
    say({ kind: 'counted', rows: opened.rowCount, isWhole: false })
    for (const { id, question } of waiting.splice(0)) await ask(id, question)
    void runScan()
  }
  say({ kind: 'counted', rows: opened.rowCount, isWhole: true })
  void runScan()
}

function set(settings: ViewSettings): void {
  if (book === undefined) return
  try {
    book.set(settings)
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    say({ kind: 'refused', text: describeError(error) })
    return
  }
  scan = new Scan(book)
  void runScan()
}

async function ask(id: number, question: Question): Promise<void> {
  const isThere = book !== undefined && (question.kind === 'search' || lastRow(question) < book.rowCount)
  if (!isThere) waiting.push({ id, question })
  else say({ kind: 'answer', id, answer: await answer(book!, question) })
}

function lastRow(question: Exclude<Question, { kind: 'search' }>): number {
  return question.kind === 'heads' ? Math.max(-1, ...question.rows) : question.row
}

async function answer(from: Book, question: Question): Promise<Answers[keyof Answers]> {
  switch (question.kind) {
    case 'heads':
      return question.rows.map(row => from.head(row))
    case 'detail':
      return from.detail(question.row)
    case 'prompt':
      return from.prompt(question.row, question.message)
    case 'search':
      return search(from, question.text.toLowerCase())
    default: {
      const never: never = question
      return never
    }
  }
}

async function search(from: Book, text: string): Promise<number[]> {
  const found: number[] = []
  const isTime = makeTimer()
  for (let row = 0; row < from.rowCount; row++) {
    if (from.contains(row, text)) found.push(row)
    if (isTime()) await nextTurn()
  }
  return found
}

/** Looks at all rows, a slice at a time, as long as there are rows and the settings stay. */
async function runScan(): Promise<void> {
  if (isScanning) return
  isScanning = true
  let reported = 0
  while (book !== undefined && scan !== undefined && scan.row < book.rowCount) {
    const { current, parts } = { current: scan, parts: [scan.next(makeTimer())] }
    reported = performance.now()
    while (scan === current && current.row < book.rowCount && performance.now() - reported < REPORT_MS) {
      await nextTurn()
      if (scan === current) parts.push(current.next(makeTimer()))
    }
    if (scan !== current) continue
    for (const part of parts) say({ kind: 'scanned', part, budget: current.budget })
    await nextTurn()
  }
  isScanning = false
}

/** Tells, each time anew, whether a slice of time is over. */
function makeTimer(): () => boolean {
  let end = performance.now() + SLICE_MS
  return () => {
    if (performance.now() < end) return false
    end = performance.now() + SLICE_MS
    return true
  }
}

const turns = new MessageChannel()
turns.port1.start()

/** Lets messages that wait be handled; a timer would wait four milliseconds each time. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    turns.port1.addEventListener('message', () => resolve(), { once: true })
    turns.port2.postMessage(undefined)
  })
}

function missingTokenizer(files: DroppedFiles): LosslineError {
  const names = Object.keys(files).sort().slice(0, 8).join(', ')
  return new LosslineError('page/missing-file', `is not among what was dropped (${names})`, {
    where: 'tokenizer.json',
    fix: 'Drop the whole model folder: tokenizer.json, tokenizer_config.json and what lies beside them.',
  })
}
