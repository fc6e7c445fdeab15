// Small random models made and run by transformers, for tests of the models that are trained.
import type { JsonObject } from '../../src/json/index.ts'
import { findPython, runPython } from './python.ts'

/** The Python with torch and transformers; undefined where it has not been made. */
export const python: string | undefined = findPython('trl-1.16')

export interface ModelCase {
  /** Where config.json and the safetensors are written. */
  readonly folder: string
  /** `model_type`. */
  readonly modelType: string
  /** Keys of config.json that are not the defaults. */
  readonly config: JsonObject
  readonly seed: number
  readonly dtype: 'float32' | 'bfloat16' | 'float16'
  /** Of each safetensors file; absent: one file. */
  readonly maxShardBytes?: number
  /** Token ids of each sequence; transformers runs them one by one. */
  readonly sequences: readonly (readonly number[])[]
  /** Loss weight of each next token, one fewer than the sequence has ids; absent: no gradients. */
  readonly targetWeights?: readonly (readonly number[])[]
  /** Arguments of PEFT's LoraConfig: then the adapter alone is trained, and saved in `folder`/adapter. */
  readonly lora?: JsonObject
  /** false: the model is in the folder already. */
  readonly make?: boolean
}

export interface ModelAnswer {
  /** Shapes by name, as in PyTorch's state_dict. */
  readonly weights: Readonly<Record<string, readonly number[]>>
  /** [tokens of all sequences, vocabulary] */
  readonly logits: Float32Array
  readonly loss: number | undefined
  readonly gradients: Readonly<Record<string, Float32Array>>
  /** Names of the trained weights that transformers' Trainer lets decay. */
  readonly decayed: readonly string[]
}

export interface RopeAnswer {
  readonly inverse: Float32Array
  readonly attentionFactor: number
  readonly cos: Float32Array
  readonly sin: Float32Array
}

/** Makes each model, and asks transformers for its weights, logits and gradients. */
export function askModels(cases: readonly ModelCase[]): ModelAnswer[] {
  const answers = ask(cases.map(item => ({ kind: 'model', ...item })))
  return answers.map(answer => {
    const {
      weights,
      logits,
      loss,
      gradients,
      decayed = [],
    } = answer as {
      weights: Record<string, number[]>
      logits: string
      loss?: number
      gradients?: Record<string, string>
      decayed?: string[]
    }
    const unpacked = Object.entries(gradients ?? {}).map(([name, text]) => [name, unpack(text)])
    return { weights, logits: unpack(logits), loss, gradients: Object.fromEntries(unpacked), decayed }
  })
}

export function askRopes(
  cases: readonly { modelType: string; config: JsonObject; length: number }[],
): RopeAnswer[] {
  return ask(cases.map(item => ({ kind: 'rope', ...item }))).map(answer => {
    const { inverse, attentionFactor, cos, sin } = answer as Record<string, string> & {
      attentionFactor: number
    }
    return { inverse: unpack(inverse!), attentionFactor, cos: unpack(cos!), sin: unpack(sin!) }
  })
}

function ask(cases: readonly unknown[]): unknown[] {
  if (python === undefined) throw new Error('the Python environment trl-1.16 is not here')
  return runPython(python, 'test/interop/transformers_models.py', cases)
}

function unpack(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64')
  return new Float32Array(new Uint8Array(bytes).buffer)
}
