import type { Json, JsonObject } from '../json/index.ts'
import { isObject } from './files.ts'

/** `eos_token_id`, one id or a list of them. */
export function findEosIds(config: JsonObject | undefined): number[] {
  return toIds(config?.['eos_token_id'])
}

/** `eos_token_id` of a model's config.json; of a model of several parts, that of the part which writes. */
export function findConfigEosIds(config: JsonObject | undefined): number[] {
  const parts = [config, config?.['text_config'], config?.['llm_config'], config?.['thinker_config']]
  for (const part of parts) {
    const ids = isObject(part) ? findEosIds(part) : []
    if (ids.length > 0) return ids
  }
  const thinker = config?.['thinker_config']
  return isObject(thinker) && isObject(thinker['text_config']) ? findEosIds(thinker['text_config']) : []
}

function toIds(value: Json | undefined): number[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [value ?? null]
  return list.filter(id => typeof id === 'number')
}
