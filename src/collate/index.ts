export type { Batch, CollateExample, CollateWarning, OnWarning } from './batch.ts'
export { type CompletionOnlyOptions, DataCollatorForCompletionOnlyLM } from './completion-only.ts'
export { DataCollatorForLanguageModeling, type LanguageModelingOptions } from './language-modeling.ts'
export type { SftCollatorOptions, SftExample } from './sft-trainer.ts'
/** TRL's module of that name, whose `DataCollatorForLanguageModeling` is not the one of transformers. */
export * as sftTrainer from './sft-trainer.ts'
