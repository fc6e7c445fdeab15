import { parseRow } from '../../conversation/index.ts'
import type { TokenRows } from '../../dataset/index.ts'
import { describeError, LosslineError } from '../../error.ts'
import { type Json, parseJson } from '../../json/index.ts'
import { type MaskContext, maskExample } from '../../mask/index.ts'

/** The chats of a dropped file, with their masks. */
export interface MaskedChats {
  readonly rows: TokenRows
  /** Rows of the file that gave an example. */
  readonly usedRows: number
  readonly trainedTokens: number
  /** One line each, of rows that can't be used. */
  readonly problems: readonly string[]
}

/** What the file's rows are masked to, with the options that `lossline show` has unless it is told others. */
export function maskChats(text: string, context: MaskContext): MaskedChats {
  const ids: number[] = []
  const labels: number[] = []
  const offsets = [0]
  const problems: string[] = []
  let usedRows = 0
  for (const [row, value] of toRows(text).entries()) {
    try {
      const { example } = parseRow(typeof value === 'string' ? parseJson(value) : value.json)
      for (const masked of maskExample(example, context)) {
        for (const id of masked.encoded.ids) ids.push(id)
        for (const label of masked.labels) labels.push(label)
        offsets.push(ids.length)
      }
      usedRows++
    } catch (error) {
      if (!(error instanceof LosslineError)) throw error
      problems.push(describeError(error.at(`row ${row}`)))
    }
  }
  return {
    rows: {
      inputIds: Int32Array.from(ids),
      labels: Int32Array.from(labels),
      offsets: Int32Array.from(offsets),
      ...{ lossWeights: undefined, positionIds: undefined, seqLengths: undefined },
    },
    usedRows,
    trainedTokens: labels.filter(label => label !== -100).length,
    problems,
  }
}

/** A JSON list has its items, a file of JSON lines a text each. */
function toRows(text: string): (string | { readonly json: Json })[] {
  if (text.trimStart().startsWith('[')) {
    const list = parseJson(text)
    return Array.isArray(list) ? list.map((json: Json) => ({ json })) : []
  }
  return text.split('\n').filter(line => line.trim() !== '')
}
