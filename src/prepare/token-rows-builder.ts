import { type TokenRows, toLossWeights } from '../dataset/index.ts'

const FIRST_TOKENS = 1 << 16
const ID_BYTES = 4
/** Of an id and a label. */
export const TOKEN_BYTES = 8

/** Token rows that grow at their end. */
export class TokenRowsBuilder {
  #inputIds: Int32Array
  #labels: Int32Array
  #lossWeights: Float32Array | undefined
  #offsets = new Int32Array(1 << 10)
  #tokenCount = 0
  #rowCount = 0

  /** @param room tokens expected in all, or memory for ids and labels; more are fine */
  constructor(room: number | SharedArrayBuffer = FIRST_TOKENS) {
    if (typeof room === 'number') {
      this.#inputIds = new Int32Array(room)
      this.#labels = new Int32Array(room)
    } else {
      const tokens = Math.floor(room.byteLength / TOKEN_BYTES)
      this.#inputIds = new Int32Array(room, 0, tokens)
      this.#labels = new Int32Array(room, tokens * ID_BYTES, tokens)
    }
  }

  get tokenCount(): number {
    return this.#tokenCount
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** @param weights undefined where each is 0 or 1, as the labels have it */
  add(ids: Int32Array, labels: Int32Array, weights: Float32Array | undefined): void {
    this.addWith(ids, to => to.set(labels), weights)
  }

  /** Adds a row without a copy of its labels: `toLabels` makes them of the ids that it is given. */
  addWith(ids: Int32Array, toLabels: (labels: Int32Array) => void, weights: Float32Array | undefined): void {
    const start = this.#tokenCount
    const end = start + ids.length
    this.#growTokens(end)
    this.#inputIds.set(ids, start)
    this.#labels.set(ids, start)
    const labels = this.#labels.subarray(start, end)
    toLabels(labels)
    if (weights !== undefined) this.#startWeights()
    if (this.#lossWeights !== undefined) this.#lossWeights.set(weights ?? toLossWeights(labels), start)
    this.#tokenCount = end
    this.#growRows(this.#rowCount + 1)
    this.#offsets[++this.#rowCount] = end
  }

  /** Adds all rows of others. */
  addRows(rows: TokenRows): void {
    const start = this.#tokenCount
    const end = start + rows.inputIds.length
    const count = rows.offsets.length - 1
    this.#growTokens(end)
    this.#inputIds.set(rows.inputIds, start)
    this.#labels.set(rows.labels, start)
    if (rows.lossWeights !== undefined) this.#startWeights()
    if (this.#lossWeights !== undefined)
      this.#lossWeights.set(rows.lossWeights ?? toLossWeights(rows.labels), start)
    this.#tokenCount = end
    this.#growRows(this.#rowCount + count)
    for (let r = 1; r <= count; r++) this.#offsets[this.#rowCount + r] = start + rows.offsets[r]!
    this.#rowCount += count
  }

  /** Begins anew in the same memory: what {@link build} gave is written over. */
  clear(): void {
    this.#tokenCount = 0
    this.#rowCount = 0
    this.#lossWeights = undefined
  }

  /** The rows so far, without a copy; nothing may be added to them. */
  build(): TokenRows {
    const tokens = this.#tokenCount
    return {
      inputIds: cut(this.#inputIds, tokens),
      labels: cut(this.#labels, tokens),
      lossWeights: this.#lossWeights && cut(this.#lossWeights, tokens),
      positionIds: undefined,
      seqLengths: undefined,
      offsets: cut(this.#offsets, this.#rowCount + 1),
    }
  }

  /** From now on there are weights; those of the rows before are what their labels say. */
  #startWeights(): void {
    if (this.#lossWeights !== undefined) return
    this.#lossWeights = new Float32Array(this.#inputIds.length)
    this.#lossWeights.set(toLossWeights(this.#labels.subarray(0, this.#tokenCount)))
  }

  #growTokens(needed: number): void {
    const length = this.#inputIds.length
    if (needed <= length) return
    const grown = Math.max(needed, length + (length >> 1))
    this.#inputIds = grow(this.#inputIds, new Int32Array(grown))
    this.#labels = grow(this.#labels, new Int32Array(grown))
    if (this.#lossWeights !== undefined) this.#lossWeights = grow(this.#lossWeights, new Float32Array(grown))
  }

  #growRows(needed: number): void {
    const { length } = this.#offsets
    if (needed < length) return
    this.#offsets = grow(this.#offsets, new Int32Array(Math.max(needed + 1, 2 * length)))
  }
}

function grow<Column extends Int32Array | Float32Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}

/** A view: what lies behind it is not sent anywhere but to a file. */
function cut<Column extends Int32Array | Float32Array>(column: Column, length: number): Column {
  return (column.length === length ? column : column.subarray(0, length)) as Column
}
