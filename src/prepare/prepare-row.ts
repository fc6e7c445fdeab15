import { type Example, parseRow } from '../conversation/index.ts'
import type { ReadRow } from '../dataset/index.ts'
import { LosslineError } from '../error.ts'
import { findErrors, RowSubject } from '../lint/index.ts'
import { defaultStrategy, type Masked, maskExample } from '../mask/index.ts'
import type { Model } from '../open-model.ts'
import { factsOf } from './facts.ts'
import type { Settings } from './settings.ts'
import { addCount, addTokens, mergeFinding, type Tally } from './tally.ts'
import { type Truncated, truncate } from './truncate.ts'

/** One example of a row, and what is left of it when it is cut. */
export interface CutExample {
  readonly masked: Masked
  readonly cut: Truncated
}

/**
 * The examples of a row, masked as `show` has them and cut; what is to be told of them, the linter's errors among it, goes into the tally.
 *
 * @throws LosslineError for a row that can't be used; its `where` is a place in the row
 */
export function maskRow(row: ReadRow, model: Model, settings: Settings, tally: Tally): CutExample[] {
  const { example, format, findings } = parseRow(row.value, settings.rows)
  checkTemplate(example, model)
  const options = settings.mask ?? {}
  const examples = maskExample(example, model, options)
  addCount(tally.formats, format)
  if (examples.length > 1) tally.unrolledRows++
  for (const finding of findings) addFinding(tally, finding, row.where)
  for (const masked of examples) {
    countExample(tally, masked)
    for (const finding of masked.findings) addFinding(tally, finding, row.where)
  }
  const cut = examples.map(masked => ({ masked, cut: truncate(masked, settings) }))
  const subject = new RowSubject({
    where: row.where,
    row: row.value,
    example,
    format,
    masks: examples,
    cuts: settings.truncation === undefined ? undefined : cut.map(({ cut: { pieces } }) => pieces),
    context: model,
    options,
    strategy: options.strategy ?? defaultStrategy(example),
    facts:
      settings.frozenNewTokens === undefined
        ? factsOf(model)
        : { ...factsOf(model), frozenNewTokens: settings.frozenNewTokens },
  })
  for (const finding of findErrors(subject)) addFinding(tally, finding, row.where)
  return cut
}

/** @throws LosslineError `prepare/no-template` for a conversation where the model has no template */
export function checkTemplate(example: Example, { templates, folder }: Model): void {
  if (example.kind !== 'conversation' || templates.length > 0) return
  const what = `is needed: the rows are conversations, and ${folder.folder} has no chat template`
  const fix = 'Name a file with one: {chat_template}.'
  throw new LosslineError('prepare/no-template', what, { where: 'a chat template', fix })
}

function addFinding(tally: Tally, { rule, severity, text }: Masked['findings'][number], where: string): void {
  mergeFinding(tally.findings, rule, { count: 1, severity, where, text })
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
