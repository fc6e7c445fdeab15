export type { OptionKind } from './kinds.ts'
export * as kinds from './kinds.ts'
export {
  listForeignOptions,
  parseConfigText,
  parseOption,
  type ReadConfig,
  readConfig,
  toSnakeCase,
} from './read-config.ts'
export {
  type ModelOptions,
  type SettledConfig,
  settleConfig,
  toMaskOptions,
  toModelOptions,
} from './settle-config.ts'
export type { IntervalStrategy, SFTConfig } from './sft-config.ts'
export { SFT_OPTIONS, type SFTOption } from './sft-options.ts'
