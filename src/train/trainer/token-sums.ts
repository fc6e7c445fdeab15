import type { TargetOutcomes } from '../trainable-model.ts'

/** What the model said of some trained tokens, added up. */
export class TokenSums {
  tokens = 0
  #loss = 0
  #nll = 0
  #entropy = 0
  #correct = 0

  /** @param m the target's index in the outcomes */
  add({ nll, loss = nll, entropy, correct }: TargetOutcomes, m: number, weight: number): void {
    this.tokens++
    this.#loss += loss[m]! * weight
    this.#nll += nll[m]!
    this.#entropy += entropy[m]!
    this.#correct += correct[m]!
  }

  merge(other: TokenSums): void {
    this.tokens += other.tokens
    this.#loss += other.#loss
    this.#nll += other.#nll
    this.#entropy += other.#entropy
    this.#correct += other.#correct
  }

  /** Σ weight × loss. */
  get weightedLoss(): number {
    return this.#loss
  }

  /** Over the tokens, of which there has to be one. `loss` has the weights in it, `nll` has not. */
  toMeans(): { loss: number; nll: number; entropy: number; accuracy: number } {
    return {
      loss: this.#loss / this.tokens,
      nll: this.#nll / this.tokens,
      entropy: this.#entropy / this.tokens,
      accuracy: this.#correct / this.tokens,
    }
  }
}
