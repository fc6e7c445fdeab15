// Builds a model's graph from a folder and runs it, without the runtime of the trainer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import type { JsonObject } from '../../src/json/index.ts'
import { Graph, type Tensor } from '../../src/train/graph/index.ts'
import { toOnnx } from '../../src/train/graph/onnx.ts'
import {
  buildLayers,
  buildLogits,
  type DecoderParts,
  declareDecoderInputs,
  type ModelDescription,
  parseModelConfig,
  projectWith,
  toDecoderFeeds,
} from '../../src/train/model/index.ts'
import type { TrainBatch } from '../../src/train/trainable-model.ts'
import { readTensorBytes, readTensorIndex } from '../../src/train/weights/index.ts'

const DTYPES = { F32: 'float32', BF16: 'bfloat16', F16: 'float16' } as const

/** Sequences one after the other. */
export function toBatch(sequences: readonly (readonly number[])[]): TrainBatch {
  return {
    inputIds: Int32Array.from(sequences.flat()),
    positionIds: Int32Array.from(sequences.flatMap(ids => ids.map((_, position) => position))),
    sequenceIds: Int32Array.from(sequences.flatMap((ids, sequence) => ids.map(() => sequence))),
    targetPositions: Int32Array.of(),
    targets: Int32Array.of(),
    targetWeights: Float32Array.of(),
  }
}

export function readDescription(folder: string): ModelDescription {
  return parseModelConfig(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as JsonObject)
}

/** The logits of all tokens of a batch, [tokens, vocabulary]. */
export async function runLogits(folder: string, batch: TrainBatch): Promise<Float32Array> {
  const model = readDescription(folder)
  const graph = new Graph()
  const parts = toParts(graph, model, folder)
  graph.output('logits', buildLogits(buildLayers(model, parts), model, parts))
  const outputs = await runGraph(graph, model, batch)
  return outputs['logits']!
}

function toParts(graph: Graph, model: ModelDescription, folder: string): DecoderParts {
  const index = readTensorIndex(folder)
  const weights = new Map<string, Tensor>()
  const weight = (name: string): Tensor => {
    const known = weights.get(name)
    if (known !== undefined) return known
    const entry = index.get(name)!
    const dtype = DTYPES[entry.dtype as keyof typeof DTYPES]
    const tensor = graph.weight(name, dtype, entry.shape, { kind: 'bytes', bytes: readTensorBytes(entry) })
    weights.set(name, tensor)
    return tensor
  }
  return {
    graph,
    inputs: declareDecoderInputs(graph, model),
    weight,
    project: projectWith(weight),
    drop: x => x,
    isCheckpointed: false,
  }
}

async function runGraph(
  graph: Graph,
  model: ModelDescription,
  batch: TrainBatch,
): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(toOnnx(graph), { logSeverityLevel: 3 })
  const feeds: Record<string, ort.Tensor> = {}
  for (const [name, { data, shape }] of Object.entries(toDecoderFeeds(model, batch))) {
    if (!session.inputNames.includes(name)) continue
    feeds[name] =
      data instanceof Float32Array
        ? new ort.Tensor('float32', data, shape)
        : new ort.Tensor('int64', data, shape)
  }
  const outputs = await session.run(feeds)
  await session.release()
  return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]))
}
