import type { Finding } from '../../finding.ts'
import type { MaskInput } from '../mask-input.ts'
import type { MaskRun, TrainedSpan } from '../masked.ts'
import type { MaskOptions } from '../options.ts'

/** What a strategy makes of one example. */
export interface StrategyResult {
  readonly runs: readonly MaskRun[]
  readonly spans: readonly TrainedSpan[]
  readonly findings: readonly Finding[]
}

/** A way to choose the trained tokens. One file each; `strategies.ts` lists them. */
export interface Strategy<Name extends string = string> {
  readonly name: Name
  /** What it does, for help texts: a sentence without a full stop. */
  readonly summary: string
  /** Which rows it is for. */
  readonly rows: 'conversations' | 'prompt-completion' | 'any'
  /** The options that it reads: another one given beside it would be left aside in silence. */
  readonly reads: readonly Exclude<keyof MaskOptions, 'strategy'>[]
  /** Whether it may make one example for each answer. */
  readonly unrolls: boolean
  mask(input: MaskInput): StrategyResult
}
