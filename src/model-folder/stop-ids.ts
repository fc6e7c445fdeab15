import type { Json, JsonObject } from '../json/index.ts'
import { isObject } from './files.ts'

/** `eos_token_id`, one id or a list of them. */
export function findEosIds(config: JsonObject | undefined): number[] {
  return toIds(config?.['eos_token_id'])
}

/** `eos_token_id` of a model's config.json; of a model of several parts, that of the part which writes. */
export function findConfigEosIds(config: JsonObject | undefined): number[] {
  return findIds(config, 'eos_token_id')
}

/** The ids under a key of a model's config.json; of a model of several parts, those of the part which writes. */
export function findIds(config: JsonObject | undefined, key: string): number[] {
  for (const part of partsOf(config)) {
    const ids = toIds(part[key])
    if (ids.length > 0) return ids
  }
  return []
}

function partsOf(config: JsonObject | undefined): JsonObject[] {
  const thinker = config?.['thinker_config']
  const inner = isObject(thinker) ? thinker['text_config'] : undefined
  return [config, config?.['text_config'], config?.['llm_config'], thinker, inner].filter(isObject)
}

function toIds(value: Json | undefined): number[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [value ?? null]
  return list.filter(id => typeof id === 'number')
}
