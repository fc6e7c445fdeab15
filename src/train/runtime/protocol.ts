import type { Feed } from '../model/index.ts'
import type { Moved } from './moved-parameter.ts'
import type { Device } from './onnx-runtime.ts'

/** A parameter without its arrays, which come with each run and go back with its answer. */
export interface NamedParameter {
  readonly name: string
  readonly shape: readonly number[]
}

/** What the worker is started with. */
export interface WorkerSettings {
  readonly device: Device
  readonly threads: number | undefined
  /** Whether stored weights are made float32 when a session is opened, and not at each run. */
  readonly isWidened: boolean
  readonly folder: string
  readonly parameters: readonly NamedParameter[]
}

export type Request =
  | { readonly kind: 'load'; readonly model: Uint8Array }
  /** Runs a model: its gradients are added to those of the parameters, its other outputs are the answer. */
  | {
      readonly kind: 'run'
      readonly session: number
      readonly feeds: Readonly<Record<string, Feed>>
      /** In the order of the settings. */
      readonly moved: readonly Moved[]
    }
  | { readonly kind: 'close' }

export type Answer =
  | { readonly kind: 'loaded'; readonly session: number }
  | {
      readonly kind: 'outputs'
      readonly outputs: Readonly<Record<string, Float32Array>>
      readonly moved: readonly Moved[]
    }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly what: string
      readonly fix: string | undefined
      /** What came with a run, as it was. */
      readonly moved: readonly Moved[]
    }

export type AnswerOf<Kind extends Answer['kind']> = Extract<Answer, { kind: Kind }>
