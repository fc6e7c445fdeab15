import { LosslineError } from '../error.ts'
import { findRule, isFew, leavesRowsOut, toRuleLevels } from '../lint/index.ts'
import type { Settings } from './settings.ts'
import type { FindingTally, Tally } from './tally.ts'

/** Of what is counted of rows, what tells whether they may go on. */
type Found = Pick<Tally, 'rows' | 'findings'>

/** @throws LosslineError `lint/rule` for a name that no rule has */
export function checkAllowed(allowed: readonly string[] = []): void {
  try {
    toRuleLevels(Object.fromEntries(allowed.map(name => [name, 'warn'])))
  } catch (error) {
    throw error instanceof LosslineError ? error.at('{allow_findings}') : error
  }
}

/**
 * Stops at errors that the linter's rules find in some rows, unless they are allowed by name. What rules find of rows that are left out is a
 * matter of their share, which {@link stopAtLeftOut} sees at the end.
 *
 * @throws LosslineError `prepare/findings`
 */
export function stopAtErrors(
  found: Found,
  { allowFindings: allowed = [], mask }: Pick<Settings, 'allowFindings' | 'mask'>,
): void {
  stopAt(
    found,
    mask,
    (rule, { severity }) => severity === 'error' && !leavesRowsOut(rule) && !allowed.includes(rule),
  )
}

/**
 * The same for all rows together, of which too many are left out. Where nothing is kept at all, who asked for the rows tells it.
 *
 * @throws LosslineError `prepare/findings`
 */
export function stopAtLeftOut(found: Found & Pick<Tally, 'keptRows'>, allowed: readonly string[] = []): void {
  if (found.keptRows === 0) return
  stopAt(
    found,
    undefined,
    (rule, { count }) => leavesRowsOut(rule) && !isFew(rule, count, found.rows) && !allowed.includes(rule),
  )
}

/** What rules find where every token was asked for. */
const OF_ALL_TOKENS: readonly string[] = ['bos-trained', 'trained-prompt-token']

function stopAt(
  { rows, findings }: Found,
  mask: Settings['mask'],
  stops: (rule: string, finding: FindingTally) => boolean,
): void {
  const errors = [...findings].filter(([rule, finding]) => stops(rule, finding))
  const [first] = errors
  if (first === undefined) return
  const [rule, { where, text }] = first
  const counts = errors.map(([name, { count }]) => `${name} ${times(count)}`)
  const what = `${text} ${rows === 1 ? 'In this row' : `In ${n(rows)} rows`} there are errors: ${counts.join(', ')}.`
  const names = errors.map(([name]) => name).join(',')
  const { fix: advice, needs = [] } = findRule(rule)!
  const asksAll = mask?.strategy === 'all' && OF_ALL_TOKENS.includes(rule)
  const why = asksAll
    ? 'The mask all (TRL: assistant_only_loss or completion_only_loss is False) asks for every token.'
    : advice
  const others = needs.includes('training') ? '' : ' lossline check finds all;'
  const fix = `${why}${others} {allow_findings} ${names} goes on as it is.`
  throw new LosslineError('prepare/findings', what, { where, fix })
}

function times(count: number): string {
  return count === 1 ? 'once' : `${n(count)} times`
}

function n(count: number): string {
  return count.toLocaleString('en-US')
}
