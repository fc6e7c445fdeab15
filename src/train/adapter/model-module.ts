/** A module of a model that holds tensors, as far as an adapter asks about it. */
export interface ModelModule {
  /** As transformers names it: `model.layers.0.self_attn.q_proj`. */
  readonly name: string
  /**
   * `linear` keeps its weight as [outputs, inputs]; `conv1d` is GPT-2's linear layer, [inputs, outputs]; `head` is the linear layer that
   * gives the logits, which `all-linear` leaves out.
   */
  readonly kind: 'linear' | 'conv1d' | 'head' | 'embedding' | 'norm'
  /** Shapes by name: `weight`, `bias`. */
  readonly tensors: Readonly<Record<string, readonly number[]>>
}

/** Inputs and outputs of a linear module, whichever way its weight lies. */
export function featuresOf({ kind, tensors }: ModelModule): { inFeatures: number; outFeatures: number } {
  const [first = 0, second = 0] = tensors['weight'] ?? []
  return kind === 'conv1d'
    ? { inFeatures: first, outFeatures: second }
    : { inFeatures: second, outFeatures: first }
}

/** The names of the modules and of those that hold them, each holder before what it holds, as PyTorch's `named_modules` lists them. */
export function listNames(modules: readonly ModelModule[]): string[] {
  const names = new Set<string>()
  for (const { name } of modules) {
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      names.add(name.slice(0, dot))
    names.add(name)
  }
  return [...names]
}
