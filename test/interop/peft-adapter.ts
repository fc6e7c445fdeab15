import { join } from 'node:path'
import type { JsonObject } from '../../src/json/index.ts'
import type { Trained, TrainedAdapter } from '../../src/train/runtime/index.ts'
import { readTensor, readTensorFile } from '../../src/train/weights/index.ts'

/** The adapter that PEFT saved. */
export function readAdapters(folder: string, lora: JsonObject): Trained {
  const entries = new Map(
    readTensorFile(join(folder, 'adapter_model.safetensors')).map(entry => [entry.name, entry]),
  )
  const part = (module: string, kind: string): TrainedAdapter['down'] => {
    const entry = entries.get(`base_model.model.${module}.${kind}`)!
    // PEFT saves a magnitude without the `weight` that its parameter has.
    const saved = kind.includes('.') ? entry.name : `${entry.name}.weight`
    const name = saved.replace(/\.weight$/, '.default.weight')
    return { name, shape: entry.shape, data: readTensor(entry) }
  }
  const [rank, alpha] = [Number(lora['r']), Number(lora['lora_alpha'])]
  const modules = [...entries.keys()].flatMap(
    name => /^base_model\.model\.(.*)\.lora_A\.weight$/.exec(name)?.[1] ?? [],
  )
  return {
    kind: 'adapters',
    adapters: modules.map(module => ({
      module,
      down: part(module, 'lora_A.weight'),
      up: part(module, 'lora_B.weight'),
      ...(lora['use_dora'] === true && { magnitude: part(module, 'lora_magnitude_vector') }),
      scaling: lora['use_rslora'] === true ? alpha / Math.sqrt(rank) : alpha / rank,
      dropout: 0,
    })),
  }
}
