import { type Dim, type Dtype, type Shape, shapeError, type Tensor } from './tensor.ts'

export type Attribute =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'ints'; readonly value: readonly number[] }
  | { readonly kind: 'text'; readonly value: string }

/** One operator call, as ONNX writes it. */
export interface Node {
  /** ONNX's name of the operator: `Gemm`. */
  readonly type: string
  /** `''` for ONNX's own operators, `com.microsoft` for those of ONNX Runtime. */
  readonly domain: '' | 'com.microsoft'
  /** undefined: an optional input left out. */
  readonly inputs: readonly (Tensor | undefined)[]
  readonly outputs: readonly Tensor[]
  readonly attributes: Readonly<Record<string, Attribute>>
}

/** Where the bytes of a weight lie: a file in the folder that the session is opened with, or bytes written into the graph. */
export type WeightSource =
  | { readonly kind: 'file'; readonly file: string; readonly offset: number; readonly byteLength: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }

/** A matrix in whole numbers, and where its codes and scales lie. */
export interface QuantizedWeight {
  readonly dtype: 'int4' | 'int8'
  readonly shape: readonly [number, number]
  readonly source: WeightSource
  readonly blockSize: number
  readonly scales: WeightSource
}

export interface Weight {
  readonly tensor: Tensor
  readonly source: WeightSource
}

/**
 * One differentiable step on the tape.
 *
 * `gradient` gives for each input the gradient of a loss with respect to it, from `dy`, that with respect to `output`; undefined for inputs
 * that it can't be had for (indexes). What of it nobody asks for is left out when the graph is written.
 */
export interface TapeEntry {
  readonly inputs: readonly Tensor[]
  readonly output: Tensor
  readonly gradient: GradientRule
}

export type GradientRule = (
  dy: Tensor,
  isWanted: (tensor: Tensor) => boolean,
) => readonly (Tensor | undefined)[]

interface NodeCall {
  readonly domain?: '' | 'com.microsoft'
  readonly attributes?: Readonly<Record<string, Attribute>>
}

/** Numbers that are part of the graph. */
export type ConstantValues = Float32Array | BigInt64Array | Int32Array | Uint8Array

/** Nodes in the order in which they were made, with the tape that `gradients` reads backwards. */
export class Graph {
  readonly inputs: Tensor[] = []
  readonly weights: Weight[] = []
  readonly nodes: Node[] = []
  /** What running the graph gives, by the name that the caller knows it by. */
  readonly outputs: Map<string, Tensor> = new Map()
  /** The tape that steps are recorded on now; undefined where none is (inside a gradient, or a step with a gradient of its own). */
  tape: TapeEntry[] | undefined = []

  /** Whether values are kept however cheap they are: those of a part that is built for the backward pass alone. */
  keepsAll = false
  /** Where the nodes of the backward pass begin. */
  firstGradientNode: number = Number.POSITIVE_INFINITY

  readonly #counts: Map<string, number> = new Map()
  readonly #constants: Map<string, Tensor> = new Map()
  readonly #recipes: Map<Tensor, () => Tensor> = new Map()

  /** A value given at each run. */
  input(name: string, dtype: Dtype, shape: Shape): Tensor {
    const tensor = this.#tensor(name, dtype, shape)
    this.inputs.push(tensor)
    return tensor
  }

  /** A value that stays: read from a file when the session is opened, never trained. */
  weight(name: string, dtype: Dtype, shape: readonly number[], source: WeightSource): Tensor {
    const tensor = this.#tensor(name, dtype, shape)
    this.weights.push({ tensor, source })
    return tensor
  }

  /** A matrix that stays, as int4 or int8 codes with a scale for each `blockSize` of a row; `widen` gives its numbers. */
  quantizedWeight(name: string, { dtype, shape, source, blockSize, scales }: QuantizedWeight): Tensor {
    const [rows, columns] = shape
    const scaleShape = [rows, Math.ceil(columns / blockSize)]
    const blocks = { size: blockSize, scales: this.weight(`${name} scales`, 'float32', scaleShape, scales) }
    const tensor = { ...this.#tensor(name, dtype, shape), blocks }
    this.weights.push({ tensor, source })
    return tensor
  }

  /** Numbers as a tensor; equal ones are one. */
  constant(values: ConstantValues, shape: readonly number[] = [values.length]): Tensor {
    const dtype = dtypeOf(values)
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const key = `${dtype} ${shape.join(',')} ${values.join(',')}`
    const known = this.#constants.get(key)
    if (known !== undefined) return known
    const tensor = this.weight(this.#uniqueName('constant'), dtype, shape, { kind: 'bytes', bytes })
    this.#constants.set(key, tensor)
    return tensor
  }

  scalar(value: number): Tensor {
    return this.constant(Float32Array.of(value), [])
  }

  /** int64, as ONNX wants axes, shapes and bounds. */
  integers(values: readonly number[]): Tensor {
    return this.constant(BigInt64Array.from(values, BigInt))
  }

  /** Names what running the graph shall give. */
  output(name: string, tensor: Tensor): void {
    if (this.outputs.has(name)) throw shapeError(`two outputs are named ${name}`)
    // A value has one name in a model, so what goes by a name of its own is copied.
    const isNamed = this.inputs.includes(tensor) || [...this.outputs.values()].includes(tensor)
    this.outputs.set(name, isNamed ? this.node('Identity', [tensor], tensor) : tensor)
  }

  /** Adds a node with one output; most operators have one. */
  node(
    type: string,
    inputs: readonly (Tensor | undefined)[],
    output: { readonly dtype: Dtype; readonly shape: readonly Dim[] },
    call: NodeCall = {},
  ): Tensor {
    const tensor = this.#tensor(this.#uniqueName(type), output.dtype, output.shape)
    const { domain = '', attributes = {} } = call
    this.nodes.push({ type, domain, inputs, outputs: [tensor], attributes })
    return tensor
  }

  /** Puts a step on the tape. */
  record(inputs: readonly Tensor[], output: Tensor, gradient: GradientRule): Tensor {
    this.tape?.push({ inputs, output, gradient })
    return output
  }

  /** Says how a cheap value is made once more from values that are kept, so that the backward pass need not keep it too. */
  recomputes(tensor: Tensor, build: () => Tensor): void {
    if (!this.keepsAll) this.#recipes.set(tensor, once(build))
  }

  /** A value of the forward pass for the backward pass: made once more where that is cheap. */
  recall(tensor: Tensor): Tensor {
    return this.#recipes.get(tensor)?.() ?? tensor
  }

  /** Runs `build` with its steps on another tape, or on none. */
  withTape<T>(tape: TapeEntry[] | undefined, build: () => T): T {
    const outer = this.tape
    this.tape = tape
    try {
      return build()
    } finally {
      this.tape = outer
    }
  }

  #tensor(name: string, dtype: Dtype, shape: Shape): Tensor {
    if (!this.#counts.has(name)) this.#counts.set(name, 0)
    return { graph: this, name, dtype, shape }
  }

  #uniqueName(base: string): string {
    const count = (this.#counts.get(base) ?? 0) + 1
    this.#counts.set(base, count)
    return `${base}_${count}`
  }
}

function dtypeOf(values: ConstantValues): Dtype {
  if (values instanceof Float32Array) return 'float32'
  if (values instanceof BigInt64Array) return 'int64'
  return values instanceof Int32Array ? 'int32' : 'uint8'
}

/** `build` that is called when first asked for, and never again. */
export function once<T>(build: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: build() }
    return made.value
  }
}

export const int = (value: number): Attribute => ({ kind: 'int', value })
export const float = (value: number): Attribute => ({ kind: 'float', value })
export const ints = (value: readonly number[]): Attribute => ({ kind: 'ints', value })
export const text = (value: string): Attribute => ({ kind: 'text', value })
