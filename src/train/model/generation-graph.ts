import { type Graph, slice } from '../graph/index.ts'
import { mixWithPast, PAST } from './cached-attention.ts'
import { buildLayers, buildLogits } from './decoder.ts'
import { type Feed, toDecoderFeeds } from './decoder-inputs.ts'
import type { ModelDescription } from './description.ts'
import { startGraph, type TrainingGraphOptions } from './training-graph.ts'

/** `logits` [1, vocabularySize] of what follows the tokens that are read, and the keys and values of all that were read so far. */
export function buildGenerationGraph(model: ModelDescription, options: TrainingGraphOptions): Graph {
  const { graph, parts } = startGraph(model, { ...options, isCheckpointed: false }, false)
  graph.tape = undefined
  const cached = { ...parts, mix: mixWithPast(graph, parts.inputs.positionIds) }
  const last = slice(buildLayers(model, cached), {
    axis: 0,
    start: -1,
    end: Number.MAX_SAFE_INTEGER,
    dim: 1,
  })
  graph.output('logits', buildLogits(last, model, cached))
  return graph
}

/**
 * What the next tokens of one sequence feed to the graph, keys and values of earlier ones left out.
 *
 * @param readCount tokens that were read before
 * @throws LosslineError as `toDecoderFeeds`
 */
export function toGenerationFeeds(
  model: ModelDescription,
  tokens: readonly number[],
  readCount: number,
): Record<string, Feed> {
  const total = readCount + tokens.length
  const keyPositions = BigInt64Array.from({ length: total }, (_, key) => BigInt(key))
  return {
    ...toDecoderFeeds(model, {
      inputIds: Int32Array.from(tokens),
      positionIds: Int32Array.from(tokens, (_, t) => readCount + t),
      sequenceIds: new Int32Array(tokens.length),
    }),
    key_positions: { data: keyPositions, shape: [total] },
  }
}

/** Keys and values of no tokens: with them a new sequence begins. */
export function toEmptyPast({ layers }: ModelDescription): Record<string, Feed> {
  const feeds = layers.flatMap(({ attention: { keyValueHeadCount, headSize } }, l) =>
    ['key', 'value'].map((part): [string, Feed] => [
      `${PAST}${part}_${l}`,
      { data: new Float32Array(), shape: [keyValueHeadCount, 0, headSize] },
    ]),
  )
  return Object.fromEntries(feeds)
}
