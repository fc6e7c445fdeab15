/** The steps of bench/train.ts in a process of their own: a line of JSON in, a line of JSON out. Arguments: model folder, threads, `lora` or `full`. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import type { JsonObject } from '../src/json/index.ts'
import { Graph, gemm, toOnnx } from '../src/train/graph/index.ts'
import { type Linear, listLinears, parseModelConfig } from '../src/train/model/index.ts'
import { openTrainableModel, type Trained } from '../src/train/runtime/index.ts'
import type { TrainBatch } from '../src/train/trainable-model.ts'
import type { StepAnswer, StepRequest } from './train.ts'

const RANK = 16
const SIZE = 1024

const [folder = '', threads = '2', trained = 'lora'] = process.argv.slice(2)
await main()

async function main(): Promise<void> {
  const model = await openTrainableModel(folder, {
    trained: trained === 'full' ? { kind: 'all' } : toAdapters(),
    threads: Number(threads),
  })
  const measurePeak = await openPeak()
  say({ ready: process.uptime() })
  for await (const line of createInterface(process.stdin)) {
    const batch = toBatch(JSON.parse(line) as StepRequest)
    const cpuBefore = process.cpuUsage()
    const start = performance.now()
    const { nll } = await model.accumulate(batch, batch.targets.length)
    const wall = (performance.now() - start) / 1e3
    const { user, system } = process.cpuUsage(cpuBefore)
    const cpu = (user + system) / 1e6
    model.zeroGradients()
    const loss = nll.reduce((sum, value) => sum + value, 0) / nll.length
    say({ wall, cpu, loss, peak: process.resourceUsage().maxRSS / 1024, gflops: await measurePeak() })
  }
  await model.close()
}

function toAdapters(): Trained {
  const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as JsonObject
  const part = (name: string, shape: readonly [number, number], size: number) => ({
    name,
    shape,
    // Numbers without a pattern; which ones is no matter for the time.
    data: Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => size * Math.sin(i * i)),
  })
  const toAdapter = ({ module, inSize, outSize }: Linear) => ({
    module,
    down: part(`${module}.lora_A`, [RANK, inSize], 0.05),
    up: part(`${module}.lora_B`, [outSize, RANK], 0),
    scaling: 2,
    dropout: 0,
  })
  return { kind: 'adapters', adapters: listLinears(parseModelConfig(config)).map(toAdapter) }
}

function toBatch({ ids, labels }: StepRequest): TrainBatch {
  const all = Int32Array.from(ids.flat())
  const positions = ids.flatMap(row => row.map((_, position) => position))
  const sequences = ids.flatMap((row, sequence) => row.map(() => sequence))
  const next = labels.flatMap(row => [...row.slice(1), -100])
  const targetPositions = Int32Array.from(next.flatMap((label, t) => (label === -100 ? [] : [t])))
  return {
    inputIds: all,
    positionIds: Int32Array.from(positions),
    sequenceIds: Int32Array.from(sequences),
    targetPositions,
    targets: targetPositions.map(t => next[t]!),
    targetWeights: new Float32Array(targetPositions.length).fill(1),
  }
}

/** The best of some products of square matrices, in GFLOP a second. */
async function openPeak(): Promise<() => Promise<number>> {
  const graph = new Graph()
  const shape = [SIZE, SIZE]
  graph.output('y', gemm(graph.input('a', 'float32', shape), graph.input('b', 'float32', shape)))
  const session = await InferenceSession.create(toOnnx(graph), { intraOpNumThreads: Number(threads) })
  const make = (): Tensor =>
    new Tensor('float32', Float32Array.from({ length: SIZE * SIZE }, Math.sin), shape)
  const feeds = { a: make(), b: make() }
  const fetches = { y: make() }
  return async () => {
    let best = Number.POSITIVE_INFINITY
    for (let i = 0; i < 8; i++) {
      const start = performance.now()
      await session.run(feeds, fetches)
      best = Math.min(best, performance.now() - start)
    }
    return (2 * SIZE ** 3) / best / 1e6
  }
}

function say(answer: StepAnswer | { ready: number }): void {
  console.log(JSON.stringify(answer))
}
