import type { Graph, Node, TapeEntry } from './graph.ts'
import { add } from './ops/elementwise.ts'
import { describeShape, isSameShape, shapeError, type Tensor } from './tensor.ts'

/**
 * Gradients of Σ seed · output with respect to `wrt`, added to the graph: reverse-mode differentiation along the tape.
 *
 * @param seeds for each output the gradient of the loss with respect to it, of its shape
 * @returns one for each of `wrt`; undefined where no output depends on it
 */
export function gradients(
  graph: Graph,
  seeds: ReadonlyMap<Tensor, Tensor>,
  wrt: readonly Tensor[],
): (Tensor | undefined)[] {
  graph.firstGradientNode = Math.min(graph.firstGradientNode, graph.nodes.length)
  const found = walkBack(graph, graph.tape ?? [], seeds, new Set(wrt))
  return wrt.map(tensor => found.get(tensor))
}

/** The gradients of all that `wanted` and the steps of `tape` depend on. */
function walkBack(
  graph: Graph,
  tape: readonly TapeEntry[],
  seeds: ReadonlyMap<Tensor, Tensor>,
  wanted: ReadonlySet<Tensor>,
): Map<Tensor, Tensor> {
  const dependent = new Set(wanted)
  for (const { inputs, output } of tape) if (inputs.some(input => dependent.has(input))) dependent.add(output)
  const found = new Map(seeds)
  graph.withTape(undefined, () => {
    for (const { inputs, output, gradient } of tape.toReversed()) {
      const dy = found.get(output)
      if (dy === undefined || !dependent.has(output)) continue
      const firstNode = graph.nodes.length
      const parts = gradient(dy, input => dependent.has(input))
      for (const [i, input] of inputs.entries()) {
        if (!dependent.has(input)) continue
        const part = checkPart(parts[i], input)
        const known = found.get(input)
        const isShared = parts.filter(other => other === part).length > 1
        found.set(input, known === undefined ? part : addInto(part, known, isShared ? Infinity : firstNode))
      }
    }
  })
  return found
}

function checkPart(part: Tensor | undefined, of: Tensor): Tensor {
  if (part === undefined) throw shapeError(`${of.name} is an input that has no gradient`)
  if (isSameShape(part.shape, of.shape)) return part
  throw shapeError(
    `the gradient of ${of.name} ${describeShape(of.shape)} came as ${describeShape(part.shape)}`,
  )
}

/**
 * The sum of `part` and `known`. Where the node that made `part` can add, it does so for nothing: a product that adds nothing yet, or rows
 * that are scattered into zeros.
 *
 * @param firstNode only nodes from here on may be changed: older ones have readers that want them as they are
 */
function addInto(part: Tensor, known: Tensor, firstNode: number): Tensor {
  const { nodes } = part.graph
  const index = nodes.findLastIndex(node => node.outputs[0] === part)
  const node = nodes[index]
  const isRead = nodes.slice(index).some(({ inputs }) => inputs.includes(part))
  if (index < firstNode || node === undefined || isRead) return add(part, known)
  if (node.type === 'Gemm' && node.inputs.length === 2) {
    nodes[index] = { ...node, inputs: [...node.inputs, known] }
    return part
  }
  const isScatter = node.type === 'ScatterND' && nodes.slice(firstNode, index).some(isZeros(node.inputs[0]))
  if (!isScatter) return add(part, known)
  nodes[index] = { ...node, inputs: [known, ...node.inputs.slice(1)] }
  return part
}

/** Whether a node makes `tensor` of zeros, as `zerosLike` does. */
function isZeros(tensor: Tensor | undefined): (node: Node) => boolean {
  return ({ type, outputs }) => type === 'Expand' && outputs[0] === tensor
}

/**
 * A part of the model that keeps only its inputs for the backward pass, and is computed once more there (gradient checkpointing).
 *
 * @param build makes the part from tensors that it closes over; called again in the backward pass
 */
export function checkpoint(graph: Graph, build: () => Tensor): Tensor {
  const tape: TapeEntry[] = []
  const y = graph.withTape(tape, build)
  const made = new Set(tape.map(({ output }) => output))
  const inputs = [...new Set(tape.flatMap(entry => entry.inputs))].filter(input => !made.has(input))
  return graph.record(inputs, y, (dy, isWanted) => {
    const again: TapeEntry[] = []
    graph.keepsAll = true
    const output = graph.withTape(again, build)
    graph.keepsAll = false
    const found = walkBack(graph, again, new Map([[output, dy]]), new Set(inputs.filter(isWanted)))
    return inputs.map(input => found.get(input))
  })
}
