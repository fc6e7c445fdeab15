import type { Node, Tensor } from '../graph/index.ts'

/**
 * The nodes of a model in the order in which ONNX Runtime runs them: depth first from the nodes that no other reads, the last one first,
 * and from each to the inputs that were written last. A node runs when all before it on the way have.
 *
 * @param nodes in the order of the file
 */
export function toExecutionOrder(nodes: readonly Node[]): Node[] {
  const indexOf = new Map<Tensor, number>()
  for (const [i, { outputs }] of nodes.entries()) for (const output of outputs) indexOf.set(output, i)
  const inputsOf = nodes.map(({ inputs }) => {
    const indexes = inputs.flatMap(input => (input === undefined ? [] : (indexOf.get(input) ?? [])))
    return [...new Set(indexes)].sort((a, b) => a - b)
  })
  const read = new Set(inputsOf.flat())
  const stack = nodes.flatMap((_, i) => (read.has(i) ? [] : [{ index: i, isDone: false }]))
  const isVisited = new Uint8Array(nodes.length)
  const ordered: Node[] = []
  while (stack.length > 0) {
    const { index, isDone } = stack.pop()!
    if (isDone) {
      ordered.push(nodes[index]!)
      continue
    }
    if (isVisited[index] === 1) continue
    isVisited[index] = 1
    stack.push({ index, isDone: true })
    for (const input of inputsOf[index]!)
      if (isVisited[input] === 0) stack.push({ index: input, isDone: false })
  }
  return ordered
}
