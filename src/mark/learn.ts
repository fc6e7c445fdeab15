import type { Conversation } from '../conversation/index.ts'
import { LosslineError } from '../error.ts'
import { type MaskContext, type Masked, maskExample, REASONS } from '../mask/index.ts'
import type { Rendered, Source } from '../template/index.ts'

/** What a template writes in an assistant's iteration round the answer, in its several forms. */
export interface TurnEdges {
  /** Texts in front of what the model writes, longest first. */
  readonly heads: readonly string[]
  /** Ends of a turn, longest first: the stop token that is trained, and what follows it. */
  readonly tails: readonly { readonly stop: string; readonly after: string }[]
}

/** The exact mask of a conversation in one rendering; undefined where the template refuses it. */
export function maskProbe(conversation: Conversation, context: MaskContext): Masked | undefined {
  try {
    const [masked] = maskExample(conversation, context, { strategy: 'assistant', unroll: 'never' })
    return masked
  } catch (error) {
    if (error instanceof LosslineError) return undefined
    throw error
  }
}

const EOT = REASONS.indexOf('end-of-turn')

/**
 * Reads the edges of every answer off its provenance. An end that the next turn writes has no place in this one, and an edge that holds what some message
 * says is another in every conversation.
 */
export function learnEdges(probes: readonly Masked[]): TurnEdges {
  const heads = new Set<string>()
  const tails = new Map<string, TurnEdges['tails'][number]>()
  for (const { rendered, spans, runs, encoded } of probes) {
    for (const { message, startChar, endChar } of spans) {
      const turn = rendered.turns.find(turn => turn.message === message && turn.endChar > startChar)
      if (turn === undefined) continue
      const isOwn = (from: number, to: number): boolean => isOfTemplate(rendered, from, to)
      if (isOwn(turn.startChar, startChar)) heads.add(rendered.text.slice(turn.startChar, startChar))
      const end = Math.min(endChar, turn.endChar)
      const eot = runs.find(run => run.message === message && run.reason === EOT)
      const stopChar = eot === undefined ? end : Math.min(encoded.starts[eot.startToken]!, end)
      const tail = {
        stop: rendered.text.slice(stopChar, end),
        after: rendered.text.slice(end, turn.endChar),
      }
      if (isOwn(stopChar, turn.endChar)) tails.set(JSON.stringify(tail), tail)
    }
  }
  const length = ({ stop, after }: TurnEdges['tails'][number]): number => stop.length + after.length
  return {
    heads: [...heads].filter(head => head !== '').sort((a, b) => b.length - a.length),
    tails: [...tails.values()].filter(({ after }) => after !== '').sort((a, b) => length(b) - length(a)),
  }
}

/** Whether every conversation has the same there: what the template itself writes, special tokens, an assistant's role. */
function isOfTemplate({ pieces }: Rendered, from: number, to: number): boolean {
  return pieces.every(
    ({ source, startChar, endChar }) => endChar <= from || to <= startChar || isConstant(source),
  )
}

function isConstant(source: Source): boolean {
  switch (source.kind) {
    case 'literal':
      return true
    case 'message':
      return source.field === 'role'
    case 'variable':
      return source.name !== 'tools' && source.name !== 'documents'
    case 'computed':
      return false
    case 'union':
      return source.sources.every(isConstant)
    default: {
      const never: never = source
      return never
    }
  }
}
