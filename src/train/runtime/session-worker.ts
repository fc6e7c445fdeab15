// The thread that runs graphs: ONNX Runtime blocks whoever calls it for as long as a step takes.
import { parentPort, workerData } from 'node:worker_threads'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { LosslineError } from '../../error.ts'
import { type Feed, gradientName, PAST, PRESENT } from '../model/index.ts'
import { importOnnxRuntime, noDevice, type OnnxRuntime, toSessionOptions } from './onnx-runtime.ts'
import type { Answer, Request, WorkerSettings } from './protocol.ts'

const settings = workerData as WorkerSettings
const sessions: InferenceSession[] = []

/** ONNX Runtime takes no shared memory: parameters are copied to here before a run, and gradients come here. */
interface LocalParameter {
  readonly value: Tensor
  readonly gradient: Tensor
}
const locals = new Map<string, LocalParameter>()

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
  const ort = await importOnnxRuntime()
  const { device } = settings
  const session = await ort.InferenceSession.create(model, toSessionOptions(settings)).catch(cause => {
    throw device === 'cpu' ? cause : noDevice(device, cause)
  })
  return sessions.push(session) - 1
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
  const gradients = settings.parameters.filter(({ name }) => session.outputNames.includes(gradientName(name)))
  const preallocated = new Map(gradients.map(({ name }) => [gradientName(name), localOf(ort, name).gradient]))
  const fetches = Object.fromEntries(session.outputNames.map(name => [name, preallocated.get(name) ?? null]))
  const outputs = await session.run(inputs, fetches)
  for (const { name, gradient } of gradients) {
    addTo(gradient, outputs[gradientName(name)]!.data as Float32Array)
  }
  const present = session.outputNames.filter(name => name.startsWith(PRESENT))
  pasts.set(session, new Map(present.map(name => [name.replace(PRESENT, PAST), outputs[name]!])))
  // Gradients and what is read stay here; the rest is copied out of the session's memory.
  const others = session.outputNames.filter(name => !preallocated.has(name) && !present.includes(name))
  return Object.fromEntries(
    others.map(name => [name, Float32Array.from(outputs[name]!.data as Float32Array)]),
  )
}

/** A parameter's numbers of now. */
function refresh(ort: OnnxRuntime, name: string): Tensor {
  const { value } = localOf(ort, name)
  const { data } = settings.parameters.find(parameter => parameter.name === name)!
  const copy = value.data as Float32Array
  copy.set(data)
  return value
}

function localOf(ort: OnnxRuntime, name: string): LocalParameter {
  const known = locals.get(name)
  if (known !== undefined) return known
  const { shape, data } = settings.parameters.find(parameter => parameter.name === name)!
  const make = (): Tensor => new ort.Tensor('float32', new Float32Array(data.length), shape)
  const local = { value: make(), gradient: make() }
  locals.set(name, local)
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
