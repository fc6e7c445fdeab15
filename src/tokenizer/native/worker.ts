// Runs in a worker thread: the native package answers with promises only, and the thread that asks sleeps until one is there.
import type { Tokenizer } from 'tokenizers'
import { nodeModule } from '../node-module.ts'
import type { Answer, Question, WorkerReady, WorkerStart } from './protocol.ts'

const { workerData } = await nodeModule('node:worker_threads', 'the native tokenizer')
const start = workerData as WorkerStart
const signal = new Int32Array(start.signal)

const { tokenizer, ready } = await open()
if (tokenizer !== undefined) {
  start.port.on('message', async (question: Question) => {
    start.port.postMessage(await answer(tokenizer, question))
    Atomics.store(signal, 0, 1)
    Atomics.notify(signal, 0)
  })
}
start.port.postMessage(ready)

async function open(): Promise<{ tokenizer?: Tokenizer; ready: WorkerReady }> {
  let native: typeof import('tokenizers')
  try {
    native = await import('tokenizers')
  } catch (error) {
    return { ready: { kind: 'not-installed', reason: messageOf(error) } }
  }
  try {
    const tokenizer = native.Tokenizer.fromString(start.json)
    tokenizer.disableTruncation()
    tokenizer.disablePadding()
    const addedIds = start.addedTokens.map(({ content }) => tokenizer.tokenToId(content))
    return { tokenizer, ready: { kind: 'ready', vocabSize: tokenizer.getVocabSize(true), addedIds } }
  } catch (error) {
    return { ready: { kind: 'refused', reason: messageOf(error) } }
  }
}

async function answer(native: Tokenizer, question: Question): Promise<Answer> {
  try {
    switch (question.kind) {
      case 'encode': {
        const options = { addSpecialTokens: question.addSpecialTokens }
        const encoding = await native.encode(question.text, null, options)
        const offsets = Int32Array.from(encoding.getOffsets().flat())
        return { kind: 'encoded', ids: Int32Array.from(encoding.getIds()), offsets }
      }
      case 'decode':
        return { kind: 'text', text: await native.decode([...question.ids], question.skipSpecialTokens) }
      case 'tokenToId':
        return { kind: 'id', id: native.tokenToId(question.token) ?? undefined }
      case 'idToToken':
        return { kind: 'text', text: native.idToToken(question.id) ?? undefined }
      default: {
        const never: never = question
        return never
      }
    }
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
