/** What PEFT calls the tensors of an adapter in adapter_model.safetensors. */

const PREFIX = 'base_model.model.'

type LoraPart = 'lora_A' | 'lora_B' | 'lora_magnitude_vector'

/** `model.layers.0.self_attn.q_proj` → `base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight` */
export function toLoraName(module: string, part: LoraPart): string {
  return `${PREFIX}${module}.${part}${part === 'lora_magnitude_vector' ? '' : '.weight'}`
}

/** `lm_head.weight` → `base_model.model.lm_head.weight` */
export function toSavedName(tensor: string): string {
  return `${PREFIX}${tensor}`
}

/** Whether it is the copy of a base weight that PEFT saves beside the adapter of a head. */
export function isBaseCopy(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith('.base_layer.weight')
}
