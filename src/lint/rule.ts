import type { Json } from '../json/index.ts'
import type { Finding, Masked, MaskOptions } from '../mask/index.ts'
import type { ModelConfigs } from '../model-folder/index.ts'
import type { Facts, ModelSubject, PreparedFacts, PreparedSubject, RowSubject } from './subject.ts'

export type Severity = Finding['severity']

/** What a rule can't do without, beside rows and a tokenizer. One that wasn't given makes the rule one that was not run. */
export type Need =
  | 'rows'
  | 'template'
  | 'marks'
  | 'max-length'
  | 'columnar'
  | 'vocabulary'
  | 'own-template'
  | 'training'
  | 'evaluation'
  | 'prepared'
  | 'model-report'

/** What every rule says of itself; its page and `lossline explain` are made of this. */
interface RuleWords {
  readonly name: string
  /** What a finding counts as, unless the finding itself says otherwise. */
  readonly severity: Severity
  /** What a finding may say instead, where that is worse. */
  readonly worst?: Severity
  /** It is about rows that are left out: a warning while they are less than a hundredth of all. */
  readonly leavesRowsOut?: true
  /** When it fires: a sentence. */
  readonly trigger: string
  /** What it does to a training, one sentence. */
  readonly effect: string
  /** What to do: an imperative sentence. */
  readonly fix: string
  readonly needs?: readonly Need[]
  /** The smallest input on which it fires, and the nearest on which it is silent. Both are run by the tests. */
  readonly wrong: RuleExample
  readonly right: RuleExample
}

/** A finding that is made where rows are read, masked or cut: the rule says what it means. */
export interface FoundRule extends RuleWords {
  readonly kind: 'found'
}

/** Looks at one masked example. */
export interface MaskRule extends RuleWords {
  readonly kind: 'mask'
  check(masked: Masked, subject: RowSubject): Finding[]
}

/** Looks at a row as a whole. */
export interface RowRule extends RuleWords {
  readonly kind: 'row'
  check(subject: RowSubject): Finding[]
}

/**
 * Counts over all rows. The state is plain data of bounded size: threads count chunks of a file, and their states are added up in the
 * order of the chunks.
 */
export interface SetRule<State = unknown> extends RuleWords {
  readonly kind: 'set'
  start(): State
  add(state: State, subject: RowSubject): void
  /** Adds `from`, whose rows come later, to `into`. */
  merge(into: State, from: State): void
  report(state: State, totals: { readonly rows: number }): SetFinding[]
}

/** What a set of rows has. */
export interface SetFinding extends Finding {
  /** Rows that it is about. */
  readonly rows: number
  /** Some of their places. */
  readonly places: readonly string[]
}

/** Looks at a model's template, tokenizer and configuration, once. */
export interface ModelRule extends RuleWords {
  readonly kind: 'model'
  check(model: ModelSubject): Finding[]
}

/** Looks at rows that were prepared before: each alone, and the folder. */
export interface PreparedRule extends RuleWords {
  readonly kind: 'prepared'
  check?(row: PreparedSubject, facts: PreparedFacts): Finding[]
  checkFolder?(facts: PreparedFacts): Finding[]
}

export type Rule = FoundRule | MaskRule | RowRule | SetRule | ModelRule | PreparedRule

/** An input that shows a rule at work. */
export interface RuleExample {
  readonly rows?: readonly Json[]
  /** Default: ChatML. */
  readonly template?: string
  /** Default: `<|im_end|>`. */
  readonly stops?: readonly string[]
  readonly specialTokens?: Readonly<Record<string, string>>
  /** The tokenizer's post-processor adds `<s>`. */
  readonly addsBos?: boolean
  /** Merges of the tokenizer, whose tokens are bytes without them. */
  readonly merges?: readonly (readonly [string, string])[]
  readonly mask?: MaskOptions
  readonly maxLength?: number
  /** Default: keep-start. */
  readonly truncation?: 'keep-start' | 'keep-end'
  /** The tokenizer says of every token that it has no characters. */
  readonly breaksOffsets?: boolean
  readonly facts?: Partial<Facts>
  /** Makes it an example of a model folder without rows. */
  readonly configs?: ModelConfigs
  readonly prepared?: { readonly rows: readonly PreparedSubject[]; readonly facts: PreparedFacts }
}
