/**
 * A weight that is trained; the optimizer writes `data` in place.
 *
 * Its arrays may be moved to the thread that runs the graph, and others come back: they are asked for anew after each run.
 */
export interface Parameter {
  /** As in the checkpoint: `model.layers.0.self_attn.q_proj.weight`, or PEFT's name for a part of an adapter. */
  readonly name: string
  readonly shape: readonly number[]
  data: Float32Array
  /** Sum of the gradients since `zeroGradients`; as long as `data`. */
  gradient: Float32Array
  /** Whether weight decay applies: transformers leaves biases and norms out. */
  readonly decays: boolean
}

/** Sequences laid one after the other without padding; tokens see the tokens before them in their own sequence alone. */
export interface TrainBatch {
  /** Int32Array[n], n tokens. */
  readonly inputIds: Int32Array
  /** Int32Array[n]; starts at 0 in each sequence. */
  readonly positionIds: Int32Array
  /** Int32Array[n]: the number of the sequence that a token is in, never falling. */
  readonly sequenceIds: Int32Array
  /** Int32Array[m], rising: the tokens whose next token is trained. The head is applied to these alone. */
  readonly targetPositions: Int32Array
  /** Int32Array[m]: the ids to be predicted there. */
  readonly targets: Int32Array
  /** Float32Array[m]: the loss weight of each. */
  readonly targetWeights: Float32Array
  /** What dropout and NEFTune draw from: the same number gives the same noise, so that a resumed run repeats it. 0 where it is left out. */
  readonly noiseSeed?: number
}

/** What is minimised. A model is opened for one; the defaults are plain negative log-likelihood. */
export interface LossOptions {
  /** `dft` weights the loss of each target with the probability that the model gives it, which is no part of the gradient. */
  readonly type: 'nll' | 'dft'
  /** ε of transformers' `label_smoothing_factor`: (1 − ε) × nll + ε × the mean over the vocabulary of −log p. Not with `dft`. */
  readonly labelSmoothing: number
}

/** What the model said at each target of a batch; all arrays have m entries. */
export interface TargetOutcomes {
  /** Negative log-likelihood of the target, in nats, unweighted. */
  readonly nll: Float32Array
  /** Entropy of the predicted distribution, in nats. */
  readonly entropy: Float32Array
  /** 1 where the target is the likeliest token. */
  readonly correct: Uint8Array
  /** The loss that training minimises, unweighted, where it isn't `nll`: see {@link LossOptions}. */
  readonly loss?: Float32Array
}

/** A model that can be trained; the trainer knows nothing more of it. */
export interface TrainableModel {
  readonly parameters: readonly Parameter[]
  /** Forward and backward. Adds to every parameter's gradient that of Σ weight × loss ÷ `normaliser`. */
  accumulate(batch: TrainBatch, normaliser: number): Promise<TargetOutcomes>
  /** Forward alone, with dropout and noise off. */
  evaluate(batch: TrainBatch): Promise<TargetOutcomes>
  zeroGradients(): void
  close(): Promise<void>
}
