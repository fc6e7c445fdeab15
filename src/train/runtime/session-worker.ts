// The thread that runs graphs: ONNX Runtime blocks whoever calls it for as long as a step takes.
import { parentPort, workerData } from 'node:worker_threads'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { LosslineError } from '../../error.ts'
import { type Feed, gradientName, PAST, PRESENT } from '../model/index.ts'
import { checkDevice, type RunOnce } from './check-device.ts'
import { discard, listBuffers, type Moved } from './moved-parameter.ts'
import {
  type Device,
  importOnnxRuntime,
  noDevice,
  type OnnxRuntime,
  toSessionOptions,
} from './onnx-runtime.ts'
import type { Answer, AnswerOf, Request, WorkerSettings } from './protocol.ts'

const settings = workerData as WorkerSettings
const sessions: InferenceSession[] = []

/** Of each session what a run gave as present: the past of the next run, unless that is fed. */
const pasts = new Map<InferenceSession, Map<string, Tensor>>()

parentPort?.on('message', async (request: Request) => {
  const given = await answer(request)
  parentPort?.postMessage(given, 'moved' in given ? listBuffers(given.moved) : [])
  if (request.kind === 'close') parentPort?.close()
})

async function answer(request: Request): Promise<Answer> {
  try {
    switch (request.kind) {
      case 'load':
        return { kind: 'loaded', session: await load(request.model) }
      case 'run':
        return { kind: 'outputs', ...(await run(sessions[request.session]!, request.feeds, request.moved)) }
      case 'close':
        await Promise.all(sessions.map(session => session.release()))
        return { kind: 'closed' }
      default: {
        const never: never = request
        throw new TypeError(`no request is ${JSON.stringify(never)}`)
      }
    }
  } catch (error) {
    return { ...toFailure(error), moved: request.kind === 'run' ? request.moved : [] }
  }
}

async function load(model: Uint8Array): Promise<number> {
  const { device } = settings
  if (device !== 'cpu' && sessions.length === 0) await checkDevice(device, runOn(device), runOn('cpu'))
  return sessions.push(await open(model, device)) - 1
}

async function open(model: Uint8Array, device: Device): Promise<InferenceSession> {
  const ort = await importOnnxRuntime()
  return ort.InferenceSession.create(model, toSessionOptions({ ...settings, device })).catch(cause => {
    throw device === 'cpu' ? cause : noDevice(device, cause)
  })
}

function runOn(device: Device): RunOnce {
  return async (model, feeds) => {
    const ort = await importOnnxRuntime()
    const session = await open(model, device)
    const inputs = session.inputNames.map(name => [name, toTensor(ort, feeds[name]!)] as const)
    const outputs = Object.entries(await session.run(Object.fromEntries(inputs)))
    const copies = outputs.map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)] as const)
    await session.release()
    return Object.fromEntries(copies)
  }
}

async function run(
  session: InferenceSession,
  feeds: Readonly<Record<string, Feed>>,
  moved: readonly Moved[],
): Promise<Pick<AnswerOf<'outputs'>, 'outputs' | 'moved'>> {
  const ort = await importOnnxRuntime()
  const inputs: Record<string, Tensor> = {}
  const parameters = new Map(settings.parameters.map(({ name, shape }, p) => [name, { shape, ...moved[p]! }]))
  for (const name of session.inputNames) {
    const feed = feeds[name] ?? parameters.get(name)
    inputs[name] = feed === undefined ? pasts.get(session)!.get(name)! : toTensor(ort, feed)
  }
  // No arrays are given for the gradients: the binding would fill them and hand out copies all the same.
  const outputs = await session.run(inputs)
  const summed = settings.parameters.map(({ name }, p) => addGradient(moved[p]!, outputs[gradientName(name)]))
  const present = session.outputNames.filter(name => name.startsWith(PRESENT))
  pasts.set(session, new Map(present.map(name => [name.replace(PRESENT, PAST), outputs[name]!])))
  // Gradients and what is read stay here; the rest is copied out of the session's memory.
  const isGradient = new Set(settings.parameters.map(({ name }) => gradientName(name)))
  const others = session.outputNames.filter(name => !isGradient.has(name) && !present.includes(name))
  const copies = others.map(name => [name, Float32Array.from(outputs[name]!.data as Float32Array)] as const)
  return { outputs: Object.fromEntries(copies), moved: summed }
}

/** The first gradient since the last step is taken as it is, and more are added to it. */
function addGradient({ data, gradient }: Moved, output: Tensor | undefined): Moved {
  if (output === undefined) return { data, gradient }
  const part = output.data as Float32Array<ArrayBuffer>
  if (gradient === undefined) return { data, gradient: part }
  addTo(gradient, part)
  discard(part.buffer)
  return { data, gradient }
}

function toTensor(ort: OnnxRuntime, { data, shape }: Feed): Tensor {
  return data instanceof Float32Array
    ? new ort.Tensor('float32', data, shape)
    : new ort.Tensor('int64', data, shape)
}

function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < part.length; i++) sum[i] = sum[i]! + part[i]!
}

function toFailure(error: unknown): Omit<AnswerOf<'failed'>, 'moved'> {
  if (error instanceof LosslineError) {
    const { code, message: what, fix } = error
    return { kind: 'failed', code, what, fix }
  }
  const what = error instanceof Error ? error.message : String(error)
  if (/alloc/i.test(what)) {
    const fix =
      'Train with {gradient_checkpointing}, a smaller {per_device_train_batch_size}, a smaller {max_length}, or LoRA.'
    return {
      kind: 'failed',
      code: 'train/out-of-memory',
      what: 'there is not enough memory for this batch',
      fix,
    }
  }
  return { kind: 'failed', code: 'train/runtime', what: `ONNX Runtime failed: ${what}`, fix: undefined }
}
