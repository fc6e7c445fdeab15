/** The steps of bench/train.ts in a process of their own: a line of JSON in, a line of JSON out. Arguments: model folder, threads, `lora` or `full`. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { Graph, gemm, toOnnx } from '../src/train/graph/index.ts'
import { parseModelConfig } from '../src/train/model/index.ts'
import { openTrainableModel } from '../src/train/runtime/index.ts'
import { type StepAnswer, type StepRequest, toAdapters, toBatch } from './train-case.ts'

const SIZE = 1024

const [folder = '', threads = '2', trained = 'lora'] = process.argv.slice(2)
await main()

async function main(): Promise<void> {
  const described = parseModelConfig(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')))
  const model = await openTrainableModel(folder, {
    trained: trained === 'full' ? { kind: 'all' } : toAdapters(described),
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
