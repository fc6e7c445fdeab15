import { findMarkers, type Markers } from '../compare/index.ts'
import { type Example, parseRow, type RowOptions } from '../conversation/index.ts'
import { describeError, LosslineError, type OptionStyle, quote } from '../error.ts'
import { type Json, parseJson } from '../json/index.ts'
import { type Facts, NO_FACTS } from '../lint/index.ts'
import { type MaskContext, maskExample } from '../mask/index.ts'
import { toModelContext } from '../model-context.ts'
import type { ModelFacts, NamedTemplate } from '../model-folder/index.ts'
import type { RenderLimits } from '../template/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import { toViewExample, type ViewExample, WINDOW_TOKENS } from './example.ts'
import { type Found, gatherFindings } from './found.ts'
import {
  type CountedRow,
  countRow,
  isOverrun,
  type Looked,
  lookAt,
  type ParsedRow,
  type Viewpoint,
} from './look.ts'
import { NO_DETAIL, type RowDetail, type TokenPlace, toRowDetail } from './row-detail.ts'
import { DEFAULT_SETTINGS, type TemplateChoice, type ViewSettings } from './settings.ts'

/** A row before it is parsed, or what is wrong with it. */
export interface BookRow {
  /** `chats.jsonl:812` */
  readonly where: string
  readonly json?: string
  readonly error?: string
}

/** A row in the list. */
export interface RowHead {
  readonly row: number
  readonly where: string
  /** The beginning of its first question, or what is wrong. */
  readonly text: string
}

/** Undefined where the template does not show it. */
export type FoundMarkers = Omit<Markers, 'refusal'>

/** What a model is given for one answer, and what it has to write. */
export interface PromptView {
  readonly row: number
  readonly message: number
  /** Up to where the answer ends; of a long one the last window. */
  readonly example: ViewExample | undefined
  /** Tokens that the model is given; the rest of the trained ones it writes. */
  readonly promptTokens: number
  readonly answerEndToken: number
  /** All tokens that end generation, as the vocabulary writes them. */
  readonly stops: readonly string[]
  readonly error: string | undefined
}

export interface BookOptions {
  readonly tokenizer: Tokenizer
  readonly facts: ModelFacts
  /** Further templates that settings may name. */
  readonly templates?: readonly NamedTemplate[]
  readonly rowOptions?: RowOptions
  /** Rows come from Arrow or Parquet, where each has the keys of all. */
  readonly isColumnar?: boolean
  /** What `strftime_now` sees: one moment for all that is looked at. */
  readonly now: Date
  /** How much the rendering of a row may do. */
  readonly limits?: Partial<RenderLimits>
  /** How errors name options. */
  readonly optionStyle?: OptionStyle
}

/** A row that was looked at, and all that was found in it. */
interface LookedRow {
  readonly row: number
  readonly looked: Looked
  readonly found: readonly Found[]
}

/** The rows of a file with the model that they are looked at through; every answer is computed when it is asked for. */
export class Book {
  readonly #options: BookOptions
  readonly #rows: BookRow[]
  #given: Viewpoint | undefined
  /** Rows in which rendering had to be ended: to see that again would take as long. */
  readonly #overruns = new Map<number, LosslineError>()
  #last: LookedRow | undefined
  /** Of all renderings: its end is that of the row that is looked at now. */
  readonly #limits: { -readonly [Name in keyof RenderLimits]?: RenderLimits[Name] }

  constructor(options: BookOptions, rows: BookRow[] = []) {
    this.#options = options
    this.#rows = rows
    this.#limits = { ...options.limits }
  }

  /** The same rows, those that are yet to come too, through another model. */
  withModel(model: Pick<BookOptions, 'tokenizer' | 'facts'>): Book {
    return new Book({ ...this.#options, ...model }, this.#rows)
  }

  get rowCount(): number {
    return this.#rows.length
  }

  /** Those that settings may name: the model's own, where it has several, and further ones. */
  get templates(): readonly NamedTemplate[] {
    const own = this.#options.facts.templates
    return [...(own.length > 1 ? own : []), ...(this.#options.templates ?? [])]
  }

  add(row: BookRow): void {
    this.#rows.push(row)
  }

  /**
   * From now on rows are masked so.
   *
   * @throws LosslineError for a template that is not there or can't be compiled; then nothing changes
   */
  set(settings: ViewSettings): void {
    const { template, other } = settings
    this.#given = {
      settings,
      context: this.#toContext(template, settings),
      otherContext: other?.template && this.#toContext(other.template, settings),
      facts: this.#toFacts(settings),
    }
    this.#last = undefined
    this.#overruns.clear()
  }

  #toContext(choice: TemplateChoice, { kwargs }: ViewSettings): MaskContext {
    const { facts, tokenizer, now } = this.#options
    const template = this.#findTemplate(choice)
    return toModelContext(facts, tokenizer, {
      now,
      limits: this.#limits,
      ...(template !== undefined && { chatTemplate: template }),
      ...(kwargs !== undefined && { chatTemplateKwargs: kwargs }),
    })
  }

  #toFacts({ template }: ViewSettings): Facts {
    const { facts, isColumnar = false } = this.#options
    const ownTemplate = template.kind === 'model' ? undefined : facts.templates[0]?.source
    return { ...NO_FACTS, isColumnar, ownTemplate }
  }

  #findTemplate(choice: TemplateChoice): NamedTemplate | undefined {
    if (choice.kind === 'model') return undefined
    if (choice.kind === 'given') return { ...choice, file: choice.name }
    const found = this.templates.find(({ name }) => name === choice.name)
    if (found !== undefined) return found
    const names = this.templates.map(({ name }) => name).join(', ')
    const what = `is ${quote(choice.name)}; expected ${names === '' ? 'the model’s own' : `one of ${names}`}`
    throw new LosslineError('view/template', what, { where: 'template', fix: 'Choose one of the list.' })
  }

  head(row: number): RowHead {
    const { where } = this.#rows[row]!
    try {
      return { row, where, text: toHead(this.#parse(row).example) }
    } catch (error) {
      return { row, where, text: this.#describe(error) }
    }
  }

  /** @param place what has to be among what is given of the row */
  detail(row: number, place: TokenPlace = { example: 0, side: 0, token: 0 }): RowDetail {
    const { where } = this.#rows[row]!
    const describe = (error: unknown): string => this.#describe(error)
    try {
      const { tokenizer } = this.#options
      const { looked, found } = this.#look(row)
      return { row, where, ...toRowDetail(looked, place, { tokenizer, found, describe }) }
    } catch (error) {
      return { row, where, ...NO_DETAIL, error: describe(error) }
    }
  }

  /** The row that was looked at last is kept: of a long one, windows are asked for one after the other. */
  #look(row: number): LookedRow {
    if (this.#last?.row !== row) {
      const look = (): Looked => lookAt(this.#parse(row), this.#viewpoint)
      // Of two templates the scan remembers the first one's alone: the other may have something to show.
      const isOne = this.#viewpoint.otherContext === undefined
      if (!isOne) this.#startClock()
      const looked = isOne ? this.#inTime(row, look) : look()
      this.#last = { row, looked, found: gatherFindings(looked) }
    }
    return this.#last
  }

  /** A row is rendered many times, and whoever waits for it waits for all of them: with two templates twice as long. */
  #startClock(): void {
    const { maxSeconds } = this.#limits
    if (maxSeconds === undefined) return
    const templates = this.#viewpoint.otherContext === undefined ? 1 : 2
    this.#limits.endMs = performance.now() + 1000 * maxSeconds * templates
  }

  #inTime<T>(row: number, look: () => T): T {
    const known = this.#overruns.get(row)
    if (known !== undefined) throw known
    this.#startClock()
    try {
      return look()
    } catch (error) {
      if (error instanceof LosslineError && isOverrun(error)) this.#overruns.set(row, error)
      throw error
    }
  }

  /** The row under the first side alone, and how far the second differs. @throws LosslineError */
  mask(row: number): CountedRow {
    return this.#inTime(row, () => countRow(this.#parse(row), this.#viewpoint))
  }

  /** The conversation as it stands when message m is to be written: rendered as at inference, whatever is trained. */
  prompt(row: number, message: number): PromptView {
    const { tokenizer } = this.#options
    const stops = [...this.context.stopIds].map(id => tokenizer.idToToken(id) ?? String(id))
    const nothing = { row, message, example: undefined, promptTokens: 0, answerEndToken: 0, stops }
    this.#startClock()
    try {
      const { example } = this.#parse(row)
      const roles = this.#viewpoint.settings.mask.roles
      const options = { strategy: 'assistant', unroll: 'always', ...(roles && { roles }) } as const
      const masked = maskExample(example, this.context, options).find(({ turn }) => turn === message)
      if (masked === undefined) return { ...nothing, error: 'No answer is written there.' }
      const trained = masked.runs.filter(({ weight }) => weight !== 0)
      const promptTokens = trained[0]?.startToken ?? masked.encoded.ids.length
      const answerEndToken = trained.at(-1)?.endToken ?? promptTokens
      const window = [Math.max(0, answerEndToken - WINDOW_TOKENS), answerEndToken] as const
      const shown = toViewExample([{ strategy: 'assistant', masked }], tokenizer, window)
      return { row, message, example: shown, promptTokens, answerEndToken, stops, error: undefined }
    } catch (error) {
      return { ...nothing, error: this.#describe(error) }
    }
  }

  /** Whether some string in the row contains the text, whatever the case of both. */
  contains(row: number, lowerCaseText: string): boolean {
    const { json } = this.#rows[row]!
    return json !== undefined && hasText(tryParse(json), lowerCaseText)
  }

  /** What stands in front of answers and questions, for masks that search for it. */
  get markers(): FoundMarkers {
    this.#startClock()
    const { response, instruction } = findMarkers(this.context)
    return { response, instruction }
  }

  /** Whether the model has a template of its own. */
  get hasOwnTemplate(): boolean {
    return this.#options.facts.templates.length > 0
  }

  get context(): MaskContext {
    return this.#viewpoint.context
  }

  get #viewpoint(): Viewpoint {
    if (this.#given === undefined) this.set(DEFAULT_SETTINGS)
    return this.#given!
  }

  #parse(row: number): ParsedRow {
    const { where, json, error } = this.#rows[row]!
    if (json === undefined) throw new LosslineError('dataset/broken', error ?? 'The row is empty.')
    const value = parseAt(json, where)
    return { where, value, ...parseRow(value, this.#options.rowOptions) }
  }

  #describe(error: unknown): string {
    if (!(error instanceof LosslineError)) throw error
    return describeError(error, this.#options.optionStyle)
  }
}

/** JSON with its place in the errors. */
function parseAt(json: string, where: string): Json {
  try {
    return parseJson(json)
  } catch (error) {
    throw error instanceof LosslineError ? error.at(where) : error
  }
}

/** A line that is no JSON is a row too, and found by what stands in it. */
function tryParse(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return json
  }
}

/** Characters of a row that the list shows. */
const HEAD_CHARS = 160

function toHead(example: Example): string {
  switch (example.kind) {
    case 'conversation': {
      const asked = example.messages.find(({ role }) => role === 'user') ?? example.messages[0]
      const content = asked?.['content']
      const text = typeof content === 'string' ? content : JSON.stringify(content ?? '')
      return text.slice(0, HEAD_CHARS)
    }
    case 'prompt-completion':
      return example.prompt.slice(0, HEAD_CHARS)
    case 'text':
      return example.text.slice(0, HEAD_CHARS)
    default: {
      const never: never = example
      return never
    }
  }
}

function hasText(value: unknown, wanted: string): boolean {
  if (typeof value === 'string') return value.toLowerCase().includes(wanted)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some(item => hasText(item, wanted))
}
