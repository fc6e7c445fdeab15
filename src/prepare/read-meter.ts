import type { Input } from './plan.ts'

/** How much of the inputs has been read, in bytes as they lie on the disk: packed ones count as packed. */
export class ReadMeter {
  bytesRead = 0
  readonly #inputBytes: readonly (number | undefined)[]
  readonly #reads: number[]

  constructor(inputs: readonly Input[]) {
    this.#inputBytes = inputs.map(countInputBytes)
    // A number of samples takes a read to count the rows, and mostly one more.
    this.#reads = inputs.map(({ samples, weight = 1 }) => (samples === undefined ? Math.ceil(weight) : 2))
  }

  /** Of all reads together; undefined with standard input. */
  get bytesTotal(): number | undefined {
    let total = 0
    for (const [i, byteLength] of this.#inputBytes.entries()) {
      if (byteLength === undefined) return undefined
      total += byteLength * this.#reads[i]!
    }
    return total
  }

  readonly add = (byteLength: number): void => {
    this.bytesRead += byteLength
  }

  /** How often an input is read, once that is known. */
  setReads(input: number, count: number): void {
    this.#reads[input] = count
  }
}

/** Bytes of an input as they lie on the disk; undefined with standard input. */
export function countInputBytes({ files }: Input): number | undefined {
  if (files.some(({ path }) => path === '-')) return undefined
  return files.flatMap(({ parts }) => parts).reduce((sum, { byteLength }) => sum + byteLength, 0)
}
