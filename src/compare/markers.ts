import type { Conversation, Message } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { MaskContext } from '../mask/index.ts'
import { type ChatTemplate, type Rendered, selectTemplate } from '../template/index.ts'

/** What a template writes in front of an answer and in front of a question; undefined where it can't be told. */
export interface Markers {
  readonly response: string | undefined
  readonly instruction: string | undefined
  /** Why nothing was found, where the template does not render a question and its answer. */
  readonly refusal: LosslineError | undefined
}

const QUESTION = 'What is this question?'
const ANSWER = 'It is this answer.'

/**
 * What somebody would give a token search for this template: of the generation prompt, as much as stands in front of every answer; of a user's turn,
 * what stands before its own text. Spaces at the end are left out, since they would become one token with the next word.
 */
export function findMarkers(context: MaskContext): Markers {
  let refusal: LosslineError | undefined
  for (const toContent of CONTENTS) {
    const found = tryFindMarkers(context, toContent)
    if (found.refusal === undefined) return found
    refusal ??= found.refusal
  }
  return { ...NONE, refusal }
}

const NONE: Markers = { response: undefined, instruction: undefined, refusal: undefined }

type ToContent = (text: string) => Message['content'] & {}

/** Some templates of vision models read contents that are lists of parts alone. */
const CONTENTS: readonly ToContent[] = [text => text, text => [{ type: 'text', text }]]

function tryFindMarkers(context: MaskContext, toContent: ToContent): Markers {
  const pair = [
    { role: 'user', content: toContent(QUESTION) },
    { role: 'assistant', content: toContent(ANSWER) },
  ]
  const conversation = toConversation([...pair, ...pair])
  if (context.templates.length === 0) return NONE
  const template = selectTemplate(context.templates, conversation)
  try {
    const whole = render(template, conversation, context, false)
    const asked = toConversation(pair.slice(0, 1))
    const prompt = render(template, asked, context, true).text
    const unprompted = render(template, asked, context, false).text
    const generation = prompt.startsWith(unprompted) ? prompt.slice(unprompted.length) : ''
    return {
      response: toMarker(findResponse(whole.text, generation), context),
      instruction: toMarker(findInstruction(whole), context),
      refusal: undefined,
    }
  } catch (error) {
    if (error instanceof LosslineError) return { ...NONE, refusal: error }
    throw error
  }
}

function toConversation(messages: readonly Message[]): Conversation {
  return { kind: 'conversation', messages, training: messages.map(() => undefined) }
}

function render(
  template: ChatTemplate,
  conversation: Conversation,
  { specialTokens, chatTemplateKwargs, now, limits }: MaskContext,
  addGenerationPrompt: boolean,
): Rendered {
  return template.render(conversation, {
    addGenerationPrompt,
    variables: specialTokens,
    chatTemplateKwargs,
    now,
    limits,
  })
}

/** A generation prompt may open what a finished turn has not (`<think>`), so it is shortened to what every turn has. */
function findResponse(text: string, generation: string): string {
  const gaps = findGaps(text, QUESTION, ANSWER)
  const shared = Math.min(...gaps.map(gap => longestHead(generation, gap)))
  const head = generation.slice(0, shared)
  return head.trim() === '' ? (gaps[0] ?? '') : head
}

function longestHead(marker: string, gap: string): number {
  let length = marker.length
  while (length > 0 && !gap.includes(marker.slice(0, length))) length--
  return length
}

/** What stands between each `left` and the `right` behind it. */
function findGaps(text: string, left: string, right: string): string[] {
  return text
    .split(left)
    .slice(1)
    .map(rest => rest.slice(0, Math.max(0, rest.indexOf(right))))
}

/** The second question's turn, up to its own text: the first one may have the system prompt in it. */
function findInstruction({ text, turns }: Rendered): string {
  const question = text.lastIndexOf(QUESTION)
  const turn = turns.find(({ startChar, endChar }) => startChar <= question && question < endChar)
  const answerEnd = text.indexOf(ANSWER) + ANSWER.length
  return text.slice(Math.max(turn?.startChar ?? 0, answerEnd), question)
}

/** White space in front of a token of its own belongs to the tokens before it; in front of plain text, a line break is part of the marker. */
function toMarker(text: string, { tokenizer }: MaskContext): string | undefined {
  const marker = text.replace(/[ \t]+$/, '')
  const bare = marker.trimStart()
  if (bare === '') return undefined
  const [first] = tokenizer.encode(bare, { addSpecialTokens: false }).ids
  return tokenizer.isAdded(first!) ? bare : marker.replace(/^[ \t]+/, '')
}
