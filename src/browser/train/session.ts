import { env, InferenceSession, Tensor } from 'onnxruntime-web/webgpu'
import { LosslineError } from '../../error.ts'
import type { Feed } from '../../train/model/index.ts'
import { checkDevice, type RunOnce } from '../../train/runtime/index.ts'

export type PageDevice = 'webgpu' | 'wasm'

/** What trains, and why it is not WebGPU where the browser has that. */
export interface ChosenDevice {
  readonly device: PageDevice
  readonly reason?: string
}

/** What this page needs to know of WebGPU. */
interface Gpu {
  requestAdapter(): Promise<object | null>
}

/**
 * WebGPU where the page has it, and it computes the gradients of a tiny model as WebAssembly does, else WebAssembly: a driver that computes
 * something else says nothing of it.
 */
export async function chooseDevice(): Promise<ChosenDevice> {
  try {
    const adapter = 'gpu' in navigator ? await (navigator.gpu as Gpu).requestAdapter() : null
    if (adapter === null) return { device: 'wasm' }
    await checkDevice('webgpu', runOn('webgpu'), runOn('wasm'))
    return { device: 'webgpu' }
  } catch (error) {
    const what =
      error instanceof LosslineError ? error.message : `it failed on a tiny model: ${String(error)}`
    return { device: 'wasm', reason: what.length > 300 ? `${what.slice(0, 299)}…` : what }
  }
}

/** Opens the bytes of an ONNX model. */
export function openSession(
  model: Uint8Array,
  device: PageDevice,
  externalData: readonly { path: string; data: Uint8Array }[] = [],
): Promise<InferenceSession> {
  env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1
  return InferenceSession.create(model, {
    executionProviders: device === 'webgpu' ? ['webgpu', 'wasm'] : ['wasm'],
    // As in Node: what is written is what runs.
    graphOptimizationLevel: 'disabled',
    enableMemPattern: false,
    externalData,
    logSeverityLevel: 3,
  })
}

export function toTensor({ data, shape }: Feed): Tensor {
  return data instanceof Float32Array ? new Tensor('float32', data, shape) : new Tensor('int64', data, shape)
}

function runOn(device: PageDevice): RunOnce {
  return async (model, feeds) => {
    const session = await openSession(model, device)
    try {
      const inputs = session.inputNames.map(name => [name, toTensor(feeds[name]!)] as const)
      const outputs = Object.entries(await session.run(Object.fromEntries(inputs)))
      return Object.fromEntries(
        outputs.map(([name, { data }]) => [name, Float32Array.from(data as Float32Array)] as const),
      )
    } finally {
      await session.release()
    }
  }
}
