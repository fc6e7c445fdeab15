import { LosslineError, quote } from '../../error.ts'
import type { JsonObject } from '../../json/index.ts'
import type { Architecture } from './architectures/architecture.ts'
import { gemma } from './architectures/gemma.ts'
import { gemma2 } from './architectures/gemma2.ts'
import { gemma3 } from './architectures/gemma3.ts'
import { gpt2 } from './architectures/gpt2.ts'
import { llama } from './architectures/llama.ts'
import { mistral } from './architectures/mistral.ts'
import { phi3 } from './architectures/phi3.ts'
import { qwen2 } from './architectures/qwen2.ts'
import { qwen3 } from './architectures/qwen3.ts'
import { smollm3 } from './architectures/smollm3.ts'
import { ConfigReader } from './config-reader.ts'
import type { ModelDescription } from './description.ts'

/** The architectures that can be trained. */
const ARCHITECTURES: readonly Architecture[] = [
  llama,
  mistral,
  qwen2,
  qwen3,
  gemma,
  gemma2,
  gemma3,
  phi3,
  smollm3,
  gpt2,
]

/**
 * What a model's config.json describes, with transformers' defaults for keys that it leaves out. It may have been written by
 * transformers 4 or 5.
 *
 * @param config as JSON.parse gives it
 * @param where for errors: the file
 * @throws LosslineError `model/not-covered` for an architecture or an option that would change the numbers and that is not
 *   covered; `model/config` for a key of the wrong type, or keys that contradict each other
 */
export function parseModelConfig(config: JsonObject, where = 'config.json'): ModelDescription {
  const reader = new ConfigReader(config, where)
  const architecture = findArchitecture(reader)
  if (reader.has('quantization_config')) {
    const what = 'says that the weights are quantized, which is not covered'
    const fix = 'Name the model that it was made from; {load_in_4bit} quantizes it here.'
    throw new LosslineError('model/not-covered', what, { where: `${where} quantization_config`, fix })
  }
  return architecture.describe(reader)
}

function findArchitecture(config: ConfigReader): Architecture {
  const classes = config.optionalTexts('architectures') ?? []
  const modelType = config.text('model_type', '')
  const byType = ARCHITECTURES.find(architecture => architecture.modelType === modelType)
  if (byType === undefined) throw notCovered(config, modelType === '' ? (classes[0] ?? '') : modelType)
  // A sequence classifier has the same `model_type` and no head for tokens.
  if (classes.length === 0 || classes.includes(byType.className)) return byType
  throw config.notCovered('architectures', classes.join(', '), [byType.className])
}

function notCovered(config: ConfigReader, found: string): LosslineError {
  const covered = ARCHITECTURES.map(architecture => architecture.modelType).join(', ')
  const what =
    found === ''
      ? `has no model_type; covered: ${covered}`
      : `has the architecture ${quote(found)}, which is not covered; covered: ${covered}`
  const fix = 'Train this model with TRL, or choose another.'
  return new LosslineError('model/not-covered', what, { where: config.where, fix })
}
