/** Where a step's time goes, by kind of operator: LoRA on 1 × 512 tokens. Arguments: model folder, threads. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { toOnnx } from '../src/train/graph/index.ts'
import {
  buildTrainingGraph,
  parseModelConfig,
  resolveWeights,
  toTrainingFeeds,
} from '../src/train/model/index.ts'
import { toSessionOptions } from '../src/train/runtime/onnx-runtime.ts'
import { makeParameter, toParameters } from '../src/train/runtime/parameters.ts'
import { openWeightFiles } from '../src/train/runtime/weight-files.ts'
import { readTensorIndex } from '../src/train/weights/index.ts'
import { toAdapters, toBatch, toRequest } from './train-case.ts'

const STEPS = 4
const SHOWN = 12

const [folder = '', threads = '2'] = process.argv.slice(2)
const traces = mkdtempSync(join(tmpdir(), 'lossline-profile-'))
try {
  await runSteps(join(traces, 'step'))
  print(readFileSync(join(traces, readdirSync(traces)[0]!), 'utf8'))
} finally {
  rmSync(traces, { recursive: true })
}

async function runSteps(profileFilePrefix: string): Promise<void> {
  const model = parseModelConfig(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')))
  const files = openWeightFiles(resolveWeights(model, readTensorIndex(folder), folder))
  const { parameters, ...parts } = toParameters(model, toAdapters(model), {
    read: () => {},
    make: makeParameter,
  })
  const loss = { type: 'nll', labelSmoothing: 0 } as const
  const options = { ...parts, stored: files.stored, isCheckpointed: false, loss, neftuneNoiseAlpha: 0 }
  const settings = { device: 'cpu', threads: Number(threads), folder: files.folder } as const
  const session = await InferenceSession.create(toOnnx(buildTrainingGraph(model, options, 'train')), {
    ...toSessionOptions(settings),
    enableProfiling: true,
    profileFilePrefix,
  })
  const batch = toBatch(toRequest([512], 0.3))
  const feeds = toTrainingFeeds(model, batch, { normaliser: batch.targets.length, neftuneNoiseAlpha: 0 })
  const known = new Map(parameters.map(parameter => [parameter.name, parameter]))
  const inputs = session.inputNames.map(name => {
    const { data, shape } = feeds[name] ?? known.get(name)!
    const tensor =
      data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape)
    return [name, tensor] as const
  })
  for (let step = 0; step < STEPS; step++) await session.run(Object.fromEntries(inputs))
  session.endProfiling()
  await session.release()
}

interface TraceEvent {
  readonly cat: string
  readonly name: string
  /** Microseconds. */
  readonly dur: number
  readonly args?: { readonly op_name?: string }
}

function print(trace: string): void {
  const totals = new Map<string, { microseconds: number; calls: number }>()
  for (const { cat, name, dur, args } of JSON.parse(trace) as TraceEvent[]) {
    if (cat !== 'Node' || !name.endsWith('_kernel_time')) continue
    const kind = args?.op_name ?? '?'
    const known = totals.get(kind) ?? { microseconds: 0, calls: 0 }
    totals.set(kind, { microseconds: known.microseconds + dur, calls: known.calls + 1 })
  }
  const all = [...totals.values()].reduce((sum, { microseconds }) => sum + microseconds, 0)
  const rows = [...totals].sort(([, a], [, b]) => b.microseconds - a.microseconds)
  console.log(`by kind of operator, of ${(all / STEPS / 1e3).toFixed(0)} ms in kernels a step (LoRA 1 × 512)`)
  for (const [kind, { microseconds, calls }] of rows.slice(0, SHOWN)) {
    const share = `${((100 * microseconds) / all).toFixed(1)} %`
    console.log(`  ${kind.padEnd(20)}${share.padStart(7)}  ${String(calls / STEPS).padStart(6)} calls`)
  }
}
