// The thread of the page that renders and masks, so that the page stays alive.
import { describeError, LosslineError } from '../../error.ts'
import { STRATEGIES } from '../../mask/index.ts'
import type { NamedTemplate } from '../../model-folder/index.ts'
import { Book, DEFAULT_SETTINGS, type ServedFacts, type ViewSettings } from '../../view/index.ts'
import { decodeText } from '../dropped-files.ts'
import { BackgroundScan } from './background-scan.ts'
import { readDroppedRows } from './dropped-rows.ts'
import {
  type Answers,
  type Choices,
  type DroppedModel,
  type FromWorker,
  type Question,
  ROW_SECONDS,
  type ToWorker,
} from './messages.ts'
import { Models, openDroppedModel, openServedModel } from './models.ts'
import { readSettings } from './read-settings.ts'
import { readServedRows } from './served-rows.ts'
import type { RowText } from './text-lines.ts'
import { makeTimer, nextTurn } from './turns.ts'
import type { SettingParams } from './write-settings.ts'

/** What a row's rendering may take: the worker hears nothing meanwhile. */
const LIMITS = { maxSeconds: ROW_SECONDS }

/** What is open: the rows through the model and the settings of now. */
interface Open {
  book: Book
  settings: ViewSettings
  readonly base: ViewSettings
  readonly models: Models
}

let open: Open | undefined
/** The last question about a row: whoever asks for another one does not wait for those before. */
let lastDetail = -1
/** Questions about a row that are about to be answered. */
let asked = 0
/** Settings are taken in the order in which they were asked for, and only the last where several wait for a model. */
let wishes = 0
/** Questions that came before the row that they are about. */
const waiting: { readonly id: number; readonly question: Question }[] = []

const say = (message: FromWorker): void => globalThis.postMessage(message)
const scan = new BackgroundScan(say, () => asked > 0)

globalThis.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  handle(data).catch(tellFailure)
})

function tellFailure(error: unknown): void {
  const text = error instanceof LosslineError ? describeError(error, 'flag') : `It failed: ${String(error)}`
  say({ kind: 'failed', text })
}

async function handle(message: ToWorker): Promise<unknown> {
  switch (message.kind) {
    case 'open-served':
      return openServed(message.address, message.params)
    case 'open-dropped':
      return openDropped(message.file, message.model, message.params)
    case 'add-model':
      return addModel(message.model)
    case 'set':
      return change(async () => message.settings)
    case 'set-address':
      return change(({ base }) => readSettings(message.params, base))
    case 'ask':
      return ask(message.id, message.question)
    default: {
      const never: never = message
      throw new TypeError(`no message is ${JSON.stringify(never)}`)
    }
  }
}

async function openServed(address: string, params: SettingParams): Promise<void> {
  const rows = readServedRows(new URL('rows', address))
  const facts = (await (await fetch(new URL('facts', address))).json()) as ServedFacts
  const models = new Models()
  for (const [m, name] of facts.models.entries())
    models.add(name, () => openServedModel(new URL(`models/${m}/`, address)))
  const { templates, rowOptions } = facts
  const more = { templates, rowOptions, now: new Date(facts.now), optionStyle: 'flag' } as const
  await start({ models, base: facts.settings, params, more, rows })
}

async function openDropped(file: File, model: DroppedModel, params: SettingParams): Promise<void> {
  const models = new Models()
  models.add(model.name, () => openDroppedModel(model))
  const { facts } = await models.open(undefined)
  const templates = listTemplates(model)
  const [first] = templates
  const isOnly = first !== undefined && facts.templates.length === 0
  const base = {
    ...DEFAULT_SETTINGS,
    ...(isOnly && { template: { kind: 'named', name: first.name } as const }),
  }
  await start({ models, base, params, more: { templates, now: new Date() }, rows: readDroppedRows(file) })
}

/** Templates that were dropped under names of their own. */
function listTemplates({ files }: DroppedModel): NamedTemplate[] {
  const isOwn = (name: string): boolean => name === 'chat_template.jinja' || name.includes('/')
  return Object.entries(files)
    .filter(([name]) => name.endsWith('.jinja') && !isOwn(name))
    .map(([name, bytes]) => ({ name, source: decodeText(bytes), file: name }))
}

interface Start {
  readonly models: Models
  readonly base: ViewSettings
  readonly params: SettingParams
  readonly more: Omit<ConstructorParameters<typeof Book>[0], 'tokenizer' | 'facts'>
  readonly rows: AsyncIterable<readonly RowText[]>
}

async function start({ models, base, params, more, rows }: Start): Promise<void> {
  const { book, settings, problem } = await openBook(models, base, params, more)
  const opened: Open = { book, settings, base, models }
  open = opened
  wishes++
  const strategies = Object.values(STRATEGIES).map(({ name, summary, reads }) => ({ name, summary, reads }))
  say({ kind: 'opened', ...toChoices(book, models), strategies, base, settings })
  if (problem !== undefined) say({ kind: 'refused', text: problem })
  scan.begin(book).catch(tellFailure)
  for await (const some of rows) {
    // Another file was opened meanwhile.
    if (open !== opened) return
    for (const row of some) opened.book.add(row)
    say({ kind: 'counted', rows: opened.book.rowCount, isWhole: false })
    for (const { id, question } of waiting.splice(0)) await ask(id, question)
    scan.goOn().catch(tellFailure)
  }
  say({ kind: 'counted', rows: opened.book.rowCount, isWhole: true })
}

function toChoices({ templates, hasOwnTemplate }: Book, { names }: Models): Choices {
  return { models: names, templates, hasOwnTemplate }
}

/** As the address has it; where that can't be, as the page was made, with what is wrong. */
async function openBook(
  models: Models,
  base: ViewSettings,
  params: SettingParams,
  more: Start['more'],
): Promise<{ book: Book; settings: ViewSettings; problem: string | undefined }> {
  try {
    const settings = await readSettings(params, base)
    const book = new Book({ ...more, limits: LIMITS, ...(await models.open(settings.tokenizer)) })
    book.set(settings)
    return { book, settings, problem: undefined }
  } catch (error) {
    if (!(error instanceof LosslineError) || params.length === 0) throw error
    return { ...(await openBook(models, base, [], more)), problem: describeError(error) }
  }
}

async function addModel(model: DroppedModel): Promise<void> {
  if (open === undefined) return
  const { models } = open
  const name = models.add(model.name, () => openDroppedModel(model))
  const isTaken = await change(async ({ settings }) => ({ ...settings, tokenizer: name }))
  if (!isTaken) models.remove(name)
}

/** @returns whether the settings were taken; where not, the page is told why */
async function change(toSettings: (opened: Open) => Promise<ViewSettings>): Promise<boolean> {
  if (open === undefined) return false
  const opened = open
  const wish = ++wishes
  try {
    const settings = await toSettings(opened)
    const isOther = settings.tokenizer !== opened.settings.tokenizer
    const model = isOther ? await opened.models.open(settings.tokenizer) : undefined
    if (wish !== wishes) return true
    const book = model === undefined ? opened.book : opened.book.withModel(model)
    book.set(settings)
    Object.assign(opened, { book, settings })
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    say({ kind: 'refused', text: describeError(error) })
    return false
  }
  const { book, models, settings } = opened
  say({ kind: 'settled', ...toChoices(book, models), settings })
  scan.begin(book).catch(tellFailure)
  return true
}

async function ask(id: number, question: Question): Promise<void> {
  if (question.kind === 'detail') {
    lastDetail = Math.max(id, lastDetail)
    // A row may take seconds: what was asked for after it comes first.
    asked++
    await nextTurn()
    asked--
    if (id < lastDetail) return
  }
  const book = open?.book
  const isThere = book !== undefined && lastRow(question) < book.rowCount
  if (!isThere) waiting.push({ id, question })
  else say({ kind: 'answer', id, answer: await answer(book, question) })
}

/** -1 for what is about no row. */
function lastRow(question: Question): number {
  if (question.kind === 'heads') return Math.max(-1, ...question.rows)
  return 'row' in question ? question.row : -1
}

async function answer(from: Book, question: Question): Promise<Answers[keyof Answers]> {
  switch (question.kind) {
    case 'heads':
      return question.rows.map(row => from.head(row))
    case 'detail':
      return from.detail(question.row, question.place)
    case 'prompt':
      return from.prompt(question.row, question.message)
    case 'search':
      return search(from, question.text.toLowerCase())
    case 'markers':
      return from.markers
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
