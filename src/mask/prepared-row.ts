import type { Encoded, Tokenizer } from '../tokenizer/index.ts'
import { LazyMasked } from './lazy-masked.ts'
import { IGNORE_INDEX, type Masked, type MaskRun, REASONS, SOURCES } from './masked.ts'

/** A row whose mask was decided when it was prepared. All arrays have one entry for each token, but for `seqLengths`. */
export interface PreparedIds {
  readonly inputIds: Int32Array
  readonly labels: Int32Array
  /** Undefined: 1 where the label is not -100. */
  readonly lossWeights: Float32Array | undefined
  /** Of a pack: the tokens of each of its sequences. */
  readonly seqLengths: Int32Array | undefined
}

/**
 * What was prepared, to be looked at: the text that the ids stand for, and the mask of their labels. Of a pack each sequence counts as a
 * message of the role `sequence`; what a token came from is not known any more.
 */
export function maskPrepared(row: PreparedIds, tokenizer: Tokenizer): Masked {
  const encoded = decodeTokens(row.inputIds, tokenizer)
  return new LazyMasked({
    rendered: { text: encoded.text, pieces: [], turns: [], marks: [], usesClock: false },
    encoded,
    runs: toRuns(row),
    spans: [],
    findings: [],
    roles: row.seqLengths === undefined ? [] : Array.from(row.seqLengths, () => 'sequence'),
    turn: undefined,
  })
}

const SOURCE = SOURCES.indexOf('prepared')
const LABEL = REASONS.indexOf('label')
const NO_LABEL = REASONS.indexOf('no-label')

function toRuns({ inputIds, labels, lossWeights, seqLengths }: PreparedIds): MaskRun[] {
  const weightOf = (t: number): number => lossWeights?.[t] ?? (labels[t] === IGNORE_INDEX ? 0 : 1)
  const ends = seqLengths === undefined ? [inputIds.length] : toEnds(seqLengths)
  const runs: MaskRun[] = []
  for (let t = 0, message = 0; t < inputIds.length; ) {
    while (t >= ends[message]!) message++
    const startToken = t
    const weight = weightOf(t)
    while (t < ends[message]! && weightOf(t) === weight) t++
    const reason = weight === 0 ? NO_LABEL : LABEL
    const owner = seqLengths === undefined ? -1 : message
    runs.push({ startToken, endToken: t, message: owner, source: SOURCE, reason, weight })
  }
  return runs
}

function toEnds(lengths: Int32Array): number[] {
  let end = 0
  return Array.from(lengths, length => {
    end += length
    return end
  })
}

/** Longest run of tokens that may make up one character, and then some. */
const MAX_GROUP = 8

/**
 * Decodes ids such that each token has its range. Tokens are decoded behind those before them, as a decoder may drop a space at the start of
 * a text; tokens that are parts of one character share its range.
 */
function decodeTokens(ids: Int32Array, tokenizer: Tokenizer): Encoded {
  const decode = (part: readonly number[]): string => tokenizer.decode(part, { skipSpecialTokens: false })
  const starts = new Int32Array(ids.length)
  const ends = new Int32Array(ids.length)
  const texts: string[] = []
  let length = 0
  let before: number[] = []
  for (let t = 0; t < ids.length; ) {
    const context = decode(before)
    const group: number[] = []
    let text = ''
    do {
      group.push(ids[t + group.length]!)
      text = decode([...before, ...group]).slice(context.length)
    } while (text.includes('\ufffd') && group.length < MAX_GROUP && t + group.length < ids.length)
    // No character came of it: the first token stands alone, as the bytes that it is.
    if (group.length > 1 && text.includes('\ufffd')) {
      group.length = 1
      text = decode([...before, ...group]).slice(context.length)
    }
    for (let i = 0; i < group.length; i++) {
      starts[t + i] = length
      ends[t + i] = length + text.length
    }
    texts.push(text)
    length += text.length
    t += group.length
    before = group
  }
  return { text: texts.join(''), ids, starts, ends }
}
