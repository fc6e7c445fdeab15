export type {
  Answers,
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
export { checkReportTo, type Logs, type LogsOptions, openLogs } from './open-logs.ts'
