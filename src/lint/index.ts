export { explainRule, listRules } from './explain.ts'
export { findDifference } from './find-difference.ts'
export { findErrors, isFew, leavesRowsOut } from './find-errors.ts'
export { MENDS } from './fixes/index.ts'
export { toGithub } from './formats/github.ts'
export { toLintJson } from './formats/json.ts'
export { toSarif } from './formats/sarif.ts'
export { type RuleLevels, toRuleLevels } from './levels.ts'
export {
  addStates,
  countRow,
  findInRow,
  lintFailure,
  lintRow,
  type PlacedFinding,
  toFailureFinding,
} from './lint-row.ts'
export { type Mended, mendRow, type SeenRow } from './mend-row.ts'

export {
  findRule,
  type LintReport,
  lintModel,
  listPreparedRules,
  type RuleGroup,
  toLintReport,
} from './report.ts'
export type { Need, RuleExample, Severity } from './rule.ts'
export { RULES } from './rules/index.ts'
export { countEmptyBatches, describeEmptyBatches } from './rules/zero-token-eval-batch.ts'
export { type Facts, NO_FACTS, type PreparedFacts, RowSubject } from './subject.ts'
export { addFindings, addRuleTallies, emptyLintTally, type FoundExample, type LintTally } from './tally.ts'
