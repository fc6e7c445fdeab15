import type {
  Parameter,
  TargetOutcomes,
  TrainableModel,
  TrainBatch,
} from '../../src/train/trainable-model.ts'

/** The smallest language model: the logits of the next token are a row of a table, chosen by the token before it, plus a bias. */
export class BigramModel implements TrainableModel {
  readonly parameters: readonly Parameter[]
  /** What a step's seed does to the logits: a stand-in for dropout. */
  noise: number
  readonly #vocabulary: number

  constructor(vocabulary: number, noise = 0) {
    this.noise = noise
    this.#vocabulary = vocabulary
    const table = vocabulary * vocabulary
    this.parameters = [
      {
        name: 'table.weight',
        shape: [vocabulary, vocabulary],
        data: Float32Array.from({ length: table }, (_, i) => Math.sin(i * 12.9898) * 0.5),
        gradient: new Float32Array(table),
        decays: true,
      },
      {
        name: 'table.bias',
        shape: [vocabulary],
        data: new Float32Array(vocabulary),
        gradient: new Float32Array(vocabulary),
        decays: false,
      },
    ]
  }

  accumulate(batch: TrainBatch, normaliser: number): Promise<TargetOutcomes> {
    const [table, bias] = this.parameters
    return this.#run(batch, batch.noiseSeed ?? 0, (m, row, probabilities) => {
      const scale = batch.targetWeights[m]! / normaliser
      for (const [v, p] of probabilities.entries()) {
        const gradient = scale * (p - (v === batch.targets[m] ? 1 : 0))
        table!.gradient[row * this.#vocabulary + v]! += gradient
        bias!.gradient[v]! += gradient
      }
    })
  }

  evaluate(batch: TrainBatch): Promise<TargetOutcomes> {
    return this.#run(batch, undefined, () => {})
  }

  zeroGradients(): void {
    for (const { gradient } of this.parameters) gradient.fill(0)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #run(
    batch: TrainBatch,
    seed: number | undefined,
    see: (m: number, row: number, probabilities: Float64Array) => void,
  ): Promise<TargetOutcomes> {
    const count = batch.targets.length
    const outcomes = {
      nll: new Float32Array(count),
      entropy: new Float32Array(count),
      correct: new Uint8Array(count),
    }
    for (let m = 0; m < count; m++) {
      const row = batch.inputIds[batch.targetPositions[m]!]!
      const probabilities = this.#predict(row, seed === undefined ? 0 : this.noise * Math.sin(seed + m))
      outcomes.nll[m] = -Math.log(probabilities[batch.targets[m]!]!)
      outcomes.entropy[m] = -probabilities.reduce((sum, p) => sum + (p === 0 ? 0 : p * Math.log(p)), 0)
      outcomes.correct[m] = probabilities.every(p => p <= probabilities[batch.targets[m]!]!) ? 1 : 0
      see(m, row, probabilities)
    }
    return Promise.resolve(outcomes)
  }

  #predict(row: number, noise: number): Float64Array {
    const [table, bias] = this.parameters
    const logits = Float64Array.from({ length: this.#vocabulary }, (_, v) => {
      const logit = table!.data[row * this.#vocabulary + v]! + bias!.data[v]!
      return logit * (v % 2 === 0 ? 1 + noise : 1)
    })
    const highest = Math.max(...logits)
    const powers = logits.map(logit => Math.exp(logit - highest))
    const sum = powers.reduce((total, power) => total + power, 0)
    return powers.map(power => power / sum)
  }
}
