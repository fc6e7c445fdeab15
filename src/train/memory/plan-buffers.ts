import type { Node, Tensor } from '../graph/index.ts'

/** Memory that one value after another lies in, from the step that needs it first to the last that reads it. */
export interface PlannedBuffer {
  /** One of the values; the others have as many bytes. */
  readonly value: Tensor
  readonly firstStep: number
  lastStep: number
}

/** Operators whose result is their input under another shape. */
const VIEWS: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity'])

/** Operators that write over an input of the result's size that nobody else reads. */
const IN_PLACE: ReadonlySet<string> = new Set(
  'Add Sub Mul Div Exp Log Neg Sqrt Sigmoid Tanh Erf Relu Abs Softmax Reciprocal'.split(' '),
)

/**
 * Which values share memory, as ONNX Runtime plans it: a value that nobody reads any more leaves its memory to the next of the same type
 * and shape, which may come much later; until then it is kept.
 *
 * @param nodes in the order in which they run
 * @param outputs of the graph: they lie in memory of their own
 */
export function planBuffers(nodes: readonly Node[], outputs: ReadonlySet<Tensor>): PlannedBuffer[] {
  const buffers: PlannedBuffer[] = []
  /** Of each value, its buffer; none for what is fed in, stored, or given out. */
  const bufferOf = new Map<Tensor, PlannedBuffer>()
  const reads = countReads(nodes)
  const readsLeft = new Map<PlannedBuffer, number>()
  /** Dead buffers by type and shape, the latest last. */
  const free = new Map<string, PlannedBuffer[]>()
  const takeFree = (key: string): PlannedBuffer | undefined => free.get(key)?.pop()

  for (const [step, { type, inputs, outputs: made }] of nodes.entries()) {
    const read = [...new Set(inputs)].flatMap(input =>
      input === undefined ? [] : (bufferOf.get(input) ?? []),
    )
    for (const value of made) {
      if (outputs.has(value)) continue
      const own = findOwn()
      bufferOf.set(value, own)
      own.lastStep = step
      readsLeft.set(own, (readsLeft.get(own) ?? 0) + (reads.get(value) ?? 0))

      function findOwn(): PlannedBuffer {
        const first = inputs[0] === undefined ? undefined : bufferOf.get(inputs[0])
        if (VIEWS.has(type) && first !== undefined) return first
        const isSame = (buffer: PlannedBuffer) =>
          keyOf(buffer.value) === keyOf(value) && readsLeft.get(buffer) === 1
        const over = IN_PLACE.has(type) ? read.find(isSame) : undefined
        const reused = over ?? takeFree(keyOf(value))
        if (reused !== undefined) return reused
        const buffer = { value, firstStep: step, lastStep: step }
        buffers.push(buffer)
        return buffer
      }
    }
    for (const input of inputs) {
      const buffer = input === undefined ? undefined : bufferOf.get(input)
      if (buffer === undefined) continue
      readsLeft.set(buffer, readsLeft.get(buffer)! - 1)
      buffer.lastStep = step
    }
    const touched = [...read, ...made.flatMap(value => bufferOf.get(value) ?? [])]
    for (const buffer of new Set(touched)) {
      if (readsLeft.get(buffer) !== 0) continue
      const key = keyOf(buffer.value)
      const alike = free.get(key)
      if (alike === undefined) free.set(key, [buffer])
      else alike.push(buffer)
    }
  }
  return buffers
}

function countReads(nodes: readonly Node[]): Map<Tensor, number> {
  const reads = new Map<Tensor, number>()
  for (const { inputs } of nodes) {
    for (const input of inputs) if (input !== undefined) reads.set(input, (reads.get(input) ?? 0) + 1)
  }
  return reads
}

function keyOf({ dtype, shape }: Tensor): string {
  return `${dtype} ${shape.join()}`
}
