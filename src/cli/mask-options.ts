import { TEMPLATE_ROLES } from '../conversation/index.ts'
import { LosslineError, quote } from '../error.ts'
import { type MaskOptions, STRATEGIES, type StrategyName } from '../mask/index.ts'
import { findNearest } from '../nearest.ts'
import type { Values } from './options.ts'
import { toStrategy } from './strategies.ts'

/** What the options say of masks. @throws LosslineError `cli/option`, for an option too that no strategy in use reads */
export function toMaskOptions(values: Values): MaskOptions {
  checkRoles(values)
  const { strategy, ...options } = {
    ...(values.mask !== undefined && { strategy: toStrategy(values.mask, '--mask') }),
    ...(values.roles !== undefined && { roles: values.roles }),
    ...(values.turns !== undefined && { turns: values.turns }),
    ...(values.train_on_eot !== undefined && { trainOnEot: values.train_on_eot }),
    ...(values.mask_sources !== undefined && { mask: values.mask_sources }),
    ...(values.unroll !== undefined && { unroll: values.unroll }),
    ...(values.response_template !== undefined && { responseTemplate: values.response_template }),
    ...(values.instruction_template !== undefined && { instructionTemplate: values.instruction_template }),
  }
  const compared = values.compare?.map(name => toStrategy(name, '--compare'))
  checkAreRead(options, compared ?? (strategy === undefined ? DEFAULT_STRATEGIES : [strategy]))
  return strategy === undefined ? options : { ...options, strategy }
}

/** What rows of the three kinds get when no strategy is named. */
const DEFAULT_STRATEGIES: readonly StrategyName[] = ['assistant', 'completion', 'all']

const FLAGS: Readonly<Record<Exclude<keyof MaskOptions, 'strategy'>, string>> = {
  roles: '--roles',
  turns: '--turns',
  trainOnEot: '--train-on-eot',
  mask: '--mask-sources',
  unroll: '--unroll',
  responseTemplate: '--response-template',
  instructionTemplate: '--instruction-template',
}

function checkAreRead(options: Omit<MaskOptions, 'strategy'>, names: readonly StrategyName[]): void {
  const strategies = Object.values(STRATEGIES)
  for (const option of Object.keys(options) as (keyof typeof FLAGS)[]) {
    if (names.some(name => STRATEGIES[name].reads.includes(option))) continue
    const readers = strategies.filter(({ reads }) => reads.includes(option)).map(({ name }) => name)
    const what = `has no effect on --mask ${names.join(', ')}`
    const fix = `It goes with --mask ${readers.join(' or ')}.`
    throw new LosslineError('cli/option', what, { where: FLAGS[option], fix })
  }
}

function checkRoles({ roles, role_map }: Values): void {
  const known = [...new Set([...Object.keys(TEMPLATE_ROLES), ...Object.values(role_map ?? {})])]
  const unknown = roles?.find(role => !known.includes(role))
  if (unknown === undefined) return
  const what = `names ${quote(unknown)}; expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}`
  const nearest = findNearest(unknown, known)
  const fix = nearest === undefined ? {} : { fix: `Did you mean ${nearest}?` }
  throw new LosslineError('cli/option', what, { where: '--roles', ...fix })
}
