import type { Rendered } from '../../template/index.ts'
import type { Tokenizer } from '../../tokenizer/index.ts'
import type { Chat, MaskInput } from '../mask-input.ts'
import {
  firstMessages,
  type Match,
  matchPrompt,
  renderHistory,
  renderPrompt,
  tryRender,
} from '../render-chat.ts'
import { findTokenAt } from '../tokens/token-search.ts'
import type { AnswerStart, TurnText } from './answer.ts'
import { findOwners } from './owners.ts'
import { findTurnText } from './turn-text.ts'

/**
 * Finds where what the model has to write for one assistant message begins: behind what inference gives it.
 *
 * @param previousEndChar where the answer before it ends; no answer starts before that
 */
export function findAnswerStart(
  input: MaskInput & { chat: Chat },
  turn: TurnText,
  previousEndChar: number,
): AnswerStart {
  const { chat, context, rendered } = input
  const match = matchPrompt(rendered, chat, turn.message, context)
  if (match === undefined || (match.isPrefix && match.agreedChars === 0))
    return startAfterLastPrompt(input, turn, previousEndChar)
  return startAfterPrompt(input, turn, match, previousEndChar)
}

function startAfterPrompt(
  input: MaskInput & { chat: Chat },
  turn: TurnText,
  { agreedChars, isPrefix }: Match,
  previousEndChar: number,
): AnswerStart {
  // Where the prompt reaches into the turn's iteration, the template has asked for the answer there.
  if (isPrefix && turn.isIteration && agreedChars > turn.startChar && input.chat.template.asksForAnswers)
    return { startChar: Math.max(agreedChars, previousEndChar), from: 'prompt' }
  const prompt = renderPrompt(input.chat, turn.message, input.context)?.text ?? ''
  // Otherwise it may write none.
  if (renderHistory(input.chat, turn.message, input.context)?.text === prompt) {
    const start = startAfterHeader(input, turn, previousEndChar)
    return isPrefix && start.startChar === agreedChars ? { ...start, from: 'continued' } : start
  }
  if (isPrefix) return { startChar: Math.max(agreedChars, previousEndChar), from: 'prompt' }
  const agreed = commonPrefixLength(input.rendered.text, prompt)
  const cut =
    agreed > turn.startChar ? cutToSpecialToken(input, agreed, { text: prompt, prefixChars: agreed }) : agreed
  if (cut > turn.startChar) return { startChar: notBeyond(cut, turn, previousEndChar), from: 'agreement' }
  return startAfterGenerationPrompt(input, turn, prompt, previousEndChar)
}

/** The history is written differently once later turns exist: the turn itself is compared with the generation prompt's own text. */
function startAfterGenerationPrompt(
  input: MaskInput & { chat: Chat },
  turn: TurnText,
  prompt: string,
  previousEndChar: number,
): AnswerStart {
  const turnText = input.rendered.text.slice(turn.startChar, turn.endChar)
  const { own, skippedChars } = alignStarts(generationPromptOf(input, turn.message, prompt), turnText)
  const agreed = commonPrefixLength(turnText.slice(skippedChars), own)
  const startChar = turn.startChar + skippedChars + agreed
  if (agreed === own.length)
    return { startChar: Math.max(startChar, previousEndChar), from: 'generation-prompt' }
  const cut = cutToSpecialToken(input, startChar, { text: own, prefixChars: agreed })
  return { startChar: notBeyond(cut, turn, previousEndChar), from: 'generation-prompt' }
}

/**
 * A newline that only one of prompt and turn begins with is no reason to train the header behind it: where the two share nothing at all, they
 * are compared without the white space that they begin with.
 */
function alignStarts(own: string, turnText: string): { own: string; skippedChars: number } {
  if (own === '' || own[0] === turnText[0]) return { own, skippedChars: 0 }
  const bare = own.trimStart()
  const bareTurn = turnText.trimStart()
  if (bare === '' || bare[0] !== bareTurn[0]) return { own, skippedChars: 0 }
  return { own: bare, skippedChars: turnText.length - bareTurn.length }
}

/** What the generation prompt adds to the history before message m. */
function generationPromptOf(
  { chat, context }: MaskInput & { chat: Chat },
  m: number,
  prompt: string,
): string {
  const history = renderHistory(chat, m, context)?.text
  if (history !== undefined && prompt.startsWith(history)) return prompt.slice(history.length)
  const lastTurn = renderPrompt(chat, m, context)?.turns.at(-1)
  return lastTurn === undefined ? prompt : prompt.slice(lastTurn.endChar)
}

/** Nothing can be rendered before the message (it comes first): the generation prompt is read off the whole conversation. */
function startAfterLastPrompt(
  input: MaskInput & { chat: Chat },
  turn: TurnText,
  previousEndChar: number,
): AnswerStart {
  const { chat, context, rendered } = input
  const withPrompt = tryRender(chat, chat.conversation, context, true)
  const own = withPrompt === undefined ? '' : ownPromptText(withPrompt, rendered)
  const before = rendered.text.slice(turn.startChar, turn.ownStartChar ?? turn.endChar)
  const found = own.trim() === '' ? -1 : before.lastIndexOf(own)
  if (found !== -1) {
    const startChar = Math.max(turn.startChar + found + own.length, previousEndChar)
    return { startChar, from: 'last-generation-prompt' }
  }
  // The whole conversation shows no prompt that stands in this turn: a plain answer in this place shows its header.
  const start = startAfterHeader(input, turn, previousEndChar)
  return withPrompt?.text === rendered.text ? start : { ...start, from: 'last-generation-prompt' }
}

/** What the generation prompt adds to the whole conversation, which the template may end otherwise when it writes one. */
function ownPromptText(withPrompt: Rendered, without: Rendered): string {
  if (withPrompt.text.startsWith(without.text)) return withPrompt.text.slice(without.text.length)
  return withPrompt.text.slice(withPrompt.turns.at(-1)?.endChar ?? 0)
}

/** The content of the assistant message that shows a template's header; letters only, so that nothing is trimmed or split. */
const PLAIN_CONTENT = 'Lossline'

/**
 * The template writes no generation prompt: what it writes before the content of a plain assistant message in that place is the header,
 * and is not trained, unless it is white space only, which is generated.
 */
function startAfterHeader(
  input: MaskInput & { chat: Chat },
  turn: TurnText,
  previousEndChar: number,
): AnswerStart {
  const text = input.rendered.text
  const turnText = text.slice(turn.startChar, turn.endChar)
  const header =
    plainHeader(input, turn.message) ?? text.slice(turn.startChar, turn.ownStartChar ?? turn.startChar)
  if (header.trim() === '')
    return { startChar: notBeyond(turn.startChar, turn, previousEndChar), from: 'header' }
  const { fromChar, length } = findHeading(header, turnText)
  const other = { text: header, prefixChars: fromChar + length }
  const startChar = turn.startChar + length
  const cut = other.prefixChars === header.length ? startChar : cutToSpecialToken(input, startChar, other)
  return { startChar: notBeyond(cut, turn, previousEndChar), from: 'header' }
}

/**
 * The longest part of a plain answer's header that a turn begins with. Most often that is all of it; a template that writes the last message
 * outside of its loop has more in front of a plain answer than the header (what stands before the loop), or behind it (a `<think>`).
 */
function findHeading(header: string, turnText: string): { fromChar: number; length: number } {
  let best = { fromChar: 0, length: commonPrefixLength(turnText, header) }
  for (let fromChar = 1; header.length - fromChar > best.length; fromChar++) {
    if (header[fromChar] !== turnText[0]) continue
    const length = commonPrefixLength(turnText, header.slice(fromChar))
    if (length > best.length) best = { fromChar, length }
  }
  return best
}

function plainHeader({ chat, context }: MaskInput & { chat: Chat }, m: number): string | undefined {
  const { conversation } = chat
  const role = conversation.messages[m]!.role
  const before = firstMessages(conversation, m)
  const plain = {
    ...before,
    messages: [...before.messages, { role, content: PLAIN_CONTENT }],
    training: [...before.training, undefined],
  }
  const rendered = tryRender(chat, plain, context, false)
  if (rendered === undefined) return undefined
  const turn = findTurnText(rendered, findOwners(rendered), m)
  if (turn?.ownStartChar === undefined) return undefined
  return rendered.text.slice(turn.startChar, turn.ownStartChar)
}

/** An answer begins no later than its message's first own character, and no earlier than the answer before it ends. */
function notBeyond(char: number, turn: TurnText, previousEndChar: number): number {
  return Math.max(Math.min(char, turn.ownStartChar ?? char), previousEndChar)
}

/**
 * Where two texts part inside a special token of either (`<think>` against `<tool_call>`), what they share is an accident of spelling:
 * the place moves back to that token's start.
 *
 * @param char the end of the common prefix in the rendered text
 * @param other the other text, and how many of its characters are shared
 */
function cutToSpecialToken(
  input: MaskInput,
  char: number,
  other: { readonly text: string; readonly prefixChars: number },
): number {
  const { encoded, context } = input
  const otherEncoded = context.tokenizer.encode(other.text, { addSpecialTokens: false })
  for (let cut = char; ; ) {
    const shift = char - cut
    const here = charsIntoAddedToken(context.tokenizer, encoded, cut)
    const there = charsIntoAddedToken(context.tokenizer, otherEncoded, other.prefixChars - shift)
    const back = Math.max(here, there)
    if (back === 0) return cut
    cut -= back
  }
}

/** How many characters of an added token lie before `char`, when it stands inside one; else 0. */
function charsIntoAddedToken(tokenizer: Tokenizer, encoded: MaskInput['encoded'], char: number): number {
  const t = findTokenAt(encoded, char)
  if (t >= encoded.ids.length || encoded.starts[t]! >= char || !tokenizer.isAdded(encoded.ids[t]!)) return 0
  return char - encoded.starts[t]!
}

/** UTF-16 units that two texts share at their start, never ending inside a surrogate pair. */
export function commonPrefixLength(a: string, b: string): number {
  const limit = Math.min(a.length, b.length)
  if (a.startsWith(b)) return b.length
  let length = 0
  // Long prompts agree for most of their length: compare in blocks first.
  while (length + 256 <= limit && a.startsWith(b.slice(length, length + 256), length)) length += 256
  while (length < limit && a.charCodeAt(length) === b.charCodeAt(length)) length++
  if (length === 0) return 0
  const last = a.charCodeAt(length - 1)
  const isCutPair = last >= 0xd800 && last < 0xdc00 && (length < a.length || length < b.length)
  return isCutPair ? length - 1 : length
}
