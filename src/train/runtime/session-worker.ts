// The thread that runs graphs: ONNX Runtime blocks whoever calls it for as long as a step takes.
import { MessageChannel, type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { LosslineError } from '../../error.ts'
import { type Feed, gradientName, PAST, PRESENT } from '../model/index.ts'
import { checkDevice, type RunOnce } from './check-device.ts'
import {
  type Device,
  importOnnxRuntime,
  noDevice,
  type OnnxRuntime,
  toSessionOptions,
} from './onnx-runtime.ts'
import type { Answer, Request, SharedParameter, WorkerSettings } from './protocol.ts'

const settings = workerData as WorkerSettings
const sessions: InferenceSession[] = []

/** ONNX Runtime takes no shared memory: parameters are copied to here before a run. */
const values = new Map<string, Tensor>()
/** A way out with nobody behind it. */
const nowhere: MessagePort = new MessageChannel().port1
nowhere.close()

/** Of each session what a run gave as present: the past of the next run, unless that is fed. */
const pasts = new Map<InferenceSession, Map<string, Tensor>>()

parentPort?.on('message', async (request: Request) => {
  parentPort?.postMessage(await answer(request))
  if (request.kind === 'close') parentPort?.close()
})

async function answer(request: Request): Promise<Answer> {
  try {
    switch (request.kind) {
      case 'load':
        return { kind: 'loaded', session: await load(request.model) }
      case 'run':
        return { kind: 'outputs', outputs: await run(sessions[request.session]!, request.feeds) }
      case 'close':
        await Promise.all(sessions.map(session => session.release()))
        return { kind: 'closed' }
      default: {
        const never: never = request
        throw new TypeError(`no request is ${JSON.stringify(never)}`)
      }
    }
  } catch (error) {
    return toFailure(error)
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
): Promise<Record<string, Float32Array>> {
  const ort = await importOnnxRuntime()
  const inputs: Record<string, Tensor> = {}
  for (const name of session.inputNames) {
    const feed = feeds[name]
    const kept = pasts.get(session)?.get(name)
    inputs[name] = feed === undefined ? (kept ?? refresh(ort, name)) : toTensor(ort, feed)
  }
  const trained = settings.parameters.filter(({ name }) => session.outputNames.includes(gradientName(name)))
  // No arrays are given for the gradients: the binding would fill them and hand out copies all the same.
  const outputs = await session.run(inputs)
  for (const { name, gradient } of trained) {
    const part = outputs[gradientName(name)]!.data as Float32Array<ArrayBuffer>
    addTo(gradient, part)
    discard(part.buffer)
  }
  const present = session.outputNames.filter(name => name.startsWith(PRESENT))
  pasts.set(session, new Map(present.map(name => [name.replace(PRESENT, PAST), outputs[name]!])))
  // Gradients and what is read stay here; the rest is copied out of the session's memory.
  const isGradient = new Set(trained.map(({ name }) => gradientName(name)))
  const others = session.outputNames.filter(name => !isGradient.has(name) && !present.includes(name))
  return Object.fromEntries(
    others.map(name => [name, Float32Array.from(outputs[name]!.data as Float32Array)]),
  )
}

/** A parameter's numbers of now. */
function refresh(ort: OnnxRuntime, name: string): Tensor {
  const parameter = settings.parameters.find(parameter => parameter.name === name)!
  const value = localOf(ort, parameter)
  const copy = value.data as Float32Array
  copy.set(parameter.data)
  return value
}

function localOf(ort: OnnxRuntime, { name, shape, data }: SharedParameter): Tensor {
  const local = values.get(name) ?? new ort.Tensor('float32', new Float32Array(data.length), shape)
  values.set(name, local)
  return local
}

function toTensor(ort: OnnxRuntime, { data, shape }: Feed): Tensor {
  return data instanceof Float32Array
    ? new ort.Tensor('float32', data, shape)
    : new ort.Tensor('int64', data, shape)
}

function addTo(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < part.length; i++) sum[i] = sum[i]! + part[i]!
}

/** Frees memory now that would else be freed when garbage is collected, after the next step has taken as much again. */
function discard(buffer: ArrayBuffer): void {
  nowhere.postMessage(undefined, [buffer])
}

function toFailure(error: unknown): Answer {
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
