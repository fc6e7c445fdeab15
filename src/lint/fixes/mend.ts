import type { MessagePlace } from '../../conversation/index.ts'
import type { LosslineError } from '../../error.ts'
import type { Finding } from '../../finding.ts'
import type { Json, JsonEdit, JsonPath } from '../../json/index.ts'
import type { MaskContext, Masked } from '../../mask/index.ts'
import type { RuleExample } from '../rule.ts'

/**
 * What can be mended in a row without guessing. A mend proposes; a proposal is kept only where the row, looked at again, has fewer of the
 * findings that the mend is for, and no other error.
 */
export interface Mend {
  readonly name: string
  /** The rules whose findings it takes away. */
  readonly rules: readonly string[]
  /** What it does: a sentence. */
  readonly does: string
  /** Which of these findings those are, for who has others: words without a full stop. */
  readonly only: string
  /** The smallest input on which it does something, and what the rows are then. */
  readonly example: { readonly before: RuleExample; readonly after: readonly Json[] }
  /** Edits that would mend the row; several, where one of them is right and only the template tells which. */
  propose(row: MendSubject): readonly (readonly JsonEdit[])[]
}

/** A row with findings of a mend's rules. */
export interface MendSubject {
  /** As the file has it. */
  readonly row: Json
  /** Where its messages are. */
  readonly places: readonly MessagePlace[]
  /** Where the text is that it starts with. */
  readonly start: JsonPath | undefined
  /** Those of the mend's rules. */
  readonly findings: readonly Finding[]
  /** Empty for a row that can't be used. */
  readonly masks: readonly Masked[]
  /** Why a row can't be used. */
  readonly error: LosslineError | undefined
  readonly context: MaskContext
  /** Of Arrow or Parquet, in whose rows a key that is null is none. */
  readonly isColumnar: boolean
}

/** A text as the value of a path. */
export function toValueEdit(path: JsonPath, value: string): JsonEdit {
  return { kind: 'value', path, text: JSON.stringify(value) }
}
