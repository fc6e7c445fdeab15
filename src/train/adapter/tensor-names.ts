/** What PEFT calls the tensors of an adapter in adapter_model.safetensors. */

const PREFIX = 'base_model.model.'

export type LoraPart = 'lora_A' | 'lora_B' | 'lora_magnitude_vector'

/** `model.layers.0.self_attn.q_proj` → `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` */
export function toLoraName(module: string, part: LoraPart): string {
  return `${PREFIX}${module}.${part}${part === 'lora_magnitude_vector' ? '' : '.weight'}`
}

/** `lm_head.weight` → `base_model.model.lm_head.weight` */
export function toSavedName(tensor: string): string {
  return `${PREFIX}${tensor}`
}

/** What a name in the file stands for; undefined where it is none of PEFT's. */
export function parseAdapterName(
  name: string,
):
  | { readonly kind: LoraPart; readonly module: string }
  | { readonly kind: 'saved'; readonly tensor: string }
  | undefined {
  if (!name.startsWith(PREFIX)) return undefined
  const inModel = name.slice(PREFIX.length)
  const part = /^(.+)\.(?:(lora_A|lora_B)\.weight|(lora_magnitude_vector)(?:\.weight)?)$/.exec(inModel)
  if (part !== null) return { kind: (part[2] ?? part[3]) as LoraPart, module: part[1]! }
  // lora_embedding_A, lora_B.bias and what else PEFT knows.
  return inModel.includes('.lora_') ? undefined : { kind: 'saved', tensor: inModel }
}

/** Whether it is the copy of a base weight that PEFT saves beside the adapter of a head. */
export function isBaseCopy(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith('.base_layer.weight')
}
