import { LosslineError } from '../../error.ts'
import { parseJson, writeJson } from '../../json/index.ts'
import { type RowText, readLines } from './text-lines.ts'

/**
 * The rows of a dropped file: JSON lines or a JSON list, plain or gzip. Lines are read as they come.
 *
 * @throws LosslineError for a file of another kind, and for a list that is no JSON
 */
export async function* readDroppedRows(file: File): AsyncGenerator<readonly RowText[]> {
  const head = new Uint8Array(await file.slice(0, 64).arrayBuffer())
  checkKind(head, file.name)
  const isGzip = head[0] === 0x1f && head[1] === 0x8b
  const open = (): ReadableStream<Uint8Array> =>
    isGzip
      ? file
          .stream()
          .pipeThrough(new DecompressionStream('gzip') as ReadableWritablePair<Uint8Array, Uint8Array>)
      : file.stream()
  const isList = await startsWithList(open())
  if (isList) yield toItems(await new Response(open()).text(), file.name)
  else yield* toLines(open(), file.name)
}

async function* toLines(
  stream: ReadableStream<Uint8Array>,
  name: string,
): AsyncGenerator<readonly RowText[]> {
  let line = 0
  for await (const lines of readLines(stream)) {
    const rows: RowText[] = []
    for (const json of lines) {
      line++
      if (json.trim() !== '') rows.push({ where: `${name}:${line}`, json })
    }
    yield rows
  }
}

function toItems(text: string, name: string): RowText[] {
  try {
    const list = parseJson(text)
    return (Array.isArray(list) ? list : [list]).map((item, i) => ({
      where: `${name}[${i}]`,
      json: writeJson(item),
    }))
  } catch (error) {
    throw error instanceof LosslineError ? error.at(name) : error
  }
}

async function startsWithList(stream: ReadableStream<Uint8Array>): Promise<boolean> {
  const reader = stream.getReader()
  const { value } = await reader.read()
  await reader.cancel()
  return new TextDecoder().decode(value?.subarray(0, 1024)).trimStart().startsWith('[')
}

const OTHERS: readonly (readonly [kind: string, start: string])[] = [
  ['Parquet', 'PAR1'],
  ['Arrow', 'ARROW1'],
  ['a zip archive', 'PK\u0003\u0004'],
  ['zstd', '\u0028\u00b5\u002f\u00fd'],
]

function checkKind(head: Uint8Array, name: string): void {
  const start = String.fromCharCode(...head.subarray(0, 8))
  const other = OTHERS.find(([, magic]) => start.startsWith(magic))
  if (other === undefined) return
  const what = `is ${other[0]}; this page reads JSON lines and JSON lists, plain or gzip`
  throw new LosslineError('page/file-kind', what, { where: name, fix: 'Open it with: lossline view FILE.' })
}
