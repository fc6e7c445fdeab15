import type { OptionTable } from './option.ts'
import { FINDING_OPTIONS, type FindingOptionValues } from './options-of-findings.ts'
import { OUTPUT_OPTIONS, type OutputOptionValues } from './options-of-outputs.ts'
import { ROW_OPTIONS, type RowOptionValues } from './options-of-rows.ts'
import { TRAINING_OPTIONS, type TrainingOptionValues } from './options-of-trainings.ts'

/** All options of all commands, by their names in snake_case: TRL's or Axolotl's where they have one. */
export interface OptionValues
  extends RowOptionValues,
    OutputOptionValues,
    TrainingOptionValues,
    FindingOptionValues {}

export type OptionName = keyof OptionValues

export const OPTIONS: OptionTable<OptionValues> = {
  ...ROW_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...TRAINING_OPTIONS,
  ...FINDING_OPTIONS,
}

/** `--chat-template` */
export function toFlag(name: OptionName): string {
  return OPTIONS[name].flag?.split(', ').at(-1) ?? `--${name.replaceAll('_', '-')}`
}

/** The value of an option that a command can't do without. */
export type Values = Partial<OptionValues>
