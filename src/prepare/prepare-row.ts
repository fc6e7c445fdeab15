import { type Example, parseRow } from '../conversation/index.ts'
import type { ReadRow } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { type Masked, maskExample } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import type { RowsOptions } from './options.ts'
import { addCount, addTokens, merge, type Tally } from './tally.ts'

/**
 * The masked examples of a row, as `show` has them; what is to be told of them goes into the tally.
 *
 * @throws LosslineError for a row that can't be used; its `where` is a place in the row
 */
export function maskRow(
  row: ReadRow,
  model: Model,
  options: Pick<RowsOptions, 'rows' | 'mask'>,
  tally: Tally,
): Masked[] {
  const { example, format, findings } = parseRow(row.value, options.rows)
  checkTemplate(example, model)
  const examples = maskExample(example, model, options.mask)
  addCount(tally.formats, format)
  if (examples.length > 1) tally.unrolledRows++
  for (const finding of findings) addFinding(tally, finding, row.where)
  for (const masked of examples) {
    countExample(tally, masked)
    for (const finding of masked.findings) addFinding(tally, finding, row.where)
  }
  return examples
}

/** @throws LosslineError `prepare/no-template` for a conversation where the model has no template */
export function checkTemplate(example: Example, { templates, folder }: Model): void {
  if (example.kind !== 'conversation' || templates.length > 0) return
  const what = `is needed: the rows are conversations, and ${folder.folder} has no chat template`
  const fix = 'Name a file with one: {chat_template}.'
  throw new LosslineError('prepare/no-template', what, { where: 'a chat template', fix })
}

function addFinding(tally: Tally, { rule, severity, text }: Masked['findings'][number], where: string): void {
  merge(tally.findings, rule, { count: 1, severity, where, text })
}

function countExample(tally: Tally, { encoded, runs, roles, rendered }: Masked): void {
  const { length } = encoded.ids
  tally.examples++
  tally.tokens += length
  addCount(tally.lengths, length)
  tally.usesClock ||= rendered.usesClock
  for (const { startToken, endToken, message, weight } of runs) {
    const tokens = endToken - startToken
    const trained = weight === 0 ? 0 : tokens
    tally.trainedTokens += trained
    addTokens(tally.roles, roles[message] ?? NO_ROLE, tokens, trained)
  }
}

/** Of what belongs to no message. */
const NO_ROLE = '(none)'
