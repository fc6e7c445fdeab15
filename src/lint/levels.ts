import { LosslineError, quote } from '../error.ts'
import type { Severity } from './rule.ts'
import { RULES } from './rules/index.ts'

/** What a rule's findings count as, instead of what they say; a rule that is off is not run. */
export type Level = Severity | 'off'
export type RuleLevels = Readonly<Record<string, Level>>

const LEVELS: readonly string[] = ['off', 'info', 'warn', 'error'] satisfies Level[]

/**
 * Checks names and levels that came from a flag or a file.
 *
 * @throws LosslineError `lint/rule`, `lint/level`
 */
export function toRuleLevels(given: Readonly<Record<string, unknown>>): RuleLevels {
  for (const [name, level] of Object.entries(given)) {
    checkRuleName(name)
    if (typeof level === 'string' && LEVELS.includes(level)) continue
    const what = `sets ${name} to ${quote(level)}; expected off, info, warn or error`
    throw new LosslineError('lint/level', what, { fix: 'Choose one of those.' })
  }
  return given as RuleLevels
}

/** @throws LosslineError `lint/rule` */
export function checkRuleName(name: string): void {
  if (RULES.some(rule => rule.name === name)) return
  const near = RULES.find(rule => rule.name.includes(name) || name.includes(rule.name))?.name
  const fix =
    near === undefined ? 'lossline explain lists all.' : `Did you mean ${near}? lossline explain lists all.`
  throw new LosslineError('lint/rule', `names the rule ${quote(name)}, which there is not`, { fix })
}
