import type { LoraModule } from '../model/index.ts'
import type { LoraConfig } from './lora-config.ts'
import type { LoraPlan } from './resolve.ts'
import { toLoraName } from './tensor-names.ts'

/** The adapted modules as a graph is told of them: names and shapes of their parts. */
export function toLoraModules({ targets }: LoraPlan, { useDora, loraDropout }: LoraConfig): LoraModule[] {
  return targets.map(({ module, rank, inFeatures, outFeatures, scaling }) => ({
    module,
    down: { name: toLoraName(module, 'lora_A'), shape: [rank, inFeatures] },
    up: { name: toLoraName(module, 'lora_B'), shape: [outFeatures, rank] },
    ...(useDora && {
      magnitude: { name: toLoraName(module, 'lora_magnitude_vector'), shape: [outFeatures] },
    }),
    scaling,
    dropout: loraDropout,
  }))
}
