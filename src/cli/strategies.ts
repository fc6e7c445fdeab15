import { LosslineError, quote } from '../error.ts'
import { wrapText } from '../inspect/index.ts'
import { STRATEGIES, type StrategyName } from '../mask/index.ts'
import { findNearest } from '../nearest.ts'
import type { OptionName } from './options.ts'

const HELP_WIDTH = 80

/** Every strategy with what it does, for the help of a command with these options. */
export function listStrategies(options: readonly OptionName[]): string {
  const width = Math.max(...Object.keys(STRATEGIES).map(name => name.length))
  const lines = Object.values(STRATEGIES).map(({ name, summary }) => {
    const [first, ...more] = wrapText(summary, HELP_WIDTH - width - 4).split('\n')
    return [`  ${name.padEnd(width)}  ${first}`, ...more.map(line => ' '.repeat(width + 4) + line)].join('\n')
  })
  return [
    options.includes('compare') ? 'Strategies for --mask and --compare:' : 'Strategies for --mask:',
    ...lines,
    '',
    wrapText(
      'Default: assistant for conversations, completion for prompts with completions, all for plain text.',
      HELP_WIDTH,
    ),
  ].join('\n')
}

/** @throws LosslineError `cli/option` */
export function toStrategy(name: string, flag: string): StrategyName {
  if (Object.hasOwn(STRATEGIES, name)) return name as StrategyName
  const names = Object.keys(STRATEGIES)
  const nearest = findNearest(name, names)
  const what = `is ${quote(name)}; expected ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`
  const fix = nearest === undefined ? {} : { fix: `Did you mean ${nearest}?` }
  throw new LosslineError('cli/option', what, { where: flag, ...fix })
}
