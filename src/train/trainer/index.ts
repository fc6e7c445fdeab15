export { type Evaluated, evaluate } from './evaluate.ts'
export type { TrainerCallback, TrainerControl, TrainerEvent } from './events.ts'
export { type EndReason, SFTTrainer, type SFTTrainerOptions, type Trained } from './sft-trainer.ts'
export { trainStep } from './train-step.ts'
