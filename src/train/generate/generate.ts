import type { TokenModel } from '../token-model.ts'
import { chooseToken } from './choose-token.ts'
import type { GenerationOptions } from './generation-options.ts'
import { makeDraws } from './random.ts'

export interface GenerateOptions extends GenerationOptions {
  /** Ids that end an answer. */
  readonly stopIds: ReadonlySet<number>
  /** Told each id as it is chosen, the one that ends the answer too. */
  readonly onToken?: (id: number) => void | Promise<void>
  readonly signal?: AbortSignal
}

export interface Generated {
  /** What was generated, the id that ended it with them. */
  readonly ids: readonly number[]
  /** `stop-token`: the model ended its answer; `limit`: `max_new_tokens` or the model's longest text did; `aborted`: the caller. */
  readonly stopped: 'stop-token' | 'limit' | 'aborted'
}

/** Lets the model go on behind the prompt until it ends its answer. The same seed gives the same answer. */
export async function generate(
  model: TokenModel,
  prompt: readonly number[],
  options: GenerateOptions,
): Promise<Generated> {
  const { stopIds, maxNewTokens, onToken, signal, seed } = options
  const draws = makeDraws(seed)
  const seen = [...prompt]
  const ids: number[] = []
  let unread: readonly number[] = prompt
  model.restart()
  while (ids.length < maxNewTokens && seen.length < model.maxPositions) {
    if (signal?.aborted === true) return { ids, stopped: 'aborted' }
    const id = chooseToken(await model.read(unread), seen, options, draws())
    unread = [id]
    ids.push(id)
    seen.push(id)
    await onToken?.(id)
    if (stopIds.has(id)) return { ids, stopped: 'stop-token' }
  }
  return { ids, stopped: 'limit' }
}
