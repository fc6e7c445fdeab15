import type { Finding } from '../finding.ts'
import type { Rendered } from '../template/index.ts'
import type { Encoded } from '../tokenizer/index.ts'
import { IGNORE_INDEX, type Masked, type MaskRun, type TrainedSpan } from './masked.ts'

/** The part of {@link Masked} that has one entry for each token. */
type TokenArrays = Pick<Masked, 'labels' | 'weights' | 'messages' | 'sources' | 'reasons'>

/**
 * A mask whose arrays are made of its runs when they are first read: who prepares data reads the labels, and hardly anyone all five.
 *
 * Its arrays are getters: `{ ...masked }` is without them.
 */
export class LazyMasked implements Masked {
  readonly rendered: Rendered
  readonly encoded: Encoded
  readonly runs: readonly MaskRun[]
  readonly spans: readonly TrainedSpan[]
  readonly findings: readonly Finding[]
  readonly roles: readonly string[]
  readonly turn: number | undefined
  #labels: Int32Array | undefined
  #weights: Float32Array | undefined
  #messages: Int32Array | undefined
  #sources: Uint8Array | undefined
  #reasons: Uint8Array | undefined

  constructor({ rendered, encoded, runs, spans, findings, roles, turn }: Omit<Masked, keyof TokenArrays>) {
    this.rendered = rendered
    this.encoded = encoded
    this.runs = runs
    this.spans = spans
    this.findings = findings
    this.roles = roles
    this.turn = turn
  }

  get labels(): Int32Array {
    this.#labels ??= toLabels(this.encoded.ids, this.runs)
    return this.#labels
  }

  get weights(): Float32Array {
    this.#weights ??= fill(new Float32Array(this.#length), this.runs, run => run.weight)
    return this.#weights
  }

  get messages(): Int32Array {
    this.#messages ??= fill(new Int32Array(this.#length), this.runs, run => run.message)
    return this.#messages
  }

  get sources(): Uint8Array {
    this.#sources ??= fill(new Uint8Array(this.#length), this.runs, run => run.source)
    return this.#sources
  }

  get reasons(): Uint8Array {
    this.#reasons ??= fill(new Uint8Array(this.#length), this.runs, run => run.reason)
    return this.#reasons
  }

  get #length(): number {
    return this.encoded.ids.length
  }
}

function toLabels(ids: Int32Array, runs: readonly MaskRun[]): Int32Array {
  const labels = new Int32Array(ids)
  for (const { weight, startToken, endToken } of runs)
    if (weight === 0) labels.fill(IGNORE_INDEX, startToken, endToken)
  return labels
}

function fill<A extends Int32Array | Float32Array | Uint8Array>(
  array: A,
  runs: readonly MaskRun[],
  pick: (run: MaskRun) => number,
): A {
  for (const run of runs) {
    const value = pick(run)
    // It is zeros already.
    if (value !== 0) array.fill(value, run.startToken, run.endToken)
  }
  return array
}
