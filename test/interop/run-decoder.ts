// Builds a model's graph from a folder and runs it, without the runtime of the trainer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import type { JsonObject } from '../../src/json/index.ts'
import { Graph, type Tensor, toOnnx } from '../../src/train/graph/index.ts'
import {
  buildLayers,
  buildLogits,
  type DecoderParts,
  declareDecoderInputs,
  type Feed,
  type ModelDescription,
  parseModelConfig,
  projectAdapted,
  resolveWeights,
  toBlockedFeeds,
} from '../../src/train/model/index.ts'
import type { TrainBatch } from '../../src/train/trainable-model.ts'
import { readTensorBytes, readTensorIndex } from '../../src/train/weights/index.ts'

const DTYPES = { F32: 'float32', BF16: 'bfloat16', F16: 'float16' } as const

/** A batch of sequences one after the other, and the loss weight of each of a sequence's next tokens; tokens of weight 0 are no targets. */
export function toBatch(
  sequences: readonly (readonly number[])[],
  targetWeights: readonly (readonly number[])[] = [],
): TrainBatch {
  const starts = sequences.map((_, i) => sequences.slice(0, i).flat().length)
  const targets = targetWeights.flatMap((weights, i) =>
    weights.map((weight, t) => ({ position: starts[i]! + t, id: sequences[i]![t + 1]!, weight })),
  )
  const trained = targets.filter(({ weight }) => weight !== 0)
  return {
    inputIds: Int32Array.from(sequences.flat()),
    positionIds: Int32Array.from(sequences.flatMap(ids => ids.map((_, position) => position))),
    sequenceIds: Int32Array.from(sequences.flatMap((ids, sequence) => ids.map(() => sequence))),
    targetPositions: Int32Array.from(trained, ({ position }) => position),
    targets: Int32Array.from(trained, ({ id }) => id),
    targetWeights: Float32Array.from(trained, ({ weight }) => weight),
  }
}

export function readDescription(folder: string): ModelDescription {
  return parseModelConfig(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as JsonObject)
}

/** The logits of all tokens of a batch, [tokens, vocabulary]. */
export async function runLogits(folder: string, batch: TrainBatch): Promise<Float32Array> {
  const model = readDescription(folder)
  const graph = new Graph()
  const stored = resolveWeights(model, readTensorIndex(folder), folder)
  const weight = memoise(name => {
    const entry = stored.get(name)!
    const dtype = DTYPES[entry.dtype as keyof typeof DTYPES]
    return graph.weight(name, dtype, entry.shape, { kind: 'bytes', bytes: readTensorBytes(entry) })
  })
  const parts = toParts(graph, model, weight)
  graph.output('logits', buildLogits(buildLayers(model, parts), model, parts))
  const outputs = await runGraph(graph, toBlockedFeeds(model, batch))
  return outputs['logits']!
}

function toParts(graph: Graph, model: ModelDescription, weight: (name: string) => Tensor): DecoderParts {
  const inputs = declareDecoderInputs(graph, model)
  const project = projectAdapted({ weightOf: weight, adapterOf: () => undefined })
  return { graph, inputs, weight, project, isCheckpointed: false }
}

function memoise(make: (name: string) => Tensor): (name: string) => Tensor {
  const made = new Map<string, Tensor>()
  return name => {
    const tensor = made.get(name) ?? make(name)
    made.set(name, tensor)
    return tensor
  }
}

async function runGraph(
  graph: Graph,
  feeds: Readonly<Record<string, Feed>>,
): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(toOnnx(graph), { logSeverityLevel: 3 })
  const used = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))
  const tensors = used.map(([name, { data, shape }]) => {
    const tensor =
      data instanceof Float32Array
        ? new ort.Tensor('float32', data, shape)
        : new ort.Tensor('int64', data, shape)
    return [name, tensor] as const
  })
  const outputs = await session.run(Object.fromEntries(tensors))
  await session.release()
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
}
