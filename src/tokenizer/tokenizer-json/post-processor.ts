import type { PostProcessorDescription, TemplatePiece } from './description.ts'
import type { Field } from './field.ts'
import { parseByteLevel, readByType } from './steps.ts'

/** What adds BOS and EOS. Only what it does to a single text is kept: pairs are no matter of ours. */
export function parsePostProcessor(field: Field): PostProcessorDescription {
  return readByType<PostProcessorDescription>(field, {
    Sequence: it => ({ kind: 'Sequence', processors: it.at('processors').items().map(parsePostProcessor) }),
    ByteLevel: parseByteLevel,
    TemplateProcessing: it => ({ kind: 'TemplateProcessing', single: parseTemplate(it) }),
    BertProcessing: it => ({
      kind: 'BertProcessing',
      sepId: parseTokenId(it.at('sep')),
      clsId: parseTokenId(it.at('cls')),
    }),
    RobertaProcessing: it => ({
      kind: 'RobertaProcessing',
      sepId: parseTokenId(it.at('sep')),
      clsId: parseTokenId(it.at('cls')),
      trimOffsets: it.at('trim_offsets').boolean(),
      addPrefixSpace: it.at('add_prefix_space').boolean(),
    }),
  })
}

function parseTemplate(field: Field): TemplatePiece[] {
  const specialTokens = field.at('special_tokens')
  return field
    .at('single')
    .items()
    .map(piece => {
      if (!piece.at('Sequence').isAbsent) {
        piece.at('Sequence').at('id').oneOf(['A'])
        return { kind: 'Sequence' }
      }
      const name = piece.at('SpecialToken').at('id').string()
      const ids = specialTokens.at(name).at('ids')
      return { kind: 'SpecialToken', ids: ids.items().map(id => id.whole()) }
    })
}

/** `["[SEP]", 102]` */
function parseTokenId(field: Field): number {
  const [token, id] = field.items()
  if (token === undefined || id === undefined) throw field.expected('a token and its id')
  return id.whole()
}
