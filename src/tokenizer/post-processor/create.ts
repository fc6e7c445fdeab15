import { Untranslatable } from '../regex/index.ts'
import { TokenBuffer } from '../token-buffer.ts'
import type { PostProcessorDescription, TemplatePiece } from '../tokenizer-json/index.ts'
import { type PostContext, trimOffsets } from './trim-offsets.ts'

export interface PostOptions extends PostContext {
  readonly addSpecialTokens: boolean
}

/** Works on the parts of an encoding: the text's tokens, and what was put before and behind them. Each part is trimmed by itself. */
export type PostProcessor = (parts: readonly TokenBuffer[], options: PostOptions) => readonly TokenBuffer[]

/** @throws Untranslatable for a sequence that puts special tokens round a text twice */
export function createPostProcessor(description: PostProcessorDescription): PostProcessor {
  switch (description.kind) {
    case 'Sequence': {
      const { processors } = description
      const templates = processors.filter(({ kind }) => kind !== 'ByteLevel')
      if (templates.length > 1 || templates.some(({ kind }) => kind === 'Sequence'))
        throw new Untranslatable('several post-processors that add tokens')
      const steps = processors.map(createPostProcessor)
      return (parts, options) => steps.reduce((processed, step) => step(processed, options), parts)
    }
    case 'ByteLevel': {
      const { trimOffsets: isTrimmed, addPrefixSpace } = description
      return (parts, options) => {
        if (isTrimmed) for (const part of parts) trimOffsets(part, addPrefixSpace, options)
        return parts
      }
    }
    case 'TemplateProcessing':
      return applyTemplate(description.single)
    case 'BertProcessing':
      return surround(description.clsId, description.sepId)
    case 'RobertaProcessing': {
      const { trimOffsets: isTrimmed, addPrefixSpace } = description
      const addTokens = surround(description.clsId, description.sepId)
      return (parts, options) => {
        if (isTrimmed) for (const part of parts) trimOffsets(part, addPrefixSpace, options)
        return addTokens(parts, options)
      }
    }
    default: {
      const never: never = description
      return never
    }
  }
}

/** As a template, but what comes out is one part: a step behind it trims the text's first token as its second. */
function surround(firstId: number, lastId: number): PostProcessor {
  return (parts, { addSpecialTokens }) => {
    if (!addSpecialTokens) return parts
    return [TokenBuffer.join([specialTokens([firstId]), ...parts, specialTokens([lastId])])]
  }
}

/** A template without a place for the text leaves it out, as in the crate. */
function applyTemplate(template: readonly TemplatePiece[]): PostProcessor {
  return (parts, { addSpecialTokens }) =>
    template.flatMap(piece => {
      if (piece.kind === 'Sequence') return parts
      return addSpecialTokens ? specialTokens(piece.ids) : []
    })
}

/** They stand for nothing in the text: their range is empty. */
function specialTokens(ids: readonly number[]): TokenBuffer {
  const tokens = new TokenBuffer(ids.length)
  for (const id of ids) tokens.push(id, 0, 0)
  return tokens
}
