import type { Feed } from '../model/index.ts'
import type { Device } from './onnx-runtime.ts'

/** A parameter as both threads see it: its numbers and its gradient lie on shared memory. */
export interface SharedParameter {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array
  readonly gradient: Float32Array
}

/** What the worker is started with. */
export interface WorkerSettings {
  readonly device: Device
  readonly threads: number | undefined
  /** Whether stored weights are made float32 when a session is opened, and not at each run. */
  readonly isWidened: boolean
  readonly folder: string
  readonly parameters: readonly SharedParameter[]
}

export type Request =
  | { readonly kind: 'load'; readonly model: Uint8Array }
  /** Runs a model: its other outputs are the answer, and its gradients are added to those on shared memory. */
  | { readonly kind: 'run'; readonly session: number; readonly feeds: Readonly<Record<string, Feed>> }
  | { readonly kind: 'close' }

export type Answer =
  | { readonly kind: 'loaded'; readonly session: number }
  | { readonly kind: 'outputs'; readonly outputs: Readonly<Record<string, Float32Array>> }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly what: string
      readonly fix: string | undefined
    }
