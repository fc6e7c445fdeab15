import { createRequire } from 'node:module'
import type { InferenceSession } from 'onnxruntime-node'
import { LosslineError } from '../../error.ts'

export type OnnxRuntime = typeof import('onnxruntime-node')

/** What computes. `cuda` and `webgpu` need a driver, and `cuda` a part of onnxruntime-node that its install script fetches. */
export type Device = 'cpu' | 'cuda' | 'webgpu'

/**
 * onnxruntime-node, which is not installed with Lossline: it is large, and only training needs it.
 *
 * @throws LosslineError `train/no-runtime` with the command that installs it
 */
export async function importOnnxRuntime(): Promise<OnnxRuntime> {
  try {
    const ort = await import('onnxruntime-node')
    // What it says beside its errors, it says on the terminal of whoever uses us.
    ort.env.logLevel = 'fatal'
    return ort
  } catch (cause) {
    throw noRuntime(cause)
  }
}

/** Why a session did not open on a device that is not the CPU. */
export function noDevice(device: Exclude<Device, 'cpu'>, cause: unknown): LosslineError {
  const needs = {
    cuda: 'CUDA needs a driver, cuDNN 9, and the part of onnxruntime-node that its install script fetches',
    webgpu: 'WebGPU needs a graphics driver (on Linux with Vulkan)',
  }[device]
  return new LosslineError('train/no-device', `the device ${device} did not open. ${needs}`, {
    fix: 'Install what is missing, or leave {device} at cpu.',
    cause,
  })
}

function noRuntime(cause: unknown): LosslineError {
  const what = 'training needs the package onnxruntime-node, which is not installed'
  const fix =
    'Run: npm install onnxruntime-node (with ONNXRUNTIME_NODE_INSTALL_CUDA=skip before it where its download is out of reach).'
  return new LosslineError('train/no-runtime', what, { fix, cause })
}

/**
 * Whether onnxruntime-node is there, without loading it: to be said before hours of other work.
 *
 * @throws LosslineError `train/no-runtime`
 */
export function checkOnnxRuntime(): void {
  try {
    createRequire(import.meta.url).resolve('onnxruntime-node')
  } catch (cause) {
    throw noRuntime(cause)
  }
}

interface SessionSettings {
  readonly device: Device
  readonly isWidened?: boolean
  /** undefined: as many as ONNX Runtime thinks right. */
  readonly threads: number | undefined
  /** Where files of weights lie. */
  readonly folder: string
}

/** How graphs of ours are run: what is written is what runs, in little memory. */
export function toSessionOptions({
  device,
  threads,
  isWidened = false,
  folder,
}: SessionSettings): InferenceSession.SessionOptions {
  return {
    executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
    // Gradients that are computed once more on purpose would be merged with the first ones, and 16-bit weights widened for good.
    graphOptimizationLevel: isWidened ? 'basic' : 'disabled',
    // It plans memory for each shape anew: 1 GB more at 30 layers, and growing with each new length.
    enableMemPattern: false,
    enableCpuMemArena: true,
    logSeverityLevel: 3,
    ...(threads !== undefined && { intraOpNumThreads: threads }),
    extra: {
      session: {
        // Packed copies of the weights would take twice their memory for a few percent of speed.
        disable_prepacking: '1',
        model_external_initializers_file_folder_path: folder,
      },
    },
  }
}
