/** The modules that PEFT 0.21 adapts where none are named, by the `model_type` of config.json. */
const DEFAULT_TARGETS: Readonly<Record<string, readonly string[]>> = {
  gemma: ['q_proj', 'v_proj'],
  gemma2: ['q_proj', 'v_proj'],
  gemma3_text: ['q_proj', 'v_proj'],
  gpt2: ['c_attn'],
  llama: ['q_proj', 'v_proj'],
  mistral: ['q_proj', 'v_proj'],
  mixtral: ['q_proj', 'v_proj'],
  phi: ['q_proj', 'v_proj', 'fc1', 'fc2'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
  stablelm: ['q_proj', 'v_proj'],
}

/** Undefined for a model for which PEFT has no choice either (Phi-3 is one). */
export function findDefaultTargets(modelType: string): readonly string[] | undefined {
  return Object.hasOwn(DEFAULT_TARGETS, modelType) ? DEFAULT_TARGETS[modelType] : undefined
}
