import type { Device } from '../train/runtime/index.ts'
import { type OptionTable, toSwitch } from './option.ts'
import * as parse from './option-values.ts'

export interface TrainingOptionValues {
  readonly model: string
  readonly adapter: string
  readonly prompt: string
  readonly compare_adapter: boolean
  readonly max_new_tokens: number
  readonly do_sample: boolean
  readonly temperature: number
  readonly top_k: number
  readonly top_p: number
  readonly repetition_penalty: number
  readonly device: Device
  readonly dataset: readonly string[]
  readonly eval_dataset: readonly string[]
  readonly config: string
  readonly prompts: string
  readonly threads: number
  readonly demo_train: boolean
}

/** Options of models with weights: what is trained, what answers, and how. */
export const TRAINING_OPTIONS: OptionTable<TrainingOptionValues> = {
  model: {
    value: 'FOLDER',
    help: 'model folder: config.json, safetensors, tokenizer; or a model of the Hub that is in its cache',
    parse: parse.text,
  },
  adapter: { value: 'FOLDER', help: 'adapter in PEFT’s format, laid on the model', parse: parse.text },
  prompt: {
    value: 'TEXT',
    help: 'what is asked: as the only message of a chat, or the beginning of a text',
    parse: parse.text,
  },
  compare_adapter: { ...toSwitch('answer without the adapter too'), flag: '--compare' },
  max_new_tokens: {
    value: 'N',
    help: 'tokens that an answer may have',
    default: 'generation_config.json’s, else 256',
    parse: parse.positive,
  },
  do_sample: toSwitch('draw each token, instead of taking the likeliest'),
  temperature: { value: 'X', help: 'logits are divided by it when sampling', parse: parse.number },
  top_k: { value: 'N', help: 'draw from the N likeliest; 0: from all', parse: parse.count },
  top_p: {
    value: 'X',
    help: 'draw from the likeliest that have this probability together',
    parse: parse.number,
  },
  repetition_penalty: {
    value: 'X',
    help: 'makes what was there already less likely; 1: not',
    parse: parse.number,
  },
  device: {
    value: 'cpu|cuda|webgpu',
    help: 'what computes, as far as onnxruntime-node has it',
    default: 'cpu',
    parse: parse.oneOf('cpu', 'cuda', 'webgpu'),
  },
  dataset: {
    value: 'INPUT',
    help: 'what is trained on: a file, folder or glob of conversations, or a folder of lossline prepare; several are joined',
    repeats: true,
    parse: parse.texts,
  },
  eval_dataset: {
    value: 'INPUT',
    help: 'what is evaluated on, the same way',
    repeats: true,
    parse: parse.texts,
  },
  config: {
    value: 'FILE',
    help: 'options by TRL’s names, as YAML or JSON; flags win',
    parse: parse.text,
  },
  prompts: {
    value: 'FILE',
    help: 'conversations that are answered at each evaluation',
    default: 'the first three that are evaluated on',
    parse: parse.text,
  },
  threads: {
    value: 'N',
    help: 'threads that compute',
    default: 'as ONNX Runtime thinks',
    parse: parse.positive,
  },
  demo_train: { ...toSwitch('train a small model with both masks, for about a minute'), flag: '--train' },
}
