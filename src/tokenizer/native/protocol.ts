import type { MessagePort } from 'node:worker_threads'
import type { AddedToken } from '../tokenizer-json/index.ts'

/** What the worker is started with. */
export interface WorkerStart {
  readonly json: string
  readonly addedTokens: readonly AddedToken[]
  /** Int32Array[1]: 1 once the answer to the last question is there. */
  readonly signal: SharedArrayBuffer
  /** For questions and answers. */
  readonly port: MessagePort
}

/** Its first message: the tokenizer is there, or why it isn't. */
export type WorkerReady =
  | { readonly kind: 'ready'; readonly vocabSize: number; readonly addedIds: readonly (number | null)[] }
  | { readonly kind: 'not-installed'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

export type Question =
  | { readonly kind: 'encode'; readonly text: string; readonly addSpecialTokens: boolean }
  | { readonly kind: 'decode'; readonly ids: readonly number[]; readonly skipSpecialTokens: boolean }
  | { readonly kind: 'tokenToId'; readonly token: string }
  | { readonly kind: 'idToToken'; readonly id: number }

export type Answer =
  /** `offsets`: start and end of each token, in code points. */
  | { readonly kind: 'encoded'; readonly ids: Int32Array; readonly offsets: Int32Array }
  | { readonly kind: 'text'; readonly text: string | undefined }
  | { readonly kind: 'id'; readonly id: number | undefined }
  | { readonly kind: 'error'; readonly reason: string }
