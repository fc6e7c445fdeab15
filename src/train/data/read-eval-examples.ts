import { concatRows, type TokenRows } from '../../dataset/index.ts'
import { IGNORE_INDEX, type Masked, SOURCES } from '../../mask/index.ts'
import type { Model } from '../../open-model.ts'
import { cutTrained, emptyTally, type Piece, prepareMasked } from '../../prepare/index.ts'
import type { SFTConfig } from '../config/index.ts'
import { checkSignal } from './check-signal.ts'
import { type ExampleSet, type Origin, type Origins, toExampleSet } from './example-set.ts'
import {
  arrangeExamples,
  findPrepared,
  type ReadExamplesOptions,
  readExamples,
  withoutCuts,
} from './read-examples.ts'
import { tellLosses } from './tell-losses.ts'

/**
 * What is evaluated on: as {@link readExamples}, but never shuffled, and with the origin of each token, where the inputs are conversations.
 *
 * @param model that of the options, opened
 * @throws LosslineError as `readExamples`
 */
export async function readEvalExamples(
  options: ReadExamplesOptions,
  config: Pick<SFTConfig, 'packing' | 'evalPacking' | 'packingStrategy' | 'maxLength' | 'seed'>,
  model: Model,
): Promise<ExampleSet> {
  const arranged = { ...config, packing: config.evalPacking ?? config.packing, shuffleDataset: false }
  if (findPrepared(options.inputs) !== undefined) return readExamples(options, arranged)
  const parts: TokenRows[] = []
  const places: string[] = []
  const origins = new OriginTable()
  const told = emptyTally()
  const reading = withoutCuts(options, arranged)
  for await (const { masked, piece, where } of prepareMasked(reading, model, told)) {
    checkSignal(options.signal)
    parts.push(toRows(masked, piece))
    origins.add(masked, piece)
    places.push(where)
  }
  const rows = parts.length === 0 ? undefined : concatRows(parts)
  const paths = options.inputs.map(({ path }) => path).join(', ')
  if (rows === undefined) return readExamples(options, arranged)
  for (const sentence of tellLosses(told, reading)) options.notice?.(`evaluation: ${sentence}`)
  const set = toExampleSet(rows, { origins: origins.build(), describe: example => places[example]! })
  return arrangeExamples(set, arranged, paths)
}

function toRows(masked: Masked, piece: Piece): TokenRows {
  const { startToken, endToken } = piece
  const weights = cutTrained(masked.weights, piece, 0)
  return {
    inputIds: masked.encoded.ids.subarray(startToken, endToken),
    labels: cutTrained(masked.labels, piece, IGNORE_INDEX),
    lossWeights: weights.some(weight => weight !== 0 && weight !== 1) ? weights : undefined,
    positionIds: undefined,
    seqLengths: undefined,
    offsets: Int32Array.of(0, endToken - startToken),
  }
}

class OriginTable {
  readonly #parts: Int32Array[] = []
  readonly #codes = new Map<string, number>()
  readonly #table: Origin[] = []

  add({ messages, sources, roles }: Masked, { startToken, endToken }: Piece): void {
    const codes = new Int32Array(endToken - startToken)
    for (let t = startToken; t < endToken; t++)
      codes[t - startToken] = this.#codeOf(messages[t]!, sources[t]!, roles)
    this.#parts.push(codes)
  }

  build(): Origins {
    const codes = new Int32Array(this.#parts.reduce((sum, part) => sum + part.length, 0))
    let at = 0
    for (const part of this.#parts) {
      codes.set(part, at)
      at += part.length
    }
    return { codes, table: this.#table }
  }

  #codeOf(message: number, sourceIndex: number, roles: readonly string[]): number {
    const role = roles[message]
    const turn = role === undefined ? undefined : countRole(role, roles, message)
    const key = `${turn} ${sourceIndex} ${role}`
    const found = this.#codes.get(key)
    if (found !== undefined) return found
    const code = this.#table.push({ role, turn, source: SOURCES[sourceIndex]! }) - 1
    this.#codes.set(key, code)
    return code
  }
}

/** The number of a message among those of its role. */
function countRole(role: string, roles: readonly string[], message: number): number {
  return roles.slice(0, message + 1).filter(other => other === role).length
}
