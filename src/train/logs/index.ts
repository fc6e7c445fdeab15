export type {
  CheckpointSaved,
  EvaluatedGroup,
  Evaluation,
  GeneratedAnswer,
  KeptEvent,
  Log,
  Metrics,
  RunEnd,
  RunStart,
  StepDone,
  TrainEvent,
} from './event.ts'
export { checkReportTo, type Logs, openLogs } from './open-logs.ts'
