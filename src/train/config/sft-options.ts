import { PACKING_STRATEGIES, type PackingStrategyName } from '../../pack/index.ts'
import { TRUNCATIONS, type TruncationName } from '../../prepare/index.ts'
import { OPTIMIZERS, type OptimizerName, SCHEDULES, type ScheduleName } from '../optim/index.ts'
import * as kind from './kinds.ts'
import type { SFTConfig } from './sft-config.ts'

export interface SFTOption<Value> {
  readonly kind: kind.OptionKind<Value>
  readonly default: Value
  /** A phrase without a full stop. */
  readonly help: string
}

const interval = kind.oneOf('no', 'steps', 'epoch')
const fraction = kind.number({ min: 0, max: 1 })
const positive = kind.integer(1)

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): readonly Name[] {
  return Object.keys(table) as Name[]
}

/** Every option of a training: its flag is the name in kebab-case, its key in a config file the name in snake_case, which is TRL's. */
export const SFT_OPTIONS: { readonly [Name in keyof SFTConfig]: SFTOption<SFTConfig[Name]> } = {
  outputDir: option(
    kind.text('FOLDER'),
    'trainer_output',
    'where checkpoints, logs and the result are written',
  ),
  resumeFromCheckpoint: option(
    kind.optional(kind.text('FOLDER|last')),
    undefined,
    'a checkpoint to go on from, or last',
  ),

  // data
  maxLength: option(kind.optional(positive), 1024, 'tokens that an example, or a pack, may have'),
  truncationMode: option(
    kind.oneOf<TruncationName>(...namesOf(TRUNCATIONS)),
    'keep-start',
    'what becomes of a longer example',
  ),
  shuffleDataset: option(kind.boolean, false, 'shuffle the examples before they are packed'),
  packing: option(kind.boolean, false, 'lay examples into packs of max_length tokens'),
  packingStrategy: option(
    kind.oneOf<PackingStrategyName>(...namesOf(PACKING_STRATEGIES)),
    'bfd',
    'how examples are packed',
  ),
  evalPacking: option(
    kind.optional(kind.boolean),
    undefined,
    'pack the evaluation set too; default: as packing',
  ),
  paddingFree: option(kind.boolean, false, 'no padding; it is so in any case'),
  datasetNumProc: option(
    kind.optional(positive),
    undefined,
    'threads that prepare; default: one for each core, fewer for small files',
  ),
  completionOnlyLoss: option(
    kind.optional(kind.boolean),
    undefined,
    'train the completion of prompt-completion rows only; default: so',
  ),
  assistantOnlyLoss: option(
    kind.optional(kind.boolean),
    undefined,
    'train what the assistant writes only; default: so',
  ),

  // loss
  lossType: option(
    kind.oneOf('nll', 'dft', 'chunked_nll'),
    'nll',
    'nll, or dft: weighted with the probability of the target',
  ),
  labelSmoothingFactor: option(fraction, 0, 'share of the loss that all tokens of the vocabulary have'),
  neftuneNoiseAlpha: option(
    kind.optional(kind.number({ min: 0 })),
    undefined,
    'noise on the embeddings while training',
  ),

  // how long, in which order
  numTrainEpochs: option(kind.number({ min: 0 }), 3, 'times that each example is trained on'),
  maxSteps: option(kind.integer(-1), -1, 'steps, instead of epochs; -1: epochs'),
  perDeviceTrainBatchSize: option(positive, 8, 'examples, or packs, of a batch'),
  gradientAccumulationSteps: option(positive, 1, 'batches of a step'),
  gradientCheckpointing: option(
    kind.boolean,
    true,
    'compute activations again in the backward pass, for less memory',
  ),
  trainSamplingStrategy: option(
    kind.oneOf('random', 'sequential', 'group_by_length'),
    'random',
    'the order of the examples',
  ),
  groupByLength: option(kind.boolean, false, 'the same as train_sampling_strategy group_by_length'),
  dataloaderDropLast: option(kind.boolean, false, 'leave out a last batch that is not full'),
  seed: option(kind.integer(0), 42, 'of the order, dropout, noise and new adapters'),
  dataSeed: option(kind.optional(kind.integer(0)), undefined, 'of the order alone; default: seed'),
  bf16: option(
    kind.optional(kind.boolean),
    undefined,
    'taken as TRL has it; arithmetic is in float32 on a CPU',
  ),
  fp16: option(kind.boolean, false, 'taken as TRL has it; arithmetic is in float32 on a CPU'),

  // the step
  learningRate: option(kind.number({ min: 0 }), 2e-5, 'at its highest'),
  lrSchedulerType: option(
    kind.oneOf<ScheduleName>(...namesOf(SCHEDULES)),
    'linear',
    'how the learning rate falls',
  ),
  lrSchedulerKwargs: option(
    kind.optional(kind.settings),
    undefined,
    'what the schedule takes besides: {"num_cycles": 2}',
  ),
  warmupRatio: option(fraction, 0, 'share of the steps in which the learning rate rises'),
  warmupSteps: option(kind.integer(0), 0, 'steps in which the learning rate rises; before warmup_ratio'),
  optim: option(kind.oneOf<OptimizerName>(...namesOf(OPTIMIZERS)), 'adamw_torch', 'the optimizer'),
  optimArgs: option(kind.optional(kind.text('A=1,B=2')), undefined, 'of sgd: momentum=0.9'),
  weightDecay: option(kind.number({ min: 0 }), 0, 'of all weights but biases and norms'),
  adamBeta1: option(fraction, 0.9, 'AdamW: how slowly the mean of the gradient moves'),
  adamBeta2: option(fraction, 0.999, 'AdamW: how slowly the mean of its square moves'),
  adamEpsilon: option(kind.number({ min: 0 }), 1e-8, 'AdamW: what the root of the latter is never below'),
  maxGradNorm: option(kind.number({ min: 0 }), 1, 'the norm that gradients are clipped to; 0: none'),

  // logs
  loggingStrategy: option(interval, 'steps', 'when the loss is logged'),
  loggingSteps: option(kind.stepInterval, 10, 'steps between two logs; below 1: a share of all'),
  loggingFirstStep: option(kind.boolean, false, 'log the first step too'),
  loggingDir: option(
    kind.optional(kind.text('FOLDER')),
    undefined,
    'where TensorBoard files go; default: runs in the output',
  ),
  reportTo: option(
    kind.listOf('none', 'all', 'tensorboard', 'wandb'),
    ['tensorboard'],
    'where logs go besides metrics.jsonl',
  ),
  runName: option(
    kind.optional(kind.text('NAME')),
    undefined,
    'the name of the run in logs; default: the output folder',
  ),
  disableTqdm: option(kind.optional(kind.boolean), undefined, 'no progress line'),

  // evaluation
  evalStrategy: option(interval, 'no', 'when the evaluation set is gone through'),
  evalSteps: option(
    kind.optional(kind.stepInterval),
    undefined,
    'steps between two evaluations; default: logging_steps',
  ),
  evalDelay: option(kind.number({ min: 0 }), 0, 'steps, or epochs, before the first evaluation'),
  evalOnStart: option(kind.boolean, false, 'evaluate before the first step'),
  perDeviceEvalBatchSize: option(positive, 8, 'examples of a batch in evaluation'),

  // checkpoints
  saveStrategy: option(kind.oneOf('no', 'steps', 'epoch', 'best'), 'steps', 'when a checkpoint is written'),
  saveSteps: option(kind.stepInterval, 500, 'steps between two checkpoints; below 1: a share of all'),
  saveTotalLimit: option(
    kind.optional(positive),
    undefined,
    'checkpoints that are kept: the latest, and the best',
  ),
  saveOnlyModel: option(kind.boolean, false, 'checkpoints without what resuming needs'),
  loadBestModelAtEnd: option(kind.boolean, false, 'end with the best checkpoint instead of the last'),
  metricForBestModel: option(
    kind.optional(kind.text('METRIC')),
    undefined,
    'what tells the best; default: loss',
  ),
  greaterIsBetter: option(kind.optional(kind.boolean), undefined, 'default: unless the metric ends in loss'),
  earlyStoppingPatience: option(
    kind.optional(positive),
    undefined,
    'stop after so many evaluations without a better one',
  ),
  earlyStoppingThreshold: option(kind.number({ min: 0 }), 0, 'by how much a better one has to be better'),
}

function option<Value>(of: kind.OptionKind<Value>, value: Value, help: string): SFTOption<Value> {
  return { kind: of, default: value, help }
}
