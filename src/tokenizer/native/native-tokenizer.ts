import type { MessagePort } from 'node:worker_threads'
import { LosslineError, quote } from '../../error.ts'
import type { Encoded } from '../encoded.ts'
import { nodeModule } from '../node-module.ts'
import type { EncodeOptions, Tokenizer } from '../tokenizer.ts'
import type { AddedToken } from '../tokenizer-json/index.ts'
import type { Answer, Question, WorkerReady, WorkerStart } from './protocol.ts'

/**
 * A tokenizer by the native `tokenizers` package, behind our interface. It runs in a worker thread, as its answers are promises;
 * this thread sleeps until they are there.
 *
 * @param reason why ours won't do: `model Unigram`
 * @throws LosslineError `tokenizer/needs-native` when the package isn't installed, `tokenizer/needs-node`, `tokenizer/json`
 */
export async function openNativeTokenizer(
  json: string,
  addedTokens: readonly AddedToken[],
  reason: string,
): Promise<Tokenizer> {
  const { MessageChannel, receiveMessageOnPort, Worker } = await nodeModule('node:worker_threads', reason)
  const signal = new SharedArrayBuffer(4)
  const { port1: port, port2: workerPort } = new MessageChannel()
  const workerData: WorkerStart = { json, addedTokens, signal, port: workerPort }
  const url = new URL(import.meta.url.replace(/native-tokenizer\.([jt]s)/, 'worker.$1'))
  const worker = new Worker(url, { workerData, transferList: [workerPort] })
  const ready = await new Promise<WorkerReady>((resolve, reject) => {
    port.once('message', resolve)
    worker.once('error', reject)
  })
  worker.unref()
  port.unref()
  const channel = {
    signal: new Int32Array(signal),
    receive: () => receiveMessageOnPort(port)?.message as unknown,
    port,
  }
  if (ready.kind === 'ready') return new NativeTokenizer(channel, addedTokens, ready)
  await worker.terminate()
  if (ready.kind === 'refused')
    throw new LosslineError('tokenizer/json', `is refused by the native package: ${ready.reason}`, {
      where: 'tokenizer.json',
      fix: 'Take it from its source again',
    })
  throw new LosslineError(
    'tokenizer/needs-native',
    `${reason} needs the native package, which can't be loaded (${quote(ready.reason)})`,
    { where: 'tokenizer.json', fix: 'Install it: npm install tokenizers' },
  )
}

/** The way to the worker and back. */
interface Channel {
  readonly port: MessagePort
  /** Not 0 when an answer is there. */
  readonly signal: Int32Array
  readonly receive: () => unknown
}

class NativeTokenizer implements Tokenizer {
  readonly vocabSize: number
  readonly #channel: Channel
  readonly #isSpecial = new Map<number, boolean>()
  readonly #ids = new Map<string, number | undefined>()
  readonly #tokens = new Map<number, string | undefined>()

  constructor(
    channel: Channel,
    addedTokens: readonly AddedToken[],
    ready: WorkerReady & { readonly kind: 'ready' },
  ) {
    this.#channel = channel
    this.vocabSize = ready.vocabSize
    addedTokens.forEach(({ special }, i) => {
      const id = ready.addedIds[i]
      if (id !== undefined && id !== null) this.#isSpecial.set(id, special)
    })
  }

  encode(text: string, options: EncodeOptions = {}): Encoded {
    const { addSpecialTokens = true } = options
    const { ids, offsets } = this.#ask({ kind: 'encode', text, addSpecialTokens }, 'encoded')
    const toUnit = unitsOfCodePoints(text)
    const starts = Int32Array.from(ids, (_, t) => toUnit(offsets[t * 2]!))
    const ends = Int32Array.from(ids, (_, t) => toUnit(offsets[t * 2 + 1]!))
    return { text, ids, starts, ends }
  }

  decode(ids: ArrayLike<number>, options: { readonly skipSpecialTokens?: boolean } = {}): string {
    const { skipSpecialTokens = true } = options
    return this.#ask({ kind: 'decode', ids: Array.from(ids), skipSpecialTokens }, 'text').text ?? ''
  }

  tokenToId(token: string): number | undefined {
    if (!this.#ids.has(token)) this.#ids.set(token, this.#ask({ kind: 'tokenToId', token }, 'id').id)
    return this.#ids.get(token)
  }

  idToToken(id: number): string | undefined {
    if (!this.#tokens.has(id)) this.#tokens.set(id, this.#ask({ kind: 'idToToken', id }, 'text').text)
    return this.#tokens.get(id)
  }

  isSpecial(id: number): boolean {
    return this.#isSpecial.get(id) ?? false
  }

  isAdded(id: number): boolean {
    return this.#isSpecial.has(id)
  }

  /** Sends a question and sleeps until its answer is there. */
  #ask<Kind extends Answer['kind']>(question: Question, kind: Kind): Answer & { readonly kind: Kind } {
    const { port, signal, receive } = this.#channel
    Atomics.store(signal, 0, 0)
    port.postMessage(question)
    Atomics.wait(signal, 0, 0)
    const answer = receive() as Answer | undefined
    if (answer?.kind === kind) return answer as Answer & { readonly kind: Kind }
    throw new Error(`the native tokenizer failed: ${answer?.kind === 'error' ? answer.reason : 'no answer'}`)
  }
}

/** Place of a code point to place of a UTF-16 unit. */
function unitsOfCodePoints(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return codePoint => codePoint
  const units = [0]
  for (const char of text) units.push(units.at(-1)! + char.length)
  return codePoint => units[codePoint]!
}
