import { LosslineError, quote } from '../error.ts'
import { toThousands, wrapWords } from '../inspect/index.ts'
import { explainRule, findRule, RULES } from '../lint/index.ts'
import { findNearest } from '../nearest.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'

/** `lossline explain RULE`: the whole story of a rule; without a rule, the list of all. */
export async function runExplain({ file }: CommandInput, io: Io): Promise<ExitCode> {
  if (file === '') {
    await io.write(`${listAll(io.width)}\n`)
    return 0
  }
  const rule = findRule(file)
  if (rule === undefined) {
    const names = RULES.map(({ name }) => name)
    const nearest = findNearest(file, names)
    const fix = nearest === undefined ? 'lossline explain lists all.' : `Did you mean ${nearest}?`
    throw new LosslineError('cli/option', `is ${quote(file)}; there is no such rule`, { where: 'RULE', fix })
  }
  await io.write(`${wrapProse(explainRule(rule), io.width)}\n`)
  return 0
}

function listAll(width: number): string {
  const lines = RULES.flatMap(({ name, severity, trigger }) => [
    `${severity.padEnd(5)}  ${name}`,
    ...wrapWords(trigger, width - 7).map(line => `       ${line}`),
  ])
  return [...lines, '', `${toThousands(RULES.length)} rules; lossline explain NAME tells more of one.`].join(
    '\n',
  )
}

/** What is fenced stays as it is, to be copied. */
function wrapProse(markdown: string, width: number): string {
  let isFenced = false
  return markdown
    .split('\n')
    .flatMap(line => {
      if (line.startsWith('```')) isFenced = !isFenced
      return isFenced ? [line] : wrapWords(line, width)
    })
    .join('\n')
}
