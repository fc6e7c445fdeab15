import { LosslineError } from '../../error.ts'
import type { MaskContext } from '../mask-input.ts'
import { IGNORE_INDEX } from '../masked.ts'
import { reportUntrainedTurns } from '../report/turns.ts'
import { checkMarkers, type Marker } from '../search/markers.ts'
import { labelAfterResponseTemplate } from '../search/response-template.ts'
import { labelChosenTokens } from '../tokens/label-tokens.ts'
import type { Strategy } from './strategy.ts'

/** What TRL's `DataCollatorForCompletionOnlyLM` trains: the row alone in its batch, its pad ids masked before the search. */
export const responseTemplate: Strategy<'response-template'> = {
  name: 'response-template',
  summary: 'what follows --response-template, searched as TRL’s completion-only collator does',
  rows: 'any',
  reads: ['responseTemplate', 'instructionTemplate'],
  unrolls: false,
  mask(input) {
    const { context, encoded, options } = input
    const response = toMarker('response_template', options.responseTemplate, context)
    if (response === undefined) throw missing('response-template', 'response_template')
    const instruction = toMarker('instruction_template', options.instructionTemplate, context)
    const padId = findPadId(context)
    const searched = encoded.ids.map(id => (id === padId ? IGNORE_INDEX : id))
    const { kept } = labelAfterResponseTemplate(searched, response.ids, instruction?.ids)
    const trained = kept.map((keep, t) => (keep === 1 && searched[t] !== IGNORE_INDEX ? 1 : 0))
    const markers = instruction === undefined ? [response] : [response, instruction]
    const runs = labelChosenTokens(input, trained, { yes: 'after-marker', no: 'before-marker' })
    const found = checkMarkers(markers, { rendered: input.rendered, encoded, padId })
    return { runs, spans: [], findings: [...found, ...reportUntrainedTurns(input, runs)] }
  },
}

function toMarker(
  option: string,
  marker: string | readonly number[] | undefined,
  { tokenizer }: MaskContext,
): Marker | undefined {
  if (marker === undefined) return undefined
  if (typeof marker !== 'string') return { option, text: undefined, ids: marker }
  return { option, text: marker, ids: [...tokenizer.encode(marker, { addSpecialTokens: false }).ids] }
}

function findPadId({ tokenizer, specialTokens }: MaskContext): number | undefined {
  const pad = specialTokens['pad_token']
  return typeof pad === 'string' ? tokenizer.tokenToId(pad) : undefined
}

/** @returns the error for a strategy that lacks an option */
export function missing(strategy: string, option: string): LosslineError {
  return new LosslineError(
    'mask/option',
    `The strategy ${strategy} needs to know what stands before ${KINDS[option]}.`,
    {
      fix: `Give it with {${option}}, as text or as a list of ids.`,
    },
  )
}

const KINDS: Readonly<Record<string, string>> = {
  response_template: 'an answer',
  instruction_template: 'a question',
}
