import type { Parameter } from '../trainable-model.ts'
import { type Optimizer, type OptimizerOptions, type OptimizerState, toState } from './optimizer.ts'

const SQUARE_EPSILON = 1e-30
const CLIP_THRESHOLD = 1
const DECAY_RATE = -0.8

interface Part {
  readonly parameter: Parameter
  readonly weightDecay: number
  /** Of a matrix: the means of its rows' and columns' squares; of all else undefined. */
  readonly rows: OptimizerState | undefined
  readonly columns: OptimizerState | undefined
  readonly squares: OptimizerState | undefined
}

/**
 * Adafactor as transformers sets it for `optim: adafactor`: the learning rate is the schedule's (`scale_parameter` and `relative_step` are off), no
 * first moment. Of matrices it keeps a row and a column instead of two copies.
 */
export class Adafactor implements Optimizer {
  readonly state: readonly OptimizerState[]
  readonly #parts: readonly Part[]
  readonly #update: Float32Array
  #steps = 0

  constructor(parameters: readonly Parameter[], { weightDecay }: OptimizerOptions) {
    this.#parts = parameters.map(parameter => toPart(parameter, parameter.decays ? weightDecay : 0))
    this.state = this.#parts.flatMap(({ rows, columns, squares }) =>
      [rows, columns, squares].filter(state => state !== undefined),
    )
    this.#update = new Float32Array(Math.max(0, ...parameters.map(({ data }) => data.length)))
  }

  get steps(): number {
    return this.#steps
  }

  resume(steps: number): void {
    this.#steps = steps
  }

  step(learningRate: number, scale: number): void {
    this.#steps++
    const keep = 1 - this.#steps ** DECAY_RATE
    for (const part of this.#parts) {
      const { data, gradient } = part.parameter
      const update = this.#update.subarray(0, data.length)
      for (let i = 0; i < update.length; i++) update[i] = gradient[i]! * scale
      if (part.squares === undefined) divideByFactors(update, part, keep)
      else divideByRoot(update, part.squares.data, keep)
      const size = learningRate / Math.max(1, rootMeanSquare(update) / CLIP_THRESHOLD)
      const kept = 1 - part.weightDecay * learningRate
      for (let i = 0; i < data.length; i++) data[i] = data[i]! * kept - size * update[i]!
    }
  }
}

function toPart(parameter: Parameter, weightDecay: number): Part {
  const { shape } = parameter
  if (shape.length < 2) {
    const squares = toState('exp_avg_sq', parameter)
    return { parameter, weightDecay, rows: undefined, columns: undefined, squares }
  }
  const rows = toState('exp_avg_sq_row', parameter, shape.slice(0, -1))
  const columns = toState('exp_avg_sq_col', parameter, [...shape.slice(0, -2), shape.at(-1)!])
  return { parameter, weightDecay, rows, columns, squares: undefined }
}

function divideByRoot(update: Float32Array, squares: Float32Array, keep: number): void {
  for (let i = 0; i < update.length; i++) {
    const g = update[i]!
    squares[i] = keep * squares[i]! + (1 - keep) * (g * g + SQUARE_EPSILON)
    update[i] = g / Math.sqrt(squares[i]!)
  }
}

/** The squares of each matrix are taken to be rows × columns ÷ the rows' mean; a tensor of more than two dimensions is a stack of matrices. */
function divideByFactors(update: Float32Array, { parameter, rows, columns }: Part, keep: number): void {
  const width = parameter.shape.at(-1)!
  const height = parameter.shape.at(-2)!
  const sums = new Float64Array(width)
  for (let m = 0; m * height * width < update.length; m++) {
    const matrix = update.subarray(m * height * width, (m + 1) * height * width)
    const rowMeans = rows!.data.subarray(m * height, (m + 1) * height)
    const columnMeans = columns!.data.subarray(m * width, (m + 1) * width)
    sums.fill(0)
    let total = 0
    for (let r = 0; r < height; r++) {
      let sum = 0
      for (let c = 0; c < width; c++) {
        const square = matrix[r * width + c]! ** 2 + SQUARE_EPSILON
        sum += square
        sums[c]! += square
      }
      rowMeans[r] = keep * rowMeans[r]! + ((1 - keep) * sum) / width
      total += rowMeans[r]!
    }
    for (let c = 0; c < width; c++) columnMeans[c] = keep * columnMeans[c]! + ((1 - keep) * sums[c]!) / height
    scaleByFactors(matrix, rowMeans, columnMeans, total / height)
  }
}

function scaleByFactors(
  matrix: Float32Array,
  rows: Float32Array,
  columns: Float32Array,
  meanOfRows: number,
): void {
  const width = columns.length
  for (let r = 0; r < rows.length; r++) {
    const factor = 1 / Math.sqrt(rows[r]! / meanOfRows)
    for (let c = 0; c < width; c++) matrix[r * width + c]! *= factor / Math.sqrt(columns[c]!)
  }
}

function rootMeanSquare(values: Float32Array): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!
  return Math.sqrt(sum / values.length)
}
