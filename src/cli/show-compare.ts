import { LosslineError } from '../error.ts'
import {
  type Comparison,
  countDifferences,
  FindingGroups,
  toCompareView,
  toComparisonJson,
  toDifferent,
  toWarningsView,
} from '../inspect/index.ts'
import type { MaskOptions, StrategyName } from '../mask/index.ts'
import { maskBoth } from '../view/index.ts'
import type { CommandInput } from './command.ts'
import type { ExitCode, Io } from './io.ts'
import { openModelOf } from './model.ts'
import type { Values } from './options.ts'
import { forEachRow, type Row } from './rows.ts'
import { checkTemplate, FIRST_ROWS, nameExample, tellRest } from './shown-rows.ts'
import { toStrategy } from './strategies.ts'

/** `lossline show --compare A,B`: the same tokens under two strategies. */
export async function runCompare(
  { file, values }: Pick<CommandInput, 'file' | 'values'>,
  options: MaskOptions,
  io: Io,
): Promise<ExitCode> {
  const names = toNames(values)
  const model = await openModelOf(values, io)
  const isJson = values.json === true
  const view = { width: io.width, colors: io.colors, names: model.tokenizer }
  const warnings = new FindingGroups()
  let different = 0
  let keptWhole = 0
  const counts = await forEachRow(file, values, io, {
    each: async given => {
      const row = checkTemplate(given, model)
      const { comparisons, isForced } = maskBoth(row.example, names, model, options)
      if (isForced) keptWhole++
      for (const comparison of comparisons) {
        const [masked] = comparison.masks
        different += toDifferent(countDifferences(comparison))
        if (isJson) await io.write(`${JSON.stringify(toComparisonJson(comparison, row.row, row.findings))}\n`)
        else {
          const title = `${nameExample(row.row, masked)}  ${row.where}`
          await io.write(`${toCompareView(comparison, title, view)}\n\n`)
          addFindings(warnings, row, comparison)
        }
      }
    },
    ...(isJson ? {} : { defaultRows: FIRST_ROWS }),
  })
  if (!isJson) {
    const shown = counts.asked - counts.failed
    await io.write(
      `${different} tokens differ between ${names.join(' and ')} in ${shown} ${shown === 1 ? 'row' : 'rows'}.\n`,
    )
  }
  const groups = warnings.list()
  if (groups.length > 0) await io.write(`\n${toWarningsView(groups, view)}\n`)
  if (keptWhole > 0) {
    const rows = `${keptWhole} ${keptWhole === 1 ? 'conversation is' : 'conversations are'}`
    io.tell(`lossline: ${rows} compared in one rendering, though one of the strategies would unroll.`)
  }
  tellRest(counts, values, io)
  return counts.failed === 0 ? 0 : 1
}

/** A finding of one strategy only is told with its name. */
function addFindings(warnings: FindingGroups, row: Row, { names, masks }: Comparison): void {
  const where = nameExample(row.row, masks[0])
  for (const finding of row.findings) warnings.add({ where, finding })
  for (const [side, { findings }] of masks.entries()) {
    for (const finding of findings) warnings.add({ where: `${names[side]}, ${where}`, finding })
  }
}

function toNames({ compare, mask }: Values): readonly [StrategyName, StrategyName] {
  if (mask !== undefined) {
    const fix = 'Give one of them.'
    throw new LosslineError('cli/option', 'and --compare exclude each other', { where: '--mask', fix })
  }
  const [first, second] = compare!
  return [toStrategy(first, '--compare'), toStrategy(second, '--compare')]
}
