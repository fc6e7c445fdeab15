import { type MaskContext, type Masked, maskExample, REASONS } from '../mask/index.ts'
import type { Rendered, Source } from '../template/index.ts'
import type { Encoded } from '../tokenizer/index.ts'
import { ask, giveResult, type Probe, type ProbeName, type Shape, toConversation } from './probes.ts'
import { attempt, countShared, hasSource, render, toTokenStart } from './render.ts'

/** A token, and the text that it stands for. */
export interface ReportedToken {
  /** Undefined where there is no tokenizer. */
  readonly id: number | undefined
  readonly text: string
}

/** What inference puts behind the messages so that a model answers. */
export interface GenerationPrompt {
  readonly text: string
  readonly tokens: readonly ReportedToken[]
  /**
   * `added`: all that add_generation_prompt changes. `other`: the flag changes what stands before, too; the text is that from the first difference on.
   * `always`: the template writes the same without the flag; the text is what it writes between question and answer. `never`: so it does, and what stands
   * in front of an answer is not among it: who asks has to write that.
   */
  readonly by: 'added' | 'other' | 'always' | 'never'
}

/** How an answer ends. */
export interface AnswerEnd {
  readonly text: string
  readonly id: number | undefined
  /**
   * `stop`: a stop token. `next-turn`: a stop token that only the next turn writes. `marker`: what the template writes, which stops nothing that is
   * known. `content`: nothing ends it.
   */
  readonly by: 'stop' | 'next-turn' | 'marker' | 'content'
  /** Where nothing ends it, or no special token: the token that the next turn begins with, if that looks like one that could. */
  readonly next: string | undefined
}

/** One probe: what the model is asked with, and what it has to write. */
export interface TurnReport {
  readonly name: ProbeName
  readonly prompt: GenerationPrompt
  /** All that has to be written, the end included. */
  readonly answer: readonly ReportedToken[]
  readonly end: AnswerEnd
  /** Whether the text of the answered conversation starts with what inference gives. */
  readonly startsWithPrompt: boolean
}

/** A probe that the template refuses, in its own words. */
export interface RefusedTurn {
  readonly name: ProbeName
  readonly refused: string
  /** The template says so itself; else it can't be rendered, or no rule fits. */
  readonly isRaised: boolean
}

/** @param hasIds whether the ids of the context's tokenizer are the model's */
export function reportTurn(
  { name, conversation, answer }: Probe,
  {
    context,
    shape,
    hasIds,
  }: { readonly context: MaskContext; readonly shape: Shape; readonly hasIds: boolean },
): TurnReport | RefusedTurn {
  const tried = attempt(() => {
    const [masked] = maskExample(conversation, context, { strategy: 'assistant', unroll: 'never' }) as [
      Masked,
    ]
    const asked = { ...conversation, messages: conversation.messages.slice(0, answer) }
    const prompted = render(asked, context, true)
    const own = findEnd(masked, answer, context)
    return {
      name,
      prompt: toPrompt(prompted, render(asked, context, false).text, masked, { answer, context, hasIds }),
      answer: toTokens(masked.encoded, trainedTokens(masked, answer), hasIds),
      end: chooseEnd(own),
      startsWithPrompt: masked.rendered.text.startsWith(prompted.text),
    }
  })
  return tried.refused === undefined
    ? withoutId(tried.value, hasIds)
    : { name, refused: tried.refused, isRaised: tried.isRaised }

  /** A next turn may write the end of this one, or what stops it. */
  function chooseEnd(own: AnswerEnd): AnswerEnd {
    if (own.by === 'stop') return own
    const later = findLaterEnd()
    if (later?.by === own.by) return { ...own, next: later.next }
    if (later === undefined || later.by === 'content' || (later.by === 'marker' && own.by === 'marker'))
      return own
    return later
  }

  function findLaterEnd(): AnswerEnd | undefined {
    const next =
      conversation.messages[answer]!['tool_calls'] === undefined ? ask(1, shape) : giveResult(shape)
    const longer = toConversation([...conversation.messages, next], conversation.tools)
    const kwargs = conversation.chatTemplateKwargs
    const { value } = attempt(() =>
      maskExample(kwargs === undefined ? longer : { ...longer, chatTemplateKwargs: kwargs }, context, {
        strategy: 'assistant',
        unroll: 'never',
      }),
    )
    return value === undefined ? undefined : findEnd(value[0]!, answer, context)
  }
}

function withoutId(turn: TurnReport, hasIds: boolean): TurnReport {
  return hasIds ? turn : { ...turn, end: { ...turn.end, id: undefined } }
}

const EOT = REASONS.indexOf('end-of-turn')

function trainedTokens({ runs }: Masked, message: number): number[] {
  return runs
    .filter(run => run.message === message && run.weight !== 0)
    .flatMap(({ startToken, endToken }) => range(startToken, endToken))
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i)
}

function findEnd(masked: Masked, message: number, { stopIds, tokenizer }: MaskContext): AnswerEnd {
  const { runs, encoded, rendered } = masked
  const run = runs.find(run => run.message === message && run.reason === EOT && run.weight !== 0)
  if (run === undefined)
    return { text: '', id: undefined, by: 'content', next: findNext(masked, message, tokenizer) }
  const startChar = encoded.starts[run.startToken]!
  const text = rendered.text.slice(startChar, encoded.ends[run.endToken - 1]!)
  const id = encoded.ids[run.startToken]!
  const isOne = run.endToken - run.startToken === 1
  if (!stopIds.has(id) || !isOne) {
    const isSpecial = isOne && tokenizer.isSpecial(id)
    const next = isSpecial ? undefined : findNext(masked, message, tokenizer)
    return { text, id: isOne ? id : undefined, by: 'marker', next }
  }
  const turn = rendered.turns.find(turn => turn.startChar <= startChar && startChar < turn.endChar)
  return {
    text,
    id,
    by: turn !== undefined && turn.message > message ? 'next-turn' : 'stop',
    next: undefined,
  }
}

function findNext(
  { spans, encoded, rendered }: Masked,
  message: number,
  tokenizer: MaskContext['tokenizer'],
): string | undefined {
  const end = spans.find(span => span.message === message)?.endChar
  const t = end === undefined ? -1 : encoded.starts.findIndex(start => start >= end)
  if (t === -1 || !tokenizer.isAdded(encoded.ids[t]!)) return undefined
  return rendered.text.slice(encoded.starts[t]!, encoded.ends[t]!)
}

function toPrompt(
  rendered: Rendered,
  unprompted: string,
  masked: Masked,
  {
    answer,
    context,
    hasIds,
  }: { readonly answer: number; readonly context: MaskContext; readonly hasIds: boolean },
): GenerationPrompt {
  const prompted = rendered.text
  const encoded = context.tokenizer.encode(prompted, { addSpecialTokens: false })
  const from = (startChar: number, by: GenerationPrompt['by']): GenerationPrompt => ({
    text: prompted.slice(startChar),
    tokens: between(encoded, startChar, prompted.length, hasIds),
    by,
  })
  if (prompted !== unprompted) {
    if (prompted.startsWith(unprompted)) return from(unprompted.length, 'added')
    return from(toTokenStart(encoded, countShared(prompted, unprompted)), 'other')
  }
  const { text } = masked.rendered
  const start = masked.spans.find(span => span.message === answer)?.startChar ?? text.length
  const header = text.startsWith(prompted) ? text.slice(prompted.length, start) : ''
  // The template leaves it to who asks.
  if (header.trim() !== '')
    return { text: header, tokens: between(masked.encoded, prompted.length, start, hasIds), by: 'never' }
  return from(lastOwnChar(rendered), 'always')
}

/** Where the last character ends that a message says. */
function lastOwnChar({ pieces }: Rendered): number {
  const isOwn = (source: Source): boolean => source.kind === 'message' && source.field !== 'role'
  return pieces.findLast(({ source }) => hasSource(source, isOwn))?.endChar ?? 0
}

/** The tokens that hold some of a range of their text. */
function between(encoded: Encoded, startChar: number, endChar: number, hasIds: boolean): ReportedToken[] {
  const { ids, starts, ends } = encoded
  const tokens = range(0, ids.length).filter(t => ends[t]! > startChar && starts[t]! < endChar)
  return toTokens(encoded, tokens, hasIds)
}

/** Tokens with their texts. Bytes of one character share its range: the first of them has it. */
function toTokens(
  { ids, starts, ends, text }: Encoded,
  tokens: readonly number[],
  hasIds: boolean,
): ReportedToken[] {
  let shown = 0
  return tokens.map(t => {
    const own = text.slice(Math.max(shown, starts[t]!), ends[t]!)
    shown = Math.max(shown, ends[t]!)
    return { id: hasIds ? ids[t]! : undefined, text: own }
  })
}
