import type { Example } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { Finding } from '../finding.ts'
import type { Rendered } from '../template/index.ts'
import type { Answer, AnswerEnd } from './answer/answer.ts'
import { findAnswers } from './answer/answers.ts'
import { findChosenAnswers } from './answer/choose.ts'
import { LazyMasked } from './lazy-masked.ts'
import type { Chat, MaskContext, MaskInput } from './mask-input.ts'
import type { Masked } from './masked.ts'
import type { MaskOptions, StrategyName } from './options.ts'
import { renderPlain } from './plain-text.ts'
import { renderWhole, toChat } from './render-chat.ts'
import { reportKwargs } from './report/kwargs.ts'
import { reportTokens, reportUntrained } from './report/tokens.ts'
import { getStrategy } from './strategies/index.ts'
import type { Strategy } from './strategies/strategy.ts'
import { placeAddedTokens } from './tokens/place-added.ts'
import { appendStop, rewritesHistory, type UnrolledTurn, unroll } from './unroll.ts'

/**
 * Renders, encodes and masks one row: on which of its tokens is the loss computed, and why.
 *
 * @returns one example; several for a conversation that is unrolled, one for each answer, in order
 * @throws LosslineError where a template refuses the row (`template/…`), or the strategy doesn't fit it (`mask/…`)
 */
export function maskExample(example: Example, context: MaskContext, options: MaskOptions = {}): Masked[] {
  const strategy = getStrategy(options.strategy ?? defaultStrategy(example))
  checkFits(strategy, example)
  if (example.kind !== 'conversation') {
    const eos = context.specialTokens['eos_token']
    const rendered = renderPlain(example, typeof eos === 'string' ? eos : undefined)
    return [applyStrategy(strategy, toInput(example, undefined, rendered, context, options))]
  }
  const chat = toChat(example, context)
  const rendered = renderWhole(chat, context)
  const whole = toInput(example, chat, rendered, context, options)
  if (!strategy.unrolls || options.unroll === 'never') return [applyStrategy(strategy, whole)]
  const answered = withAnswers(whole, findAnswers(whole))
  const chosen = findChosenAnswers(answered)
  const isNeeded = options.unroll === 'always' || rewritesHistory(answered, chosen)
  if (!isNeeded || chosen.length === 0) return [applyStrategy(strategy, answered)]
  const turns = unroll(answered, chosen)
  return turns.map((turn, t) =>
    maskTurn(strategy, { ...answered, options: optionsOf(options, t === turns.length - 1) }, turn),
  )
}

/** The strategy that a row gets when none is asked for. */
export function defaultStrategy(example: Example): StrategyName {
  if (example.kind === 'text') return 'all'
  if (example.kind === 'prompt-completion' || example.promptLength !== undefined) return 'completion'
  return 'assistant'
}

/** Of a conversation in several examples, the last one has the last end of turn. */
function optionsOf(options: MaskOptions, isLast: boolean): MaskOptions {
  return options.trainOnEot === 'last' ? { ...options, trainOnEot: isLast ? 'turn' : 'none' } : options
}

/** An unrolled example trains its last message alone. */
function maskTurn(strategy: Strategy, whole: MaskInput & { chat: Chat }, turn: UnrolledTurn): Masked {
  const { conversation, message, nextStop } = turn
  const chat: Chat = { ...whole.chat, conversation }
  const toTurnInput = (rendered: Rendered): MaskInput => ({
    ...toInput(conversation, chat, rendered, whole.context, whole.options),
    onlyMessage: message,
  })
  const input = toTurnInput(turn.rendered)
  const answers = findAnswers(input)
  const isEnded = answers.some(answer => answer.message === message && STOPPED.includes(answer.end.by))
  // An answer that ended with the next turn's stop token has no end once there is no next turn: it gets that token.
  const ended =
    nextStop === undefined || isEnded
      ? { ...input, answers }
      : toTurnInput(appendStop(turn.rendered, message, nextStop))
  return applyStrategy(strategy, ended, turn.isRefused ? [toRefused(message)] : [])
}

const STOPPED: readonly AnswerEnd['by'][] = ['stop', 'next-turn']

function toRefused(message: number): Finding {
  const text = `The template refuses a conversation that ends with message ${message}: its example shows the whole conversation.`
  return { rule: 'template-refuses', severity: 'warn', text, message }
}

function toInput<C extends Chat | undefined>(
  example: Example,
  chat: C,
  rendered: Rendered,
  context: MaskContext,
  options: MaskOptions,
): MaskInput & { readonly chat: C } {
  const addSpecialTokens = chat === undefined
  const encoded = placeAddedTokens(context.tokenizer.encode(rendered.text, { addSpecialTokens }))
  return { example, rendered, encoded, chat, context, options, answers: undefined, onlyMessage: undefined }
}

/**
 * Written out, since V8 gives `{ ...input, answers }` another hidden class once that line is optimized, and all code behind it is then
 * optimized anew.
 */
function withAnswers(
  input: MaskInput & { chat: Chat },
  answers: readonly Answer[],
): MaskInput & { chat: Chat } {
  const { example, rendered, encoded, chat, context, options, onlyMessage } = input
  return { example, rendered, encoded, chat, context, options, answers, onlyMessage }
}

function applyStrategy(strategy: Strategy, input: MaskInput, more: readonly Finding[] = []): Masked {
  const { runs, spans, findings } = strategy.mask(input)
  return new LazyMasked({
    rendered: input.rendered,
    encoded: input.encoded,
    runs,
    spans,
    findings: [
      ...findings,
      ...reportTokens(input),
      ...reportKwargs(input),
      ...reportUntrained(runs),
      ...more,
    ],
    roles: input.chat?.conversation.messages.map(message => message.role) ?? [],
    turn: input.onlyMessage,
  })
}

function checkFits(strategy: Strategy, example: Example): void {
  const isConversation = example.kind === 'conversation'
  const hasPrompt =
    example.kind === 'prompt-completion' || (isConversation && example.promptLength !== undefined)
  if (strategy.rows === 'conversations' && !isConversation) {
    throw new LosslineError(
      'mask/strategy',
      `The strategy ${strategy.name} is for conversations, and this row has none.`,
      {
        fix: `Choose another with {mask}: ${defaultStrategy(example)} fits this row.`,
      },
    )
  }
  if (strategy.rows === 'prompt-completion' && !hasPrompt) {
    throw new LosslineError(
      'mask/strategy',
      `The strategy ${strategy.name} needs a prompt and a completion, and this row has none.`,
      {
        fix: `Choose another with {mask}: ${defaultStrategy(example)} fits this row.`,
      },
    )
  }
}
