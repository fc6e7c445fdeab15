import { type Example, parseRow, type RowOptions } from '../conversation/index.ts'
import { describeError, LosslineError, type OptionStyle } from '../error.ts'
import { parseJson } from '../json/index.ts'
import { defaultStrategy, type Finding, type MaskContext, type Masked, maskExample } from '../mask/index.ts'
import { toModelContext } from '../model-context.ts'
import type { ModelFacts, NamedTemplate } from '../model-folder/index.ts'
import { type ChatTemplate, selectTemplate } from '../template/index.ts'
import type { Tokenizer } from '../tokenizer/index.ts'
import { toViewExample, type ViewExample } from './example.ts'
import { maskBoth } from './mask-both.ts'
import { DEFAULT_SETTINGS, type ViewSettings } from './settings.ts'

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

/** A row as it is looked at: its examples, or why there are none. */
export interface RowDetail {
  readonly row: number
  readonly where: string
  readonly examples: readonly ViewExample[]
  /** About the row as it was read. */
  readonly findings: readonly Finding[]
  /** Source of the template that rendered it; undefined for rows without messages. */
  readonly template: string | undefined
  /** Compared in one rendering, though one of the strategies would make one for each answer. */
  readonly isForced: boolean
  readonly error: string | undefined
}

/** What a model is given for one answer, and what it has to write. */
export interface PromptView {
  readonly row: number
  readonly message: number
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
  readonly rowOptions?: RowOptions
  /** What `strftime_now` sees: one moment for all that is looked at. */
  readonly now: Date
  /** How errors name options. */
  readonly optionStyle?: OptionStyle
}

/** The rows of a file with the model that they are looked at through; every answer is computed when it is asked for. */
export class Book {
  readonly #options: BookOptions
  readonly #rows: BookRow[] = []
  #settings: ViewSettings = DEFAULT_SETTINGS
  #context: MaskContext | undefined

  constructor(options: BookOptions) {
    this.#options = options
  }

  get rowCount(): number {
    return this.#rows.length
  }

  /** The model's own. */
  get templates(): readonly NamedTemplate[] {
    return this.#options.facts.templates
  }

  add(row: BookRow): void {
    this.#rows.push(row)
  }

  /** From now on rows are masked so. @throws LosslineError for a template that can't be compiled; then nothing changes */
  set(settings: ViewSettings): void {
    const { facts, tokenizer, now } = this.#options
    const { template, kwargs } = settings
    this.#context = toModelContext(facts, tokenizer, {
      now,
      ...(template !== undefined && { chatTemplate: template }),
      ...(kwargs !== undefined && { chatTemplateKwargs: kwargs }),
    })
    this.#settings = settings
  }

  head(row: number): RowHead {
    const { where } = this.#rows[row]!
    try {
      return { row, where, text: toHead(this.#parse(row).example) }
    } catch (error) {
      return { row, where, text: this.#describe(error) }
    }
  }

  detail(row: number): RowDetail {
    const { where } = this.#rows[row]!
    const nothing = { row, where, examples: [], findings: [], template: undefined, isForced: false }
    try {
      const { example, findings } = this.#parse(row)
      const { masks, isForced } = this.#maskAll(example)
      const examples = masks.map(masked => toViewExample(masked, this.#options.tokenizer))
      return {
        ...{ row, where, examples, findings, isForced },
        template: this.#templateOf(example)?.source,
        error: undefined,
      }
    } catch (error) {
      return { ...nothing, error: this.#describe(error) }
    }
  }

  /** The row under the first strategy alone. @throws LosslineError */
  mask(row: number): { readonly examples: readonly Masked[]; readonly findings: readonly Finding[] } {
    const { example, findings } = this.#parse(row)
    return { examples: maskExample(example, this.context, this.#settings.mask), findings }
  }

  /** The conversation as it stands when message m is to be written: rendered as at inference, whatever is trained. */
  prompt(row: number, message: number): PromptView {
    const { tokenizer } = this.#options
    const stops = [...this.context.stopIds].map(id => tokenizer.idToToken(id) ?? String(id))
    const nothing = { row, message, example: undefined, promptTokens: 0, answerEndToken: 0, stops }
    try {
      const { example } = this.#parse(row)
      const roles = this.#settings.mask.roles
      const options = { strategy: 'assistant', unroll: 'always', ...(roles && { roles }) } as const
      const masked = maskExample(example, this.context, options).find(({ turn }) => turn === message)
      if (masked === undefined) return { ...nothing, error: 'No answer is written there.' }
      const trained = masked.runs.filter(({ weight }) => weight !== 0)
      const promptTokens = trained[0]?.startToken ?? masked.encoded.ids.length
      const answerEndToken = trained.at(-1)?.endToken ?? promptTokens
      const shown = toViewExample([{ strategy: 'assistant', masked }], tokenizer)
      return { row, message, example: shown, promptTokens, answerEndToken, stops, error: undefined }
    } catch (error) {
      return { ...nothing, error: this.#describe(error) }
    }
  }

  /** Whether some string in the row contains the text, whatever the case of both. */
  contains(row: number, lowerCaseText: string): boolean {
    const { json } = this.#rows[row]!
    return json !== undefined && hasText(JSON.parse(json) as unknown, lowerCaseText)
  }

  get context(): MaskContext {
    if (this.#context === undefined) this.set(this.#settings)
    return this.#context!
  }

  #maskAll(example: Example): {
    masks: (readonly { readonly strategy: string; readonly masked: Masked }[])[]
    isForced: boolean
  } {
    const { mask, compare } = this.#settings
    const strategy = mask.strategy ?? defaultStrategy(example)
    if (compare === undefined) {
      const masks = maskExample(example, this.context, mask)
      return { masks: masks.map(masked => [{ strategy, masked }]), isForced: false }
    }
    const names = [strategy, compare] as const
    const { comparisons, isForced } = maskBoth(example, names, this.context, mask)
    return {
      masks: comparisons.map(({ masks }) => masks.map((masked, m) => ({ strategy: names[m]!, masked }))),
      isForced,
    }
  }

  #templateOf(example: Example): ChatTemplate | undefined {
    return example.kind === 'conversation' ? selectTemplate(this.context.templates, example) : undefined
  }

  #parse(row: number): ReturnType<typeof parseRow> {
    const { json, error } = this.#rows[row]!
    if (json === undefined) throw new LosslineError('dataset/broken', error ?? 'The row is empty.')
    return parseRow(parseJson(json), this.#options.rowOptions)
  }

  #describe(error: unknown): string {
    if (!(error instanceof LosslineError)) throw error
    return describeError(error, this.#options.optionStyle)
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
