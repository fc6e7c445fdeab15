import { LosslineError } from '../../error.ts'
import { ByteSource } from '../byte-source.ts'
import type { ArrowChunk } from '../chunk.ts'
import { readMessages } from './message.ts'
import { NeededMessages, own } from './split.ts'

/**
 * The record batches of Arrow streams that come one after another through one pipe, each a chunk of its own as soon as it is there; those
 * without rows too, so that whoever sent them gets an answer. Each stream brings its schema.
 *
 * @param name of the pipe, for the places of its rows, which are counted through
 * @throws LosslineError `dataset/not-arrow`, `dataset/arrow-…`
 */
export async function* splitArrowStreams(
  bytes: AsyncIterable<Buffer>,
  name: string,
): AsyncGenerator<ArrowChunk> {
  const source = new ByteSource(bytes, name)
  let startRow = 0
  try {
    while (await hasStream(source)) {
      const needed = new NeededMessages()
      for await (const message of readMessages(source)) {
        if (message.kind !== 'records') {
          needed.add(message)
          continue
        }
        const { rowCount } = message
        yield { kind: 'arrow', name, startRow, rowCount, bytes: own([...needed.list(), message.bytes]) }
        startRow += rowCount
      }
    }
    source.finish(startRow)
  } finally {
    await source.close()
  }
}

/** Whether bytes come that can be a stream. */
async function hasStream(source: ByteSource): Promise<boolean> {
  const head = await source.look(4)
  if (head.length === 0) return false
  if (head.length >= 4 && head.readUInt32LE(0) === CONTINUATION) return true
  const fix = 'Send Arrow IPC streams, as pyarrow.ipc.new_stream writes them.'
  throw new LosslineError('dataset/not-arrow', 'has something else where an Arrow stream has to begin', {
    where: source.name,
    fix,
  })
}

/** What each message of a stream begins with. */
const CONTINUATION = 0xffffffff
