import { type ModelDescription, type ModelWeight, resolveWeights } from '../model/index.ts'
import { readTensor, readTensorIndex } from '../weights/index.ts'

/** What an adapter adds to a linear layer: y + scale · (x · downᵀ) · upᵀ. */
export interface LowRank {
  readonly rank: number
  /** [rank, inSize] */
  readonly down: Float32Array
  /** [outSize, rank] */
  readonly up: Float32Array
  readonly scale: number
}

/** The numbers that a model generates with. They may be those of a training that goes on. */
export interface DecoderWeights {
  /** Of a weight by its name, row by row as its checkpoint has it. */
  readonly arrayOf: (weight: ModelWeight) => Float32Array
  /** By the name of the linear layer. */
  readonly adapters: ReadonlyMap<string, LowRank>
}

/**
 * The weights of a model folder as float32.
 *
 * @throws LosslineError `weights/…` for files that are cut, `model/…` for tensors that are not those of the model
 */
export function readDecoderWeights(folder: string, model: ModelDescription): DecoderWeights {
  const stored = resolveWeights(model, readTensorIndex(folder), folder)
  const arrays = new Map([...stored].map(([name, entry]) => [name, readTensor(entry)]))
  return { arrayOf: ({ name }) => arrays.get(name)!, adapters: new Map() }
}
