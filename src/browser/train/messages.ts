import type { DroppedFiles } from '../dropped-files.ts'

/** What the page and the worker that trains say to each other. */

export interface PageOptions {
  readonly maxSteps: number
  readonly learningRate: number
  readonly batchSize: number
  readonly trained: 'lora' | 'all'
}

export type ToWorker =
  | { readonly kind: 'look'; readonly dataset: Uint8Array; readonly model: DroppedFiles }
  | { readonly kind: 'train'; readonly options: PageOptions }
  | { readonly kind: 'stop' }

export type FromWorker =
  | {
      readonly kind: 'looked'
      readonly rows: number
      readonly tokens: number
      readonly trainedTokens: number
      /** Of the first example, as HTML. */
      readonly maskHtml: string
      /** One line each: rows that can't be used. */
      readonly problems: readonly string[]
    }
  | {
      readonly kind: 'opened'
      readonly trainedParameters: number
      readonly device: string
      /** Why WebGPU is not used where there is one. */
      readonly reason: string | undefined
    }
  | {
      readonly kind: 'step'
      readonly step: number
      readonly loss: number
      readonly gradNorm: number
      /** Tokens a second, since training began. */
      readonly speed: number
    }
  | { readonly kind: 'done'; readonly steps: number }
  | { readonly kind: 'failed'; readonly text: string }
