import { LosslineError } from '../../error.ts'
import type { MaskContext } from '../mask-input.ts'
import { reportUntrainedTurns } from '../report/turns.ts'
import { checkMarkers } from '../search/markers.ts'
import { findResponsesOnlyMarkers, labelResponsesOnly } from '../search/responses-only.ts'
import { labelChosenTokens } from '../tokens/label-tokens.ts'
import { missing } from './response-template.ts'
import type { Strategy } from './strategy.ts'

/** What Unsloth's `train_on_responses_only(instruction_part, response_part)` trains. */
export const responsesOnly: Strategy<'responses-only'> = {
  name: 'responses-only',
  summary:
    'what Unsloth’s train_on_responses_only finds between --response-template and --instruction-template',
  rows: 'any',
  reads: ['responseTemplate', 'instructionTemplate', 'turns'],
  unrolls: false,
  mask(input) {
    const { context, encoded, options, rendered } = input
    const responsePart = toPart('response_template', options.responseTemplate)
    const instructionPart = toPart('instruction_template', options.instructionTemplate)
    const markers = findResponsesOnlyMarkers(
      context.tokenizer,
      { instructionPart, responsePart },
      { bosId: findId(context, 'bos_token'), eosId: findId(context, 'eos_token') },
    )
    const trained = labelResponsesOnly(encoded.ids, markers, { lastResponseOnly: options.turns === 'last' })
    const searched = [
      { option: 'response_template', text: responsePart, ids: markers.response.core },
      { option: 'instruction_template', text: instructionPart, ids: markers.instruction.core },
    ]
    const runs = labelChosenTokens(input, trained, { yes: 'after-marker', no: 'before-marker' })
    const found = checkMarkers(searched, { rendered, encoded, padId: undefined })
    const missed = options.turns === 'last' ? [] : reportUntrainedTurns(input, runs)
    return { runs, spans: [], findings: [...found, ...missed] }
  },
}

function toPart(option: string, part: string | readonly number[] | undefined): string {
  if (part === undefined) throw missing('responses-only', option)
  if (typeof part === 'string') return part
  throw new LosslineError('mask/option', 'The strategy responses-only takes text and not a list of ids.', {
    fix: `Give {${option}} the text that the ids stand for.`,
  })
}

function findId({ tokenizer, specialTokens }: MaskContext, name: string): number | undefined {
  const token = specialTokens[name]
  return typeof token === 'string' ? tokenizer.tokenToId(token) : undefined
}
