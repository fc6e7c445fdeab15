import type { TrainingDetail } from '../../conversation/index.ts'
import type { MessageField, Source } from '../../template/index.ts'
import type { MaskInput } from '../mask-input.ts'
import type { TokenReason } from '../masked.ts'
import type { SpanPart } from '../tokens/span-part.ts'
import type { Answer } from './answer.ts'
import type { ChosenAnswers } from './choose.ts'
import { findPiece } from './turn-text.ts'

/**
 * One answer as parts with weights and reasons: the header before it, what is written, the token that ends it, and what follows in the
 * turn. Row weights, `training_detail` and left-out sources apply here.
 */
export function toWeightedParts(input: MaskInput, answer: Answer, chosen: ChosenAnswers): SpanPart[] {
  const { message, turn, start, end } = answer
  const untrained = (startChar: number, endChar: number, reason: TokenReason): SpanPart => ({
    startChar,
    endChar,
    weight: 0,
    reason,
    message,
  })
  const header = answer.role === 'assistant' ? 'generation-prompt' : 'template'
  const parts: SpanPart[] = [untrained(turn.startChar, start.startChar, header)]
  if (!chosen.trains(answer)) {
    const reason = isWeightZero(input, answer)
      ? 'weight-zero'
      : answer.role === 'assistant'
        ? 'other-turn'
        : 'prompt'
    parts.push(untrained(start.startChar, end.endChar, reason))
  } else {
    const weight = chosen.weightOf(answer)
    const reason = answer.role === 'assistant' ? 'answer' : 'chosen-role'
    for (const part of toContentParts(input, answer, weight, reason)) parts.push(part)
    if (chosen.trainsEnd(answer)) {
      parts.push({
        startChar: end.eotStartChar,
        endChar: end.endChar,
        ...toWeight(weight, 'end-of-turn'),
        message,
      })
    } else parts.push(untrained(end.eotStartChar, end.endChar, 'end-not-chosen'))
  }
  parts.push(untrained(end.endChar, turn.endChar, end.by === 'content' ? 'template' : 'after-stop'))
  return parts
}

function isWeightZero(input: MaskInput, answer: Answer): boolean {
  return input.chat?.conversation.training[answer.message]?.weight === 0
}

/** What is written before the end token, cut where a source is left out or the row's `training_detail` changes. */
function toContentParts(
  input: MaskInput,
  { message, start, end }: Answer,
  weight: number,
  reason: TokenReason,
): SpanPart[] {
  const whole: SpanPart = {
    startChar: start.startChar,
    endChar: end.eotStartChar,
    ...toWeight(weight, reason),
    message,
  }
  const detail = input.chat?.conversation.training[message]?.detail ?? []
  const leftOut = input.options.mask ?? []
  if (detail.length === 0 && leftOut.length === 0) return [whole]
  const parts: SpanPart[] = []
  let doneChar = whole.startChar
  const cut = (startChar: number, endChar: number, change: Pick<SpanPart, 'weight' | 'reason'>): void => {
    const from = Math.max(startChar, doneChar)
    const to = Math.min(endChar, whole.endChar)
    if (to <= from) return
    parts.push(
      { ...whole, startChar: doneChar, endChar: from },
      { ...whole, startChar: from, endChar: to, ...change },
    )
    doneChar = to
  }
  const { pieces } = input.rendered
  for (let p = Math.max(0, findPiece(input.rendered, whole.startChar) - 1); p < pieces.length; p++) {
    const piece = pieces[p]!
    if (piece.startChar >= whole.endChar) break
    const field = findField(piece.source, message)
    if (field === undefined) continue
    if ((leftOut as readonly string[]).includes(field)) {
      cut(piece.startChar, piece.endChar, { weight: 0, reason: 'source-left-out' })
      continue
    }
    if (field !== 'content') continue
    if (piece.sourceChar === undefined) {
      // Rewritten characters can't be told apart: what the row leaves out must not be trained. Reported.
      if (detail.length > 0) cut(piece.startChar, piece.endChar, { weight: 0, reason: 'weight-zero' })
      continue
    }
    const shift = piece.startChar - piece.sourceChar
    let coveredChar = piece.startChar
    for (const range of inTextOrder(detail)) {
      const from = Math.max(coveredChar, range.startChar + shift)
      const to = Math.min(piece.endChar, range.endChar + shift)
      if (to <= from) continue
      cut(coveredChar, from, { weight: 0, reason: 'weight-zero' })
      cut(from, to, toWeight(range.train ? weight || 1 : 0, reason))
      coveredChar = to
    }
    // As in Axolotl: content that no range covers isn't trained.
    if (detail.length > 0) cut(coveredChar, piece.endChar, { weight: 0, reason: 'weight-zero' })
  }
  parts.push({ ...whole, startChar: doneChar })
  return parts
}

function toWeight(weight: number, reason: TokenReason): Pick<SpanPart, 'weight' | 'reason'> {
  return weight === 0 ? { weight: 0, reason: 'weight-zero' } : { weight, reason }
}

function inTextOrder(detail: readonly TrainingDetail[]): TrainingDetail[] {
  return detail.toSorted((a, b) => a.startChar - b.startChar)
}

/** The field of message m that a source is of. */
function findField(source: Source, m: number): MessageField | undefined {
  if (source.kind === 'message') return source.message === m ? source.field : undefined
  if (source.kind !== 'union') return undefined
  for (const part of source.sources) {
    const field = findField(part, m)
    if (field !== undefined) return field
  }
  return undefined
}
