import type { Message } from '../conversation/index.ts'
import type { Json } from '../json/index.ts'
import { type CodeGeneration, compileTemplate } from './compile/index.ts'
import { findFinalMessageEnd, tagFinalMessage } from './continue-final-message.ts'
import { probeTemplate } from './history/probe-template.ts'
import { Tail } from './history/tail.ts'
import { PyError } from './python/index.ts'
import type { CharRange, Rendered } from './rendered.ts'
import { DEFAULT_LIMITS, type RenderLimits, Runtime } from './runtime.ts'
import { findReadNames, hasNode } from './syntax/children.ts'
import { parseTemplate } from './syntax/parser.ts'
import { TemplateSource } from './syntax/source.ts'
import { RenderFault, TemplateError, type TemplateErrorCode } from './template-error.ts'
import { cloneGiven } from './trace/clone.ts'
import { LazyRendered } from './trace/lazy-rendered.ts'
import { readTrace, type Trace } from './trace/pieces.ts'
import { MatchSink, type RootSink, TextSink, TracedSink } from './trace/sink.ts'
import { type Given, SourceFinder } from './trace/source-finder.ts'
import { Variables } from './variables.ts'

/** What a template is given of a conversation. */
export interface TemplateInput {
  readonly messages: readonly Message[]
  /** None in the template where it is not given. */
  readonly tools?: Json | undefined
  /** None in the template where it is not given. */
  readonly documents?: Json | undefined
  /** The conversation's own: they win over the caller's, and every key becomes a variable over whatever else has that name. */
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>> | undefined
}

export interface RenderOptions {
  readonly addGenerationPrompt?: boolean
  /** Leaves the last message open, as transformers does: the text ends with its content. */
  readonly continueFinalMessage?: boolean
  /** Special tokens, by the names that templates know (`bos_token`); one that is not there is undefined in the template. */
  readonly variables?: Readonly<Record<string, Json>> | undefined
  /** The caller's; see {@link TemplateInput.chatTemplateKwargs}. */
  readonly chatTemplateKwargs?: Readonly<Record<string, Json>> | undefined
  /** What `strftime_now` sees, in local time; by default the time of the call. */
  readonly now?: Date | undefined
  readonly limits?: Partial<RenderLimits> | undefined
}

export interface CompileOptions {
  /** How errors name the template. */
  readonly name?: string
  /**
   * Whether the template may be made into JavaScript code, which renders several times as fast: once it has been rendered a few times
   * (`auto`, the default), from the start (`always`), or not at all (`never`). The result is the same. Where a content security policy
   * forbids code, none is made.
   */
  readonly code?: CodeGeneration
}

/**
 * A chat template, compiled: Jinja2 3.1 in the environment of transformers (trim_blocks, lstrip_blocks, loop controls,
 * `{% generation %}`, an immutable sandbox), byte for byte.
 *
 * What it is given is never written to, and must not be changed while it is in use: the JSON of lists and dicts is remembered by
 * their identity.
 */
export class ChatTemplate {
  readonly source: string
  /** How errors name the template. */
  readonly name: string
  /** Whether the template has `{% generation %}`. */
  readonly usesGenerationMarks: boolean
  /** The names of all variables that the template reads anywhere, its own among them: a kwarg of another name changes nothing. */
  readonly readNames: ReadonlySet<string>
  /** Whether the template reads `add_generation_prompt`: one that doesn't writes the same text with and without. */
  readonly asksForAnswers: boolean
  readonly #source: TemplateSource
  readonly #run: (runtime: Runtime) => void
  /** Undefined where only rendering tells what fewer messages are rendered to. */
  readonly #tail: Tail | undefined

  private constructor(source: string, { name = 'template', code = 'auto' }: CompileOptions) {
    this.source = source
    this.name = name
    this.#source = new TemplateSource(source, name)
    const tree = parseTemplate(this.#source)
    this.usesGenerationMarks = hasNode(tree, 'generation')
    this.readNames = findReadNames(tree)
    this.asksForAnswers = this.readNames.has('add_generation_prompt')
    const probed = probeTemplate(tree)
    this.#run = compileTemplate(probed?.tree ?? tree, this.#source, code)
    this.#tail = probed && new Tail(compileTemplate(probed.tail, this.#source, 'never'), probed.tailReads)
  }

  /** @throws TemplateError `template/syntax` with `name:line:column` */
  static compile(source: string, options: CompileOptions = {}): ChatTemplate {
    try {
      return new ChatTemplate(source, options)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // The stack is full: a sum of thousands of terms is as deep as it is long.
      throw new TemplateError('template/syntax', 'the template is nested too deep', {
        where: `${options.name ?? 'template'}:1:1`,
        fix: FIXES['template/syntax'],
        cause: error,
      })
    }
  }

  /**
   * Renders a conversation, with the origin of every character.
   *
   * @throws TemplateError `template/raise` with the template's own words in `reason`; `template/undefined`, `template/type`,
   *   `template/security` where Jinja2 raises; `template/limit` for a template that does not end
   */
  render(input: TemplateInput, options: RenderOptions = {}): Rendered {
    const given = toGiven(input, options)
    const sink = new TracedSink(limitsOf(options).maxLength)
    const runtime = this.#render(given, sink, options)
    const { text, length } = this.#cut(sink, options)
    return new LazyRendered(text, cutMarks(runtime.marks, length), {
      usesClock: runtime.usesClock,
      readHistoryEnds: () =>
        this.#tail === undefined || !isPlain(given, options) ? undefined : runtime.historyEnds,
      readTrace: () => this.#trace(given, sink, options, length),
    })
  }

  /** The text alone: cheaper. @throws TemplateError as {@link render} */
  renderText(input: TemplateInput, options: RenderOptions = {}): string {
    const sink = new TextSink(limitsOf(options).maxLength)
    this.#render(toGiven(input, options), sink, options)
    return this.#cut(sink, options).text
  }

  /**
   * How far what would be rendered agrees with a text that is there already: {@link renderText} without the text.
   *
   * @returns `agreedChars`, UTF-16 units that both start with; `isPrefix`, whether that is all that would be rendered
   * @throws TemplateError as {@link render}
   */
  match(
    text: string,
    input: TemplateInput,
    options: RenderOptions = {},
  ): { agreedChars: number; isPrefix: boolean } {
    const sink = new MatchSink(text, limitsOf(options).maxLength)
    this.#render(toGiven(input, options), sink, options)
    return toMatch(sink)
  }

  /**
   * How far a rendering agrees with that of its first `count` messages alone: {@link match}, but where it was seen that the template read nothing
   * of later messages before it came to them, only what it writes behind them is rendered.
   *
   * @param whole what {@link render} gave for `input` with `options`, but for `addGenerationPrompt`
   * @throws TemplateError as {@link render}
   */
  matchFirst(
    whole: Rendered,
    input: TemplateInput,
    count: number,
    options: RenderOptions = {},
  ): { agreedChars: number; isPrefix: boolean } {
    const historyEnd = whole instanceof LazyRendered ? whole.historyEnds?.[count] : undefined
    const tail = this.#tail
    const toFirst = (): TemplateInput => ({ ...input, messages: input.messages.slice(0, count) })
    if (historyEnd === undefined || tail === undefined) return this.match(whole.text, toFirst(), options)
    const text = tail.textFor(input, options, () =>
      this.#renderTail(tail, toGiven(toFirst(), options), options),
    )
    const sink = new MatchSink(whole.text, limitsOf(options).maxLength, historyEnd)
    sink.add(text)
    return toMatch(sink)
  }

  /** Whether {@link matchFirst} renders nothing but what is written behind the messages. */
  knowsFirst(whole: Rendered, count: number): boolean {
    return (
      this.#tail !== undefined && whole instanceof LazyRendered && whole.historyEnds?.[count] !== undefined
    )
  }

  #cut(sink: TracedSink | TextSink, options: RenderOptions): { text: string; length: number } {
    const { text } = sink
    if (options.continueFinalMessage !== true) return { text, length: text.length }
    const length = findFinalMessageEnd(text)
    return { text: text.slice(0, length), length }
  }

  #trace(given: Given, sink: TracedSink, options: RenderOptions, length: number): Trace {
    const finder = new SourceFinder(given)
    const reading = { length, placeOf: this.#source.placeOf }
    const trace = readTrace(sink, finder, reading)
    if (!finder.hasShared) return trace
    // The same object lies in two places: with copies, each knows its own.
    const copy = cloneGiven(given)
    const again = new TracedSink(limitsOf(options).maxLength)
    this.#render(copy, again, options)
    return readTrace(again, new SourceFinder(copy), reading)
  }

  #renderTail({ run }: Tail, given: Given, options: RenderOptions): string {
    const sink = new TextSink(limitsOf(options).maxLength)
    this.#render(given, sink, options, run)
    return sink.text
  }

  #render(given: Given, root: RootSink, options: RenderOptions, run = this.#run): Runtime {
    const runtime = new Runtime({
      root,
      variables: given.variables,
      messages: given.messages,
      now: options.now,
      limits: limitsOf(options),
    })
    try {
      run(runtime)
    } catch (error) {
      throw this.#toTemplateError(error, runtime)
    }
    return runtime
  }

  #toTemplateError(error: unknown, runtime: Runtime): unknown {
    const fault = toFault(error)
    if (fault === undefined) return error
    const place = this.#source.placeOf(fault.span ?? runtime.at)
    const { reason } = fault
    return new TemplateError(
      fault.code,
      reason === undefined ? fault.message : `raise_exception: ${JSON.stringify(reason)}`,
      {
        where: this.#source.where(place),
        fix: FIXES[fault.code],
        place,
        cause: error,
        ...(reason === undefined ? {} : { reason }),
      },
    )
  }
}

const FIXES: Record<TemplateErrorCode, string> = {
  'template/syntax': 'Correct the template.',
  'template/raise': 'Change the conversation as the template asks.',
  'template/undefined': 'Give what is missing, or change the template.',
  'template/type': 'Change the conversation, or the template.',
  'template/limit': 'Mend the template there, or raise the limits.',
  'template/security': 'Change the template: a chat template may not do that.',
  'template/options': 'Change the options.',
}

/** What went wrong, as a fault of the template; undefined for an error of ours. */
function toFault(error: unknown): RenderFault | undefined {
  if (error instanceof RenderFault) return error
  if (error instanceof PyError) return new RenderFault('template/type', `${error.kind}: ${error.message}`)
  // The stack is full, or a string, array or int too long for JavaScript.
  if (error instanceof RangeError)
    return new RenderFault('template/limit', 'the template needs too much memory')
  return undefined
}

function toMatch({ agreedChars, length }: MatchSink): { agreedChars: number; isPrefix: boolean } {
  return { agreedChars, isPrefix: length === agreedChars }
}

/**
 * Whether what is rendered are the messages, as they are: kwargs may have put others in their place. And each an object of its own: else the loop
 * over them can't tell which one it has come to.
 */
function isPlain({ messages, variables }: Given, { continueFinalMessage }: RenderOptions): boolean {
  const isMessages = continueFinalMessage !== true && variables.get('messages') === messages
  return isMessages && new Set(messages).size === messages.length
}

function limitsOf(options: RenderOptions): RenderLimits {
  return options.limits === undefined ? DEFAULT_LIMITS : { ...DEFAULT_LIMITS, ...options.limits }
}

function toGiven(input: TemplateInput, options: RenderOptions): Given {
  const { addGenerationPrompt = false, continueFinalMessage = false } = options
  if (continueFinalMessage && addGenerationPrompt) {
    throw new TemplateError(
      'template/options',
      'add_generation_prompt and continue_final_message exclude one another: the last message is either finished or not',
      { fix: 'Leave out {add_generation_prompt} or {continue_final_message}.' },
    )
  }
  const messages = continueFinalMessage ? tagFinalMessage(input.messages) : input.messages
  const { tools = null, documents = null } = input
  const base = { messages, tools, documents, add_generation_prompt: addGenerationPrompt }
  const layers = [input.chatTemplateKwargs, options.chatTemplateKwargs, options.variables]
  return { messages, variables: new Variables(base, layers) }
}

function cutMarks(marks: readonly CharRange[], length: number): readonly CharRange[] {
  if (marks.length === 0) return marks
  return marks
    .filter(({ startChar }) => startChar <= length)
    .map(({ startChar, endChar }) => ({ startChar, endChar: Math.min(endChar, length) }))
}
