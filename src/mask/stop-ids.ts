import type { Tokenizer } from '../tokenizer/index.ts'

/**
 * The ids that end generation: `eos_token_id` (one or a list) of generation_config.json and of config.json, and the tokenizer's own EOS.
 *
 * @param eosToken the tokenizer's EOS token, undefined when it has none
 */
export function findStopIds(
  tokenizer: Tokenizer,
  configured: { readonly generationStopIds: readonly number[]; readonly configStopIds: readonly number[] },
  eosToken: string | undefined,
): Set<number> {
  const stops = new Set([...configured.generationStopIds, ...configured.configStopIds])
  const eos = eosToken === undefined ? undefined : tokenizer.tokenToId(eosToken)
  if (eos !== undefined) stops.add(eos)
  return stops
}
