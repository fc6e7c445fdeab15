export { type Counts, countSteps } from './counts.ts'
export { decideFlow, type Flow, type Intervals, toIntervals } from './flow.ts'
export {
  addEvaluation,
  addLog,
  addStep,
  type Best,
  FIRST_PROGRESS,
  type LogEntry,
  type Progress,
  type StepOutcome,
  toLog,
} from './progress.ts'
