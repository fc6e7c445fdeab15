// A graph as the bytes of an ONNX model (onnx.proto3: the numbers are those of its fields).
import { PbfWriter } from 'pbf'
import type { Attribute, Graph, Node, Weight } from './graph.ts'
import { type Dim, DTYPES, type Tensor } from './tensor.ts'

const IR_VERSION = 10
const OPSETS = [
  { domain: '', version: 21 },
  { domain: 'com.microsoft', version: 1 },
]

const ATTRIBUTE_TYPES = { float: 1, int: 2, text: 3, ints: 7 } as const

/** Names of values differ between a graph and its model where the graph's output has a name of its own. */
type Names = ReadonlyMap<Tensor, string>

/**
 * The bytes of an ONNX model that computes a graph's outputs; what they do not depend on is left out.
 *
 * Nodes come in the order in which they were made, but gradients that only an output reads come last and reversed: ONNX Runtime orders nodes
 * from the last one back, so that a weight's gradient is computed as soon as it can be, and what it was computed from is freed. What the
 * forward pass says is asked for last of all, or all of the head would be computed before the first piece of its gradient.
 */
export function toOnnx(graph: Graph): Uint8Array {
  const names: Names = new Map([...graph.outputs].map(([name, tensor]) => [tensor, name]))
  const { nodes, used } = findUsed(graph)
  const writer = new PbfWriter()
  writer.writeVarintField(1, IR_VERSION)
  writer.writeStringField(2, 'lossline')
  writer.writeMessage(
    7,
    (_, pbf) => {
      for (const node of order(graph, nodes)) pbf.writeMessage(1, (_, pbf) => writeNode(node, names, pbf), 0)
      pbf.writeStringField(2, 'lossline')
      for (const weight of graph.weights) {
        if (used.has(weight.tensor)) pbf.writeMessage(5, (_, pbf) => writeWeight(weight, pbf), 0)
      }
      for (const input of graph.inputs) {
        if (used.has(input)) pbf.writeMessage(11, (_, pbf) => writeValueInfo(input, input.name, pbf), 0)
      }
      // Named sizes that ONNX Runtime does not know it invents names for, in time that grows with the square of their number.
      for (const tensor of listSymbolic(nodes, names)) {
        pbf.writeMessage(13, (_, pbf) => writeValueInfo(tensor, tensor.name, pbf), 0)
      }
      for (const [name, output] of graph.outputs) {
        pbf.writeMessage(12, (_, pbf) => writeValueInfo(output, name, pbf), 0)
      }
    },
    0,
  )
  for (const { domain, version } of OPSETS) {
    const write = (_: number, pbf: PbfWriter): void => {
      pbf.writeStringField(1, domain)
      pbf.writeVarintField(2, version)
    }
    writer.writeMessage(8, write, 0)
  }
  return writer.finish()
}

/** The inputs that a graph's outputs depend on: the others are not inputs of its model. */
export function usedInputs(graph: Graph): Tensor[] {
  const { used } = findUsed(graph)
  return graph.inputs.filter(input => used.has(input))
}

/** The nodes of a graph's model, in the order in which they are written. */
export function listNodes(graph: Graph): Node[] {
  return order(graph, findUsed(graph).nodes)
}

/** What the outputs depend on. */
function findUsed(graph: Graph): { nodes: Node[]; used: Set<Tensor> } {
  const used = new Set(graph.outputs.values())
  const nodes: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some(output => used.has(output))) continue
    nodes.push(node)
    for (const input of node.inputs) if (input !== undefined) used.add(input)
  }
  return { nodes: nodes.reverse(), used }
}

/** What nodes give in sizes that are known when the graph runs, outputs left out. */
function listSymbolic(nodes: readonly Node[], names: Names): Tensor[] {
  const isSymbolic = ({ shape }: Tensor): boolean => shape.some(dim => typeof dim === 'string')
  return nodes.flatMap(({ outputs }) => outputs.filter(output => isSymbolic(output) && !names.has(output)))
}

function order(graph: Graph, nodes: readonly Node[]): Node[] {
  const outputs = new Set(graph.outputs.values())
  const read = new Set(nodes.flatMap(node => node.inputs))
  const ofGradients = new Set(graph.nodes.slice(graph.firstGradientNode))
  const isLeaf = (node: Node): boolean =>
    ofGradients.has(node) &&
    node.outputs.some(output => outputs.has(output)) &&
    node.outputs.every(output => !read.has(output))
  return [...nodes.filter(node => !isLeaf(node)), ...nodes.filter(isLeaf).reverse()]
}

function writeNode(node: Node, names: Names, pbf: PbfWriter): void {
  const nameOf = (tensor: Tensor | undefined): string =>
    tensor === undefined ? '' : (names.get(tensor) ?? tensor.name)
  for (const input of node.inputs) pbf.writeStringField(1, nameOf(input))
  for (const output of node.outputs) pbf.writeStringField(2, nameOf(output))
  pbf.writeStringField(3, node.outputs[0]!.name)
  pbf.writeStringField(4, node.type)
  for (const [name, attribute] of Object.entries(node.attributes)) {
    pbf.writeMessage(5, (_, pbf) => writeAttribute(name, attribute, pbf), 0)
  }
  if (node.domain !== '') pbf.writeStringField(7, node.domain)
}

function writeAttribute(name: string, attribute: Attribute, pbf: PbfWriter): void {
  pbf.writeStringField(1, name)
  switch (attribute.kind) {
    case 'float':
      pbf.writeFloatField(2, attribute.value)
      break
    case 'int':
      pbf.writeVarintField(3, attribute.value)
      break
    case 'text':
      pbf.writeStringField(4, attribute.value)
      break
    case 'ints':
      for (const value of attribute.value) pbf.writeVarintField(8, value)
      break
    default: {
      const never: never = attribute
      throw new TypeError(`no attribute is ${JSON.stringify(never)}`)
    }
  }
  pbf.writeVarintField(20, ATTRIBUTE_TYPES[attribute.kind])
}

function writeWeight({ tensor, source }: Weight, pbf: PbfWriter): void {
  for (const dim of tensor.shape) pbf.writeVarintField(1, Number(dim))
  pbf.writeVarintField(2, DTYPES[tensor.dtype])
  pbf.writeStringField(8, tensor.name)
  if (source.kind === 'bytes') {
    pbf.writeBytesField(9, source.bytes)
    return
  }
  const place = { location: source.file, offset: source.offset, length: source.byteLength }
  for (const [key, value] of Object.entries(place)) {
    const write = (_: number, pbf: PbfWriter): void => {
      pbf.writeStringField(1, key)
      pbf.writeStringField(2, String(value))
    }
    pbf.writeMessage(13, write, 0)
  }
  pbf.writeVarintField(14, 1)
}

function writeValueInfo(tensor: Tensor, name: string, pbf: PbfWriter): void {
  const writeDim = (dim: Dim, pbf: PbfWriter): void =>
    typeof dim === 'number' ? pbf.writeVarintField(1, dim) : pbf.writeStringField(2, dim)
  const writeShape = (_: number, pbf: PbfWriter): void => {
    for (const dim of tensor.shape) pbf.writeMessage(1, writeDim, dim)
  }
  const writeTensorType = (_: number, pbf: PbfWriter): void => {
    pbf.writeVarintField(1, DTYPES[tensor.dtype])
    pbf.writeMessage(2, writeShape, 0)
  }
  pbf.writeStringField(1, name)
  pbf.writeMessage(2, (_, pbf) => pbf.writeMessage(1, writeTensorType, 0), 0)
}
