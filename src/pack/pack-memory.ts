/** Memory that packs are laid into, each time over what was laid into it before. */
export class PackMemory {
  #inputIds = new Int32Array(0)
  #labels = new Int32Array(0)
  #lossWeights = new Float32Array(0)

  takeInputIds(tokens: number): Int32Array {
    if (this.#inputIds.length < tokens) this.#inputIds = new Int32Array(tokens)
    return this.#inputIds.subarray(0, tokens)
  }

  takeLabels(tokens: number): Int32Array {
    if (this.#labels.length < tokens) this.#labels = new Int32Array(tokens)
    return this.#labels.subarray(0, tokens)
  }

  takeLossWeights(tokens: number): Float32Array {
    if (this.#lossWeights.length < tokens) this.#lossWeights = new Float32Array(tokens)
    return this.#lossWeights.subarray(0, tokens)
  }
}
