import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import type { MaskContext } from '../mask/index.ts'
import { type ChatTemplate, type Rendered, type Source, TemplateError } from '../template/index.ts'
import type { Encoded } from '../tokenizer/index.ts'

/** What a template gives for a conversation, or why it gives nothing: in its own words where it has some. */
export type Tried<Value> =
  | { readonly value: Value; readonly refused: undefined }
  /** `isRaised`: the template says so itself (`raise_exception`). */
  | { readonly value: undefined; readonly refused: string; readonly isRaised: boolean }

/** Runs what may be refused by a template, or by a rule that can't be applied. */
export function attempt<Value>(run: () => Value): Tried<Value> {
  try {
    return { value: run(), refused: undefined }
  } catch (error) {
    if (!(error instanceof LosslineError)) throw error
    const reason = error instanceof TemplateError ? error.reason : undefined
    return { value: undefined, refused: reason ?? error.message, isRaised: reason !== undefined }
  }
}

/** Renders with the context's only template. */
export function render(
  conversation: Conversation,
  context: MaskContext,
  addGenerationPrompt: boolean,
): Rendered {
  const [template] = context.templates as readonly [ChatTemplate]
  const { specialTokens, chatTemplateKwargs, now } = context
  return template.render(conversation, {
    addGenerationPrompt,
    variables: specialTokens,
    chatTemplateKwargs,
    now,
  })
}

/** Whether some of a text came from there. */
export function isWritten({ pieces }: Rendered, isIt: (source: Source) => boolean): boolean {
  return pieces.some(({ source }) => hasSource(source, isIt))
}

/** Whether a source, or one of those that it unites, is such a one. */
export function hasSource(source: Source, isIt: (source: Source) => boolean): boolean {
  return source.kind === 'union' ? source.sources.some(part => hasSource(part, isIt)) : isIt(source)
}

/** UTF-16 units that both texts start with. */
export function countShared(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let shared = 0
  while (shared < end && a.charCodeAt(shared) === b.charCodeAt(shared)) shared++
  return shared
}

/** What of two texts differs: all but what both start and end with. */
export function findDifferent(
  a: string,
  b: string,
): { readonly start: number; readonly endA: number; readonly endB: number } {
  const start = countShared(a, b)
  let tail = 0
  const most = Math.min(a.length, b.length) - start
  while (tail < most && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++
  return { start, endA: a.length - tail, endB: b.length - tail }
}

/** The start of the token that a place lies in: `<|user|>` and `<|assistant|>` part inside. */
export function toTokenStart({ starts, ends }: Encoded, char: number): number {
  const t = ends.findIndex(end => end > char)
  return t === -1 ? char : Math.min(char, starts[t]!)
}

/** The end of the token that a place lies in. */
function toTokenEnd({ starts, ends }: Encoded, char: number): number {
  const t = ends.findIndex(end => end >= char)
  return t === -1 || starts[t]! >= char ? char : ends[t]!
}

/** Where two texts differ, in whole tokens: `<|return|>` and `<|end|>` have much in common. */
export function findDifferentTokens(a: Encoded, b: Encoded): ReturnType<typeof findDifferent> {
  const { start, endA, endB } = findDifferent(a.text, b.text)
  if (a.text === b.text) return { start, endA, endB }
  const first = Math.min(toTokenStart(a, start), toTokenStart(b, start))
  const more = Math.max(toTokenEnd(a, endA) - endA, toTokenEnd(b, endB) - endB)
  return { start: first, endA: endA + more, endB: endB + more }
}
