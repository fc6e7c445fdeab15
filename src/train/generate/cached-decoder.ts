import { Graph, gemm, slice, type Tensor, toOnnx, usedInputs } from '../graph/index.ts'
import {
  buildLayers,
  buildLogits,
  declareDecoderInputs,
  type Feed,
  type Linear,
  listWeights,
  type ModelDescription,
  projectAdapted,
  toDecoderFeeds,
} from '../model/index.ts'
import { mixWithPast, PAST, PRESENT } from './cached-attention.ts'
import type { DecoderWeights, LowRank } from './decoder-weights.ts'
import type { TokenModel } from './token-model.ts'

type Ort = typeof import('onnxruntime-node')
type Value = import('onnxruntime-node').Tensor

/** A graph that reads tokens behind others, and what is fed to it at every run. */
interface CachedGraph {
  readonly onnx: Uint8Array
  /** Inputs that the graph has: a model without windows or ropes needs fewer. */
  readonly inputs: ReadonlySet<string>
  readonly weights: Readonly<Record<string, Feed>>
}

/**
 * A model that generates: reads tokens one after the other and keeps the keys and values of those that it has read.
 *
 * Weights are fed at each run and not copied, so that those of a training are read as they are at the moment.
 */
export async function openCachedDecoder(
  model: ModelDescription,
  weights: DecoderWeights,
): Promise<TokenModel> {
  const ort = await import('onnxruntime-node')
  const { onnx, inputs, weights: fixed } = buildCachedGraph(model, weights)
  const session = await ort.InferenceSession.create(onnx, {
    enableMemPattern: false,
    extra: { session: { disable_prepacking: '1' } },
  })
  const toValue = ({ data, shape }: Feed): Value =>
    data instanceof Float32Array
      ? new ort.Tensor('float32', data, shape)
      : new ort.Tensor('int64', data, shape)
  const fixedValues = Object.entries(fixed).map(([name, feed]) => [name, toValue(feed)] as const)
  let past = toEmptyPast(model, ort)
  let readCount = 0
  return {
    read: async tokens => {
      const feeds = { ...toStepFeeds(model, tokens, readCount) }
      const values = Object.entries(feeds)
        .filter(([name]) => inputs.has(name))
        .map(([name, feed]) => [name, toValue(feed)] as const)
      const outputs = await session.run(Object.fromEntries([...fixedValues, ...values, ...past]))
      readCount += tokens.length
      past = toPast(outputs as Readonly<Record<string, Value>>)
      return Float32Array.from(outputs['logits']!.data as Float32Array)
    },
    restart: () => {
      past = toEmptyPast(model, ort)
      readCount = 0
    },
    close: () => session.release(),
  }
}

function buildCachedGraph(model: ModelDescription, { arrayOf, adapters }: DecoderWeights): CachedGraph {
  const graph = new Graph()
  graph.tape = undefined
  const fixed: Record<string, Feed> = {}
  const feed = (name: string, data: Float32Array, shape: readonly number[]): Tensor => {
    fixed[name] = { data, shape }
    return graph.input(name, 'float32', shape)
  }
  const tensors = new Map(
    listWeights(model).map(weight => [weight.name, feed(weight.name, arrayOf(weight), weight.shape)]),
  )
  const weight = (name: string): Tensor => tensors.get(name)!
  const plain = projectAdapted({ weightOf: weight, adapterOf: () => undefined })
  const inputs = declareDecoderInputs(graph, model)
  const parts = {
    graph,
    inputs,
    weight,
    project: (x: Tensor, linear: Linear): Tensor => {
      const adapter = adapters.get(linear.module)
      return adapter === undefined ? plain(x, linear) : addLowRank(plain(x, linear), x, linear, adapter, feed)
    },
    mix: mixWithPast(graph, inputs.positionIds),
    isCheckpointed: false,
  }
  const last = slice(buildLayers(model, parts), { axis: 0, start: -1, end: Number.MAX_SAFE_INTEGER, dim: 1 })
  graph.output('logits', buildLogits(last, model, parts))
  return { onnx: toOnnx(graph), inputs: new Set(usedInputs(graph).map(({ name }) => name)), weights: fixed }
}

function addLowRank(
  y: Tensor,
  x: Tensor,
  { module, inSize, outSize }: Linear,
  { rank, down, up, scale }: LowRank,
  feed: (name: string, data: Float32Array, shape: readonly number[]) => Tensor,
): Tensor {
  const inner = gemm(x, feed(`${module}.lora_A`, down, [rank, inSize]), { transB: true })
  return gemm(inner, feed(`${module}.lora_B`, up, [outSize, rank]), { transB: true, alpha: scale, plus: y })
}

/** What is fed besides the weights and the past. */
function toStepFeeds(
  model: ModelDescription,
  tokens: readonly number[],
  readCount: number,
): Record<string, Feed> {
  const positionIds = Int32Array.from(tokens, (_, t) => readCount + t)
  const nothing = {
    targetPositions: Int32Array.of(),
    targets: Int32Array.of(),
    targetWeights: Float32Array.of(),
  }
  const batch = { inputIds: Int32Array.from(tokens), positionIds, sequenceIds: new Int32Array(tokens.length) }
  const total = readCount + tokens.length
  const keyPositions = BigInt64Array.from({ length: total }, (_, key) => BigInt(key))
  return {
    ...toDecoderFeeds(model, { ...batch, ...nothing }),
    key_positions: { data: keyPositions, shape: [total] },
  }
}

function toEmptyPast({ layers }: ModelDescription, ort: Ort): [name: string, value: Value][] {
  return layers.flatMap(({ attention }, l) =>
    Object.values(PAST).map((part): [string, Value] => [
      `${part}${l}`,
      new ort.Tensor('float32', new Float32Array(0), [attention.keyValueHeadCount, 0, attention.headSize]),
    ]),
  )
}

/** What has been read becomes the past of what is read next. */
function toPast(outputs: Readonly<Record<string, Value>>): [name: string, value: Value][] {
  return Object.entries(outputs).flatMap(([name, value]): [string, Value][] => {
    for (const part of ['key', 'value'] as const) {
      if (name.startsWith(PRESENT[part])) return [[`${PAST[part]}${name.slice(PRESENT[part].length)}`, value]]
    }
    return []
  })
}
