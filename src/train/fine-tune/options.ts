import type { LoraConfig } from '../adapter/index.ts'
import type { SFTConfig } from '../config/index.ts'
import type { ReadExamplesOptions } from '../data/index.ts'
import type { TrainEvent } from '../logs/index.ts'
import type { Device } from '../runtime/index.ts'
import type { Quantization } from '../weights/index.ts'

/** What of the model is trained. */
export type TrainedPart =
  | { readonly kind: 'all' }
  | { readonly kind: 'new-adapter'; readonly lora: Partial<LoraConfig> }
  /** Goes on with an adapter in PEFT's format. */
  | { readonly kind: 'adapter'; readonly folder: string }

export interface FineTuneOptions {
  /** The model's folder: config.json, weights, tokenizer. */
  readonly model: string
  /** How rows are read, rendered and masked; `inputs` is what is trained on. */
  readonly rows: Omit<ReadExamplesOptions, 'model' | 'maxLength' | 'truncation' | 'workers' | 'seed'>
  /** What is evaluated on. */
  readonly evalInputs?: ReadExamplesOptions['inputs']
  readonly config: Partial<SFTConfig>
  readonly part: TrainedPart
  /** Holds the base in 4 or 8 bits while an adapter is trained. */
  readonly quantization?: Quantization
  /** A file of rows that are answered at each evaluation and at the end; default: the first of the rows that are evaluated on, or trained on. */
  readonly prompts?: string
  /** How many of them. Default 3. */
  readonly promptCount?: number
  readonly device?: Device
  readonly threads?: number
  /** Ends the training after the step that is being done, with a checkpoint. */
  readonly signal?: AbortSignal
  readonly onEvent?: (event: TrainEvent) => void
  /** Told in a sentence what was found or assumed. */
  readonly notice?: (text: string) => void
}
